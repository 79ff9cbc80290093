import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { type Actor, type Play, playSaga } from "@eshop/building-blocks/durable/testing/play-saga"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { evolve, type Order, replay } from "@eshop/domain/ordering/order"
import { requestRefund } from "@eshop/domain/ordering/request-refund"
import { refundOf } from "@eshop/domain/ordering/settle-refund"
import { now, orderId, refund1 as refundId, streamOf, toPaid } from "@eshop/domain/ordering/testing/given"
import type { RefundOutcome } from "@eshop/domain/payment/payment"
import fc from "fast-check"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { OrderPorts } from "../orders/change-order.ts"
import type { Payments } from "../payments/ports.ts"
import { keepHistory } from "../testing/keep-history.ts"
import { PAYMENT_REPORTED, refund } from "./refund-saga.ts"

const MINUTE = 60
const DAY = 86_400
const faults = ["none", "failed", "failed-after", "unavailable", "unavailable-after"] as const
type Fault = (typeof faults)[number]
/** How the provider takes the refund, and when a pending one is settled, in seconds after it was asked for. */
type Provider = {
  readonly takes: "at-once" | "later" | "never"
  readonly settledAfter: number
  readonly refuses?: true
}

const alarms = vi.spyOn(console, "error")
beforeEach(() => void alarms.mockReset().mockImplementation(() => {}))
afterEach(() => void alarms.mockReset())
const told = () => alarms.mock.calls.map(([line]) => JSON.parse(line))

/** A paid order of which 12.00 are to go back, and a provider that keeps its refunds by their ids. */
function worldOf(provider: Provider) {
  const requested = requestRefund(
    replay(streamOf(...toPaid)),
    { refundId, amount: usd(12_00), reason: "customer.withdrew" },
    now,
  )
  const stored = {
    order: (requested as never[]).reduce<Order | undefined>(evolve, replay(streamOf(...toPaid))) as Order,
    version: 4,
  }
  const happened: string[] = []
  const refunds = new Map<string, { amount: number; askedAt: number }>()
  let time = 0
  const standing = (id: string): RefundOutcome => {
    const known = refunds.get(id)
    if (!known) throw new Error("the provider knows no such refund")
    const waits = provider.takes === "never" || (time - known.askedAt) / 1_000 < provider.settledAfter
    if (provider.takes !== "at-once" && waits) return { type: "pending", providerRefundId: `re_${id}` }
    return provider.refuses
      ? { type: "refused", code: "charge_disputed" }
      : { type: "refunded", providerRefundId: `re_${id}` }
  }
  const find = async () => ({ ...stored, head: { version: stored.version, hash: "" } })
  const ports: OrderPorts & { payments: Payments } = {
    orders: {
      find,
      lock: find,
      async append(_, __, ___, events, order) {
        happened.push(...events.map(({ type }) => type))
        Object.assign(stored, { order })
      },
    } as Partial<OrderPorts["orders"]> as OrderPorts["orders"],
    outbox: {
      add: async () => {},
    } as Partial<OrderPorts["outbox"]> as OrderPorts["outbox"],
    payments: {
      async refund({ refundId: id, amount }) {
        if (!refunds.has(id)) refunds.set(id, { amount: amount.amount, askedAt: time })
        return standing(id)
      },
      checkRefund: async (id) => standing(id.replace(/^re_/, "")),
    } as Partial<Payments> as Payments,
  }

  /** The saga's activities; each attempt at one takes the next of the faults. */
  function actors(ahead: readonly Fault[]): Record<string, Actor> {
    const left = [...ahead]
    return Object.fromEntries(
      refund.steps.map((step) => {
        const run = step.run(ports as never) as (input: never, call: Call) => Promise<unknown>
        const actor: Actor = async (input, stage) => {
          time = stage.now.getTime()
          const fault = left.shift() ?? "none"
          const fail = () => {
            if (fault.startsWith("failed")) throw new Error("a bug")
            if (fault.startsWith("unavailable")) throw new DependencyUnavailableError("a dependency")
          }
          if (!fault.endsWith("-after")) fail()
          const call: Call = {
            now: stage.now,
            newId,
            caller: { kind: "system", id: "refund" },
            transact: (work) => work({} as Tx),
          }
          const result = await run(input, call)
          fail()
          return result
        }
        return [step.name, actor]
      }),
    )
  }
  return { stored, happened, refunds, actors, status: () => refundOf(stored.order, refundId)?.status }
}

async function play(
  provider: Provider,
  options: { faults?: readonly Fault[]; events?: Play["events"]; before?: (order: Order) => Order } = {},
) {
  const world = worldOf(provider)
  if (options.before) world.stored.order = options.before(world.stored.order)
  const played = await playSaga(
    refund,
    { orderId, refundId },
    {
      version: "1.0.0",
      actors: world.actors(options.faults ?? []),
      ...(options.events && { events: options.events }),
    },
  )
  return { ...played, world, activities: played.calls.map(({ activity }) => activity) }
}

