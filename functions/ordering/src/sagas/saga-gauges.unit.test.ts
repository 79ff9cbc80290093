import { showGauges } from "@eshop/building-blocks/telemetry/metrics"
import { metrics } from "@opentelemetry/api"
import { afterEach, expect, test } from "vitest"
import { registerSagaGauges } from "./saga-gauges.ts"

afterEach(() => metrics.disable())

test("each place shows how many stand there, and 0 where none does", async () => {
  const callbacks = new Map<string, (result: object) => Promise<void>>()
  metrics.setGlobalMeterProvider({
    getMeter: () => ({
      createObservableGauge: (name: string) => ({
        addCallback: (callback: (result: object) => Promise<void>) => callbacks.set(name, callback),
      }),
    }),
  } as never)
  registerSagaGauges({
    attention: { countBySaga: async () => ({ refund: 2 }) },
    orders: { countInSagas: async () => [{ saga: "fulfilment", status: "Paid", count: 7 }] },
  })
  showGauges()
  const shown = async (name: string) => {
    const seen: unknown[] = []
    await callbacks.get(name)?.({
      observe: (value: number, attributes: object) => seen.push([...Object.values(attributes), value]),
    })
    return seen
  }
  expect(await shown("eshop.saga.instances")).toEqual([
    ["checkout", "Submitted", 0],
    ["checkout", "AwaitingStock", 0],
    ["checkout", "AwaitingPayment", 0],
    ["fulfilment", "Paid", 7],
    ["fulfilment", "PartiallyShipped", 0],
    ["fulfilment", "Shipped", 0],
    ["fulfilment", "Delivered", 0],
  ])
  expect(await shown("eshop.saga.attention")).toEqual([
    ["checkout", 0],
    ["abandoned-checkout", 0],
    ["fulfilment", 0],
    ["refund", 2],
  ])
})
