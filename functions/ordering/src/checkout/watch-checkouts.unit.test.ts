import type { CommandCall, Tx } from "@eshop/building-blocks/app/call"
import type { SagaStatus, Sagas } from "@eshop/building-blocks/durable/saga-client"
import { afterEach, expect, test, vi } from "vitest"
import type { SagaInNeed } from "../sagas/attention.ts"
import { watchCheckouts } from "./watch-checkouts.ts"

const now = new Date("2026-11-01T10:00:00Z")
const ended = (status: SagaStatus["status"]): SagaStatus => ({ status, position: { step: "stranded" } })

afterEach(() => vi.restoreAllMocks())

/** Watches one quiet order with these sagas. */
async function watch(known: Readonly<Record<string, SagaStatus>>, noted: readonly SagaInNeed[] = []) {
  const begun: unknown[] = []
  const asked: unknown[] = []
  const struck: string[] = []
  const attention = {
    list: async () => noted,
    strike: async (_: unknown, instanceId: string) => void struck.push(instanceId),
  }
  const alarms = vi.spyOn(console, "error").mockImplementation(() => {})
  const sagas: Partial<Sagas> = {
    start: async (saga, id, input) => void begun.push([saga.name, id, input]),
    status: async (id) => known[id],
  }
  const orders = {
    async underWaySince(before: Date) {
      asked.push(before.toISOString())
      return ["order-1"]
    },
  }
  const call: Partial<CommandCall> = { now, transact: (work) => work({} as Tx) }
  const ports = { orders, sagas, attention }
  const result = await watchCheckouts.handle(ports as never)({} as never, call as CommandCall)
  return { result, begun, asked, struck, alarms: alarms.mock.calls.map(([line]) => JSON.parse(line)) }
}

test("looks at orders that have not changed for two minutes, and leaves those alone whose saga runs", async () => {
  const { result, begun, asked } = await watch({ "order-1": { status: "running", position: null } })
  expect(asked).toEqual(["2026-11-01T09:58:00.000Z"])
  expect([result, begun]).toEqual([{ started: 0, abandoned: 0, settled: 0 }, []])
})

test("starts a saga that never began", async () => {
  const { result, begun, alarms } = await watch({})
  expect([result, begun]).toEqual([
    { started: 1, abandoned: 0, settled: 0 },
    [["checkout", "order-1", { orderId: "order-1" }]],
  ])
  expect(alarms).toEqual([])
})

test.each(["failed", "terminated", "completed"] as const)(
  "leads an order back whose saga has ended (%s), and raises the alarm",
  async (status) => {
    const { result, begun, alarms } = await watch({ "order-1": ended(status) })
    expect([result, begun]).toEqual([
      { started: 0, abandoned: 1, settled: 0 },
      [["abandoned-checkout", "order-1-abandoned", { orderId: "order-1" }]],
    ])
    expect(alarms).toMatchObject([
      {
        alarm: "abandoned-checkout",
        orderId: "order-1",
        msg: `the checkout has ended (${status}) at {"step":"stranded"}: it is led back`,
      },
    ])
  },
)

test("leaves an order alone that is being led back", async () => {
  const running: SagaStatus = { status: "running", position: null }
  const { result, begun } = await watch({ "order-1": ended("failed"), "order-1-abandoned": running })
  expect([result, begun]).toEqual([{ started: 0, abandoned: 0, settled: 0 }, []])
})

test("leads back again where that has ended without ending the order", async () => {
  const { result, begun } = await watch({ "order-1-abandoned": ended("failed") })
  expect([result, begun]).toEqual([
    { started: 0, abandoned: 1, settled: 0 },
    [["abandoned-checkout", "order-1-abandoned", { orderId: "order-1" }]],
  ])
})

test("strikes out what needs nobody any more: what runs again, was terminated or is gone", async () => {
  const noted = (instanceId: string, minutesAgo: number) =>
    ({ instanceId, notedAt: new Date(now.getTime() - minutesAgo * 60_000) }) as SagaInNeed
  const position = { step: "capture-payment", needsAttention: true }
  const known: Record<string, SagaStatus> = {
    "order-1": { status: "running", position: null },
    stuck: { status: "running", position },
    again: { status: "running", position: { step: "marking-paid" } },
    terminated: { status: "terminated", position },
    young: { status: "terminated", position },
  }
  const list = [
    noted("stuck", 60),
    noted("again", 50),
    noted("terminated", 40),
    noted("gone", 30),
    noted("young", 5),
  ]
  const { struck, result } = await watch(known, list)
  expect(struck).toEqual(["again", "terminated", "gone"])
  expect(result).toMatchObject({ settled: 3 })
})
