import {
  type Actor,
  type Play,
  type Played,
  playSaga,
} from "@eshop/building-blocks/durable/testing/play-saga"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { Order } from "@eshop/domain/ordering/order"
import { orderId } from "@eshop/domain/ordering/testing/given"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { checkout, STOCK_REJECTED, STOCK_RESERVED } from "./checkout-saga.ts"
import { BUG, type Fault, faults, PAYMENT_ID, type Scenario, smooth, worldOf } from "./testing/world.ts"

type Stock = "reserved" | "rejected" | "silent"

const shortages = [{ sku: "IPHONE-X-RED", requested: 2, available: 1 }]
const stockAnswers: Record<Stock, Play["events"]> = {
  reserved: [{ afterSeconds: 1, event: STOCK_RESERVED, data: { expiresAt: "2026-01-01T00:30:00Z" } }],
  rejected: [{ afterSeconds: 1, event: STOCK_REJECTED, data: { shortages } }],
  silent: [],
}

type Actors = Readonly<Record<string, Actor>>
type Course = Partial<Scenario> & {
  readonly stock?: Stock
  readonly faults?: readonly Fault[]
  /** Puts others in the place of some of the steps' own. */
  readonly actors?: (own: Actors) => Actors
}

async function play({ stock = "reserved", faults = [], actors, ...scenario }: Course = {}) {
  const world = worldOf({ ...smooth, ...scenario })
  const own = world.actors(checkout, faults)
  const played = await playSaga(
    checkout,
    { orderId },
    { actors: { ...own, ...actors?.(own) }, events: stockAnswers[stock] ?? [] },
  )
  return { ...played, world }
}

const names = ({ calls }: Played) => calls.map(({ activity }) => activity)
const cancelled = (order: Order | undefined) => (order?.status === "Cancelled" ? order.reason : undefined)
const FORWARD = [
  "read-order",
  "confirm-stock",
  "reserve-coupon",
  "authorise-payment",
  "confirm-coupon",
  "capture-payment",
  "mark-paid",
]
const givenBack = {
  payment: { made: 1, authorised: false, captured: 0, refunded: 0 },
  coupon: { taken: false, confirmed: false, released: true },
}

/** A provider that is out for so many seconds. */
const outFor =
  (seconds: number) =>
  (own: Actors): Actors => {
    const out =
      (activity: string): Actor =>
      (input, stage) => {
        if (stage.now.getTime() < Date.parse("2026-01-01T00:00:00Z") + seconds * 1_000)
          throw new DependencyUnavailableError("payments")
        return own[activity]?.(input, stage)
      }
    return Object.fromEntries(
      ["authorise-payment", "undo-authorise-payment"].map((activity) => [activity, out(activity)]),
    )
  }

describe("forward", () => {
  test("takes its steps in order when all goes well, and other contexts hear of the payment", async () => {
    const played = await play()
    expect(played.state).toBe("Paid")
    expect(names(played)).toEqual(FORWARD)
    expect(played.world.announced).toEqual(["eshop.ordering.order-paid.v1"])
    expect(played.positions.at(-1)).toEqual({ step: "paid" })
  })

  test("authorises nothing for an order that a coupon made free", async () => {
    const played = await play({ free: true })
    expect(played.state).toBe("Paid")
    expect(names(played)).toEqual(FORWARD.filter((name) => !name.includes("-payment")))
  })

  test("asks for a payment that needs more time until it is there", async () => {
    const played = await play({ payment: "slow" })
    expect(played.state).toBe("Paid")
    expect(names(played).filter((name) => name === "check-payment")).toHaveLength(3)
  })

  test("takes up an order whose stock is confirmed already", async () => {
    const world = worldOf(smooth)
    Object.assign(world.stored.order as Order, { status: "AwaitingPayment" })
    const played = await playSaga(checkout, { orderId }, { actors: world.actors(checkout) })
    expect(played.state).toBe("Paid")
    expect(names(played)).toEqual(FORWARD.filter((name) => name !== "confirm-stock"))
  })

  test("does nothing for an order that has ended, or that there is not", async () => {
    const world = worldOf(smooth)
    const actors = world.actors(checkout)
    const { order } = world.stored
    const { paymentMethod: _, ...placed } = order as Order & { paymentMethod: string }
    const reason = { code: "test", detail: "A test." }
    Object.assign(world.stored, { order: { ...placed, status: "Cancelled", reason } })
    const played = await playSaga(checkout, { orderId }, { actors })
    expect([played.state, names(played)]).toEqual(["Cancelled", ["read-order"]])

    const purged = await playSaga(
      checkout,
      { orderId },
      { actors: { "read-order": () => ({ refused: true, code: "order.unknown" }) } },
    )
    expect([purged.state, names(purged)]).toEqual(["Unknown", ["read-order"]])
  })

  test("waits out a provider that is away for 90 seconds", async () => {
    const played = await play({ actors: outFor(90) })
    expect([played.state, played.seconds]).toEqual(["Paid", 92.5])
  })
})

