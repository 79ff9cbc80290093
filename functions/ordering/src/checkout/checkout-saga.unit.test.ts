import type { Actor } from "@eshop/building-blocks/durable/testing/play-saga"
import { playSaga } from "@eshop/building-blocks/durable/testing/play-saga"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { Order } from "@eshop/domain/ordering/order"
import { orderId } from "@eshop/domain/ordering/testing/given"
import { describe, expect, test } from "vitest"
import { checkout } from "./checkout-saga.ts"
import {
  type Actors,
  FORWARD,
  MARKED_LATER,
  names,
  playCheckout,
  reasonIn,
  shortages,
} from "./testing/play-checkout.ts"
import { BUG, type Fault, PAYMENT_ID, smooth, worldOf } from "./testing/world.ts"

const givenBack = {
  payment: { made: 1, authorised: false, captured: 0, voided: 1, refunded: 0 },
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
    const played = await playCheckout()
    expect(played.state).toBe("Paid")
    expect(names(played)).toEqual(FORWARD)
    expect(played.world.announced).toEqual(["eshop.ordering.order-paid.v1"])
    expect(played.positions.at(-1)).toEqual({ step: "paid", says: "has led the order to its payment" })
  })

  test("authorises nothing for an order that a coupon made free", async () => {
    const played = await playCheckout({ free: true })
    expect(played.state).toBe("Paid")
    expect(names(played)).toEqual(MARKED_LATER.filter((name) => !name.includes("-payment")))
  })

  test("asks for a payment that needs more time until it is there", async () => {
    const played = await playCheckout({ payment: "slow" })
    expect(played.state).toBe("Paid")
    expect(names(played).filter((name) => name === "check-payment")).toHaveLength(3)
  })

  test("marks the order as paid by a step of its own where that did not work together with the capture", async () => {
    const played = await playCheckout({ markedLater: true })
    expect([played.state, names(played)]).toEqual(["Paid", MARKED_LATER])
    expect(played.world.announced).toEqual(["eshop.ordering.order-paid.v1"])
  })

  test("reads an order whose answer of Catalog does not come, and takes up one whose stock is confirmed", async () => {
    const played = await playCheckout({ stock: "unheard" })
    expect([played.state, played.seconds]).toEqual(["Paid", 15])
    expect(names(played)).toEqual(["read-order", ...FORWARD])
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
    const played = await playCheckout({ actors: outFor(90) })
    expect([played.state, played.seconds]).toEqual(["Paid", 92.5])
  })
})

describe("led back", () => {
  test("undoes last first, and cancels the order at the end", async () => {
    const played = await playCheckout({ payment: "declined" })
    expect(played.state).toBe("Cancelled")
    expect(names(played).slice(-3)).toEqual(["undo-authorise-payment", "undo-reserve-coupon", "cancel-order"])
    expect(reasonIn(played.world.stored.order)).toEqual({
      code: "payment.declined",
      detail: "The payment was not accepted.",
      data: { providerCode: "card_declined" },
    })
    expect(played.world.announced).toEqual(["eshop.ordering.order-cancelled.v1"])
  })

  test("a payment that its holder had to confirm and did not says so, and is undone by its id", async () => {
    const { world, seconds } = await playCheckout({ payment: "action-required" })
    expect(reasonIn(world.stored.order)?.code).toBe("payment.action-required")
    expect([world.undone, seconds]).toEqual([[PAYMENT_ID], 1500])
    expect(world).toMatchObject(givenBack)
  })

  test("a payment that stays under way is given up 5 minutes before the stock's end", async () => {
    const { world, seconds } = await playCheckout({ payment: "never" })
    expect(reasonIn(world.stored.order)?.code).toBe("payment.unavailable")
    expect(seconds).toBe(1500)
    expect(world).toMatchObject(givenBack)
  })

  test("a provider that is away beyond the deadline ends the order once it is back to undo", async () => {
    const { state, world, calls } = await playCheckout({ actors: outFor(3_600) })
    expect(state).toBe("Cancelled")
    expect(reasonIn(world.stored.order)).toEqual({
      code: "payment.unavailable",
      detail: "The payment provider could not be reached in time.",
    })
    const tried = calls.filter(({ activity }) => activity === "authorise-payment")
    expect(tried.at(-1)?.atSeconds).toBe(1502.5)
    expect(world.undone).toEqual([undefined])
  })

  test("a payment whose outcome nobody has heard is undone by its idempotency key", async () => {
    const unheard = Array<Fault>(6).fill("failed-after")
    const { state, world } = await playCheckout({ faults: ["none", ...unheard] })
    expect(state).toBe("Cancelled")
    expect(world.undone).toEqual([undefined])
    expect(world).toMatchObject(givenBack)
  })

  test("stock that is not there says what is missing", async () => {
    const { state, world } = await playCheckout({ stock: "rejected" })
    expect(state).toBe("Cancelled")
    expect(reasonIn(world.stored.order)).toEqual({
      code: "stock.insufficient",
      detail: "Not enough stock.",
      data: { shortages },
    })
  })

  test("stock that nobody answers for is waited for 10 minutes", async () => {
    const played = await playCheckout({ stock: "silent" })
    expect(reasonIn(played.world.stored.order)?.code).toBe("stock.no-answer")
    expect(played.seconds).toBe(600)
    expect(names(played)).toEqual(["read-order", "read-order", "read-order", "cancel-order"])
  })

  test("a coupon that is used up says so", async () => {
    const { world } = await playCheckout({ couponRefused: true })
    expect(reasonIn(world.stored.order)?.code).toBe("coupon.exhausted")
  })

  test("a fault of ours is told without a word of its text", async () => {
    const failing = Array<Fault>(6).fill("failed")
    const played = await playCheckout({ faults: failing })
    expect(played.state).toBe("Cancelled")
    expect(reasonIn(played.world.stored.order)).toEqual({
      code: "checkout.step-failed",
      detail: "A step of the checkout failed again and again.",
      data: { step: "reserve-coupon" },
    })
    const seen = JSON.stringify([played.calls, played.positions, played.state, played.world.stored])
    expect(seen).not.toContain(BUG.slice(-12))
  })

  test("an order that was paid, and whose saga could not hear of it, gives its money back once, by a refund", async () => {
    const unheard: Fault[] = ["none", "none", "none", "failed-after", ...Array<Fault>(5).fill("failed")]
    const { state, world, calls } = await playCheckout({ faults: unheard })
    expect([state, names({ calls }).slice(-3)]).toEqual([
      "Cancelled",
      ["undo-authorise-payment", "undo-reserve-coupon", "cancel-order"],
    ])
    expect(world.payment).toMatchObject({ captured: 30_00, voided: 0, refunded: 0 })
    expect(world.stored.order).toMatchObject({
      payment: { refunds: [{ amount: { amount: 30_00 }, status: "requested" }] },
    })
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
    const played = await playCheckout({ markedLater: true, actors: endMeanwhile })
    const { world } = played
    expect(names(played).slice(-4)).toEqual(["mark-paid", "undo-payment", "release-coupon", "cancel-order"])
    expect(world.payment).toMatchObject({ captured: 30_00, voided: 0, refunded: 30_00 })
    expect(world.undone).toEqual([PAYMENT_ID])
    expect(world.coupon.taken).toBe(false)
    expect(reasonIn(world.stored.order)?.code).toBe("customer.asked")
    expect(world.announced).toEqual(["eshop.ordering.order-cancelled.v1"])
  })
})
