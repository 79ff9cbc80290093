import { app, on } from "@eshop/building-blocks/app/app"
import { command } from "@eshop/building-blocks/app/use-case"
import { defineEvent, type EventDefinition } from "@eshop/domain/contracts/event"
import { OrderCancelled, OrderCreated } from "@eshop/domain/contracts/ordering-events"
import { expect, it } from "vitest"
import { z } from "zod"
import { entities } from "./entities.ts"
import { sample } from "./fixtures/sample-app.ts"

const contracts = new Map<string, EventDefinition<z.ZodType>>([
  ["OrderCreated", OrderCreated],
  ["OrderCancelled", OrderCancelled],
])
const ordering = app("ordering", [])
const consumerOf = (events: readonly EventDefinition<z.ZodType>[]) => {
  const consume = command("sample.consume", {
    input: z.unknown(),
    result: z.void(),
    handle: () => async () => neverMind(),
  })
  return app(
    "sample",
    events.map((event) => on(event, consume)),
  )
}
const neverMind = (): never => {
  throw new Error("a sample is not run")
}
const madeUp = (index: number) =>
  defineEvent({
    type: `eshop.ordering.made-up-${index}.v1`,
    source: "/eshop/ordering",
    topic: "ordering-events",
    data: z.unknown(),
    example: {},
  })

it("gives each context one subscription of a topic, with the events it consumes as its one rule", () => {
  expect(entities([sample, ordering], contracts)).toEqual({
    UserConfig: {
      Namespaces: [
        {
          Name: "eshop",
          Queues: [],
          Topics: [
            {
              Name: "ordering-events",
              Properties: {
                DefaultMessageTimeToLive: "P14D",
                DuplicateDetectionHistoryTimeWindow: "PT10M",
                RequiresDuplicateDetection: true,
              },
              Subscriptions: [
                {
                  Name: "sample",
                  Properties: {
                    MaxDeliveryCount: 60,
                    LockDuration: "PT10S",
                    DeadLetteringOnMessageExpiration: true,
                  },
                  Rules: [
                    {
                      Name: "events",
                      Properties: {
                        FilterType: "Sql",
                        SqlFilter: {
                          SqlExpression:
                            "sys.Label IN ('eshop.ordering.order-cancelled.v1', 'eshop.ordering.order-created.v1') AND ([redrive-to] IS NULL OR [redrive-to] = 'sample')",
                        },
                      },
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
      Logging: { Type: "Console" },
    },
  })
})

it("refuses an event that is no contract, and a contract of no app", () => {
  expect(() => entities([consumerOf([madeUp(1)]), ordering], contracts)).toThrow(
    "sample consumes eshop.ordering.made-up-1.v1, which is no contract",
  )
  expect(() => entities([sample], contracts)).toThrow("comes from /eshop/ordering, which is no app")
})

it("refuses a filter that Azure would not take", () => {
  const many = Array.from({ length: 40 }, (_, index) => madeUp(index))
  const known = new Map(many.map((event) => [event.type, event]))
  expect(() => entities([consumerOf(many), ordering], known)).toThrow(
    /^sample's filter of ordering-events has 1\d{3} characters, Azure takes 1024$/,
  )
})