describe("led back", () => {
  test("undoes last first, and cancels the order at the end", async () => {
    const played = await play({ payment: "declined" })
    expect(played.state).toBe("Cancelled")
    expect(names(played).slice(-3)).toEqual(["undo-authorise-payment", "undo-reserve-coupon", "cancel-order"])
    expect(cancelled(played.world.stored.order)).toEqual({
      code: "payment.declined",
      detail: "The payment was not accepted.",
      data: { providerCode: "card_declined" },
    })
    expect(played.world.announced).toEqual(["eshop.ordering.order-cancelled.v1"])
  })

  test("a payment that its holder had to confirm says so, and is undone by its id", async () => {
    const { world } = await play({ payment: "action-required" })
    expect(cancelled(world.stored.order)?.code).toBe("payment.action-required")
    expect(world.undone).toEqual([PAYMENT_ID])
    expect(world).toMatchObject(givenBack)
  })

  test("a payment that stays under way is given up after 15 minutes", async () => {
    const { world, seconds } = await play({ payment: "never" })
    expect(cancelled(world.stored.order)?.code).toBe("payment.unavailable")
    expect(Math.floor(seconds / 60)).toBe(15)
    expect(world).toMatchObject(givenBack)
  })

  test("a provider that is away beyond the deadline ends the order once it is back to undo", async () => {
    const { state, world, calls } = await play({ actors: outFor(3_600) })
    expect(state).toBe("Cancelled")
    expect(cancelled(world.stored.order)).toEqual({
      code: "payment.unavailable",
      detail: "The payment provider could not be reached in time.",
    })
    const tried = calls.filter(({ activity }) => activity === "authorise-payment")
    expect(tried.at(-1)?.atSeconds).toBe(1502.5)
    expect(world.undone).toEqual([undefined])
  })

  test("a payment whose outcome nobody has heard is undone by its idempotency key", async () => {
    const unheard = Array<Fault>(6).fill("failed-after")
    const { state, world } = await play({ faults: ["none", "none", "none", ...unheard] })
    expect(state).toBe("Cancelled")
    expect(world.undone).toEqual([undefined])
    expect(world).toMatchObject(givenBack)
  })

  test("stock that is not there says what is missing", async () => {
    const { state, world } = await play({ stock: "rejected" })
    expect(state).toBe("Cancelled")
    expect(cancelled(world.stored.order)).toEqual({
      code: "stock.insufficient",
      detail: "Not enough stock.",
      data: { shortages },
    })
  })

  test("stock that nobody answers for is waited for 10 minutes", async () => {
    const played = await play({ stock: "silent" })
    expect(cancelled(played.world.stored.order)?.code).toBe("stock.no-answer")
    expect(played.seconds).toBe(600)
    expect(names(played)).toEqual(["read-order", "cancel-order"])
  })

  test("a coupon that is used up says so", async () => {
    const { world } = await play({ couponRefused: true })
    expect(cancelled(world.stored.order)?.code).toBe("coupon.exhausted")
  })

  test("a fault of ours is told without a word of its text", async () => {
    const failing = Array<Fault>(6).fill("failed")
    const played = await play({ faults: ["none", "none", ...failing] })
    expect(played.state).toBe("Cancelled")
    expect(cancelled(played.world.stored.order)).toEqual({
      code: "checkout.step-failed",
      detail: "A step of the checkout failed again and again.",
      data: { step: "reserve-coupon" },
    })
    const seen = JSON.stringify([played.calls, played.positions, played.state, played.world.stored])
    expect(seen).not.toContain(BUG.slice(-12))
  })

  test("money that was taken for an order that somebody has ended meanwhile goes back", async () => {
    const endMeanwhile = (own: Actors): Actors => ({
      "capture-payment": async (input, stage) => {
        const captured = await own["capture-payment"]?.(input, stage)
        const reason = { code: "customer.asked", detail: "The customer asked for it." }
        await own["cancel-order"]?.({ orderId, reason } as never, stage)
        return captured
      },
    })
    const played = await play({ actors: endMeanwhile })
    const { world } = played
    expect(names(played).slice(-4)).toEqual([
      "mark-paid",
      "undo-authorise-payment",
      "undo-reserve-coupon",
      "cancel-order",
    ])
    expect(world.payment).toEqual({ made: 1, authorised: false, captured: 30_00, refunded: 30_00 })
    expect(world.coupon.taken).toBe(false)
    expect(cancelled(world.stored.order)?.code).toBe("customer.asked")
    expect(world.announced).toEqual(["eshop.ordering.order-cancelled.v1"])
  })
})