const atOnce: Provider = { takes: "at-once", settledAfter: 0 }
const later = (settledAfter: number): Provider => ({ takes: "later", settledAfter })
const reported = (afterSeconds: number) => ({
  afterSeconds,
  event: PAYMENT_REPORTED,
  data: {
    paymentId: "pi_1",
    report: { type: "refund-settled", providerRefundId: "re_1", outcome: "succeeded" },
  },
})

test("the money goes back, and the order says so", async () => {
  const played = await play(atOnce)
  keepHistory("refund/settled", played)
  expect([played.state, played.activities]).toEqual([
    "settled",
    ["read-refund", "refund-payment", "mark-refunded"],
  ])
  expect([...played.world.refunds]).toEqual([[refundId, { amount: 12_00, askedAt: expect.any(Number) }]])
  expect(played.world.happened).toEqual(["OrderRefunded"])
  expect(played.history.length).toBe(16)
})

test("a pending refund is settled when the provider reports it", async () => {
  const played = await play(later(1.5 * MINUTE), { events: [reported(100)] })
  keepHistory("refund/settled-by-report", played)
  expect([played.state, played.seconds]).toEqual(["settled", 100])
  expect(played.activities.filter((name) => name === "check-refund")).toHaveLength(2)
})

test("a pending refund of which nothing is heard is asked for again, after pauses that grow to a day", async () => {
  const played = await play(later(3 * DAY))
  keepHistory("refund/settled-by-poll", played)
  const polls = played.calls.flatMap(({ activity, atSeconds }) =>
    activity === "check-refund" ? [atSeconds / MINUTE] : [],
  )
  expect(polls).toEqual([1, 3, 7, 15, 31, 63, 127, 255, 511, 1_023, 2_047, 3_487, 4_927])
  expect([played.state, played.world.status()]).toEqual(["settled", "settled"])
  expect(played.positions).toContainEqual({
    step: "awaiting-refund",
    says: "waits for the payment provider until 00:01 UTC, then asks again",
    until: "2026-01-01T00:01:00.000Z",
  })
})

test("operators hear of a refund that is pending for ten days, and again after ten more", async () => {
  const played = await play(later(21 * DAY))
  const msg = `refund ${refundId} has been pending at the provider for 10 days`
  const alarm = { alarm: "refund-stalled", orderId, msg }
  expect(told()).toMatchObject([alarm, alarm])
  expect([played.state, played.history.length < 400]).toEqual(["settled", true])
})

test("a refund that the provider refuses has failed: its money is free for another one", async () => {
  const played = await play({ ...atOnce, refuses: true })
  keepHistory("refund/refused", played)
  expect([played.state, played.world.status()]).toEqual(["failed", "failed"])
  const msg = `refund ${refundId} was refused (charge_disputed): ask for another one`
  expect(told()).toMatchObject([{ alarm: "refund-failed", orderId, msg }])
  expect(played.world.happened).toEqual(["RefundFailed"])
  const again = { refundId: newId(), amount: usd(30_00), reason: "customer.withdrew" }
  expect(requestRefund(played.world.stored.order, again, now)).toHaveLength(1)
})

test("a refund that is settled already is left alone", async () => {
  const settled = (order: Order) =>
    evolve(order, {
      type: "OrderRefunded",
      v: 1,
      at: now.toISOString(),
      data: { refundId, amount: usd(12_00), reason: "customer.withdrew" },
    })
  const played = await play(atOnce, { before: settled })
  expect([played.state, played.activities, played.world.refunds.size]).toEqual([
    "settled",
    ["read-refund"],
    0,
  ])
})

test("whatever fails, the money goes back exactly once, or not at all when it is refused", async () => {
  const scenario = fc.record({
    provider: fc.record({
      takes: fc.constantFrom("at-once" as const, "later" as const),
      settledAfter: fc.integer({ min: 0, max: 5 * DAY }),
    }),
    refuses: fc.boolean(),
    faults: fc.array(fc.constantFrom(...faults), { maxLength: 25 }),
    reports: fc.array(fc.integer({ min: 0, max: 2 * DAY }), { maxLength: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ provider, refuses, faults: ahead, reports }) => {
      const { state, failure, world } = await play(
        { ...provider, ...(refuses && { refuses }) },
        { faults: ahead, events: reports.map(reported) },
      )
      expect(failure).toBeUndefined()
      expect([state, world.status()]).toEqual(refuses ? ["failed", "failed"] : ["settled", "settled"])
      expect([...world.refunds.values()].map(({ amount }) => amount)).toEqual([12_00])
      expect(world.happened).toEqual([refuses ? "RefundFailed" : "OrderRefunded"])
    }),
  )
})