describe("whatever fails and whenever", () => {
  const scenarios = fc.record({
    coupon: fc.boolean(),
    couponRefused: fc.boolean(),
    stock: fc.constantFrom<Stock>("reserved", "rejected", "silent"),
    payment: fc.constantFrom<Scenario["payment"]>(
      "authorised",
      "declined",
      "action-required",
      "slow",
      "never",
    ),
    captureRefused: fc.boolean(),
    free: fc.boolean(),
    faults: fc.array(fc.constantFrom(...faults), { maxLength: 40 }),
  })

  test("it ends paid once, or with everything given back, last first", async () => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      const played = await play(scenario)
      const { payment, coupon, stored } = played.world
      expect(stored.order?.status).toBe(played.state)
      const undone = [...new Set(names(played).filter((name) => name.startsWith("undo-")))]
      if (played.state === "Paid") {
        expect(payment).toMatchObject({
          authorised: false,
          captured: scenario.free ? 0 : 30_00,
          refunded: 0,
        })
        expect(coupon).toEqual({ taken: scenario.coupon, confirmed: scenario.coupon, released: false })
        expect(undone).toEqual([])
      } else {
        expect(played.state).toBe("Cancelled")
        expect(payment.authorised).toBe(false)
        expect(payment.captured - payment.refunded).toBe(0)
        expect(coupon.taken).toBe(false)
        const begun = new Set(names(played))
        const undoable = ["reserve-coupon", "authorise-payment"].filter((name) => begun.has(name))
        expect(undone).toEqual(undoable.reverse().map((name) => `undo-${name}`))
      }
      expect(JSON.stringify([stored, played.positions])).not.toContain(BUG.slice(-12))
    })
    await fc.assert(property, { numRuns: 1_000 })
  }, 60_000)

  test("without faults it ends Paid exactly when everybody agreed", async () => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      const { state } = await play({ ...scenario, faults: [] })
      const couponFits = !scenario.coupon || !scenario.couponRefused
      const paymentFits =
        scenario.free ||
        ((scenario.payment === "authorised" || scenario.payment === "slow") && !scenario.captureRefused)
      const agreed = scenario.stock === "reserved" && couponFits && paymentFits
      expect(state).toBe(agreed ? "Paid" : "Cancelled")
    })
    await fc.assert(property, { numRuns: 500 })
  }, 60_000)
})
