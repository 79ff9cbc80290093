import type { Played } from "@eshop/building-blocks/durable/testing/play-saga"
import { describe, expect, test } from "vitest"
import {
  at,
  type Course,
  cancelAt,
  during,
  expiredAt,
  FORWARD,
  MARKED_LATER,
  names,
  outUntil,
  playCheckout,
  reasonIn,
} from "./testing/play-checkout.ts"
import { type Fault, PAYMENT_ID, REDIRECT_URL } from "./testing/world.ts"

const many = <T>(count: number, one: T): T[] => Array(count).fill(one)
const reported = (afterSeconds: number) => at(afterSeconds, "payment-reported", { paymentId: PAYMENT_ID })
const times = ({ calls }: Played, activity: string) =>
  calls.filter((call) => call.activity === activity).map(({ atSeconds }) => atSeconds)
describe("a customer's cancellation", () => {
  const waits: [string, Course, number][] = [
    ["for the stock", { stock: "silent" }, 5],
    ["for the end of the grace period", { gracePeriodSeconds: 300 }, 100],
    ["for a provider that is out", { actors: outUntil("authorise-payment", 200) }, 100],
    ["for a payment that takes its time", { payment: "never" }, 100],
    ["for the payment's holder", { payment: "action-required" }, 100],
  ]
  test.each(waits)("ends the wait %s", async (_, course, seconds) => {
    const played = await playCheckout({ ...course, events: [cancelAt(seconds)] })
    const { world } = played
    expect([played.state, played.seconds]).toEqual(["Cancelled", seconds])
    expect(reasonIn(world.stored.order)).toEqual({
      code: "customer.asked",
      detail: "The customer asked for it.",
    })
    expect(world.payment.captured).toBe(0)
    expect([world.payment.authorised, world.coupon.taken]).toEqual([false, false])
  })

  test.each(["reserve-coupon", "authorise-payment", "confirm-coupon"])(
    "that comes during %s is heard before the next step",
    async (activity) => {
      const played = await playCheckout({ actors: during(activity, "cancel") })
      expect(reasonIn(played.world.stored.order)?.code).toBe("customer.asked")
      const forward = FORWARD.slice(0, FORWARD.indexOf(activity) + 1)
      expect(names(played).slice(0, forward.length)).toEqual(forward)
      expect(names(played)[forward.length]).toMatch(/^(undo-|cancel-order)/)
    },
  )

  test.each([
    ["capture-payment", false, FORWARD],
    ["mark-paid", true, MARKED_LATER],
  ] as const)(
    "that comes during %s ends the order once it is paid: its money goes back by a refund",
    async (activity, markedLater, forward) => {
      const played = await playCheckout({ markedLater, actors: during(activity, "cancel") })
      const { world } = played
      expect([played.state, names(played)]).toEqual(["Cancelled", [...forward, "cancel-order"]])
      expect(reasonIn(world.stored.order)?.code).toBe("customer.asked")
      expect(
        world.announced.filter((type) => /order-paid|order-cancelled|refund-requested/.test(type)),
      ).toEqual(expect.arrayContaining(["eshop.ordering.order-paid.v1", "eshop.ordering.order-cancelled.v1"]))
      expect(world.stored.order).toMatchObject({
        payment: { refunds: [{ amount: { amount: 30_00 }, reason: "customer.asked", status: "requested" }] },
      })
      expect(world.payment).toMatchObject({ captured: 30_00, voided: 0 })
    },
  )

  test("within the grace period is free: no payment was made; after it the order is paid", async () => {
    const within = await playCheckout({ gracePeriodSeconds: 300, events: [cancelAt(299)] })
    expect([within.world.payment.made, names(within)]).toEqual([
      0,
      ["reserve-coupon", "undo-reserve-coupon", "cancel-order"],
    ])
    const after = await playCheckout({ gracePeriodSeconds: 300 })
    expect([after.state, after.seconds]).toEqual(["Paid", 300])
    expect(after.positions).toContainEqual({
      step: "awaiting-end-of-grace",
      says: "can be cancelled for nothing until 00:05 UTC",
      until: "2026-01-01T00:05:00.000Z",
    })
  })
})

describe("the end of the stock's reservation", () => {
  test("leads back until the capture has begun: nothing is captured", async () => {
    const played = await playCheckout({ payment: "never", events: [expiredAt(60)] })
    expect([played.state, played.seconds]).toEqual(["Cancelled", 60])
    expect(reasonIn(played.world.stored.order)?.code).toBe("stock.expired")
    expect(played.world.payment).toMatchObject({ captured: 0, voided: 1 })
  })

  test("loses once the capture has begun: Catalog hears of the payment, and serves or rejects the order", async () => {
    for (const activity of ["capture-payment", "mark-paid"]) {
      const markedLater = activity === "mark-paid"
      const played = await playCheckout({ markedLater, actors: during(activity, "stock-expired") })
      expect([played.state, played.world.announced.at(-1)]).toEqual([
        "Paid",
        expect.stringMatching(/order-paid|status-changed/),
      ])
    }
  })

  test("at the same moment as the payment is there: whichever is first wins, and not both", async () => {
    for (const events of [
      [expiredAt(10), reported(10)],
      [reported(10), expiredAt(10)],
    ]) {
      const played = await playCheckout({ payment: "slow", events })
      const { payment } = played.world
      expect(payment.captured > 0).toBe(played.state === "Paid")
      expect(payment.captured > 0 && payment.voided > 0).toBe(false)
    }
  })

  test("is kept a distance from: neither authorised nor captured in its last five minutes", async () => {
    const soon = await playCheckout({ stockExpiresAt: "2026-01-01T00:05:01.000Z" })
    expect([soon.state, names(soon).includes("authorise-payment")]).toEqual(["Cancelled", false])
    expect(reasonIn(soon.world.stored.order)?.code).toBe("stock.expired")
    const late = await playCheckout({
      stockExpiresAt: "2026-01-01T00:07:00.000Z",
      actors: outUntil("confirm-coupon", 120),
    })
    expect(names(late)).not.toContain("capture-payment")
    expect(reasonIn(late.world.stored.order)?.code).toBe("stock.expired")
    expect(late.world.payment).toMatchObject({ captured: 0, voided: 1 })
  })
})

describe("a payment that its holder must confirm", () => {
  test("shows the provider's page on the order, and is paid once it is confirmed", async () => {
    const shown: unknown[] = []
    const played = await playCheckout({
      payment: "confirmed",
      actors: (own) => ({
        "ask-for-action": async (input, stage) => {
          const answer = await own["ask-for-action"]?.(input, stage)
          shown.push(input)
          return answer
        },
      }),
    })
    expect([played.state, played.world.payment.captured]).toEqual(["Paid", 30_00])
    expect(shown).toEqual([{ orderId: expect.any(String), paymentId: PAYMENT_ID, redirectUrl: REDIRECT_URL }])
    expect(played.positions).toContainEqual({
      step: "awaiting-confirmation",
      says: "waits for the customer to confirm the payment until 00:25 UTC, then cancels",
      until: "2026-01-01T00:25:00.000Z",
    })
    expect(played.world.stored.order).not.toHaveProperty("paymentAction")
  })

  test("and who fails to is told that it was declined", async () => {
    const played = await playCheckout({ payment: "refused" })
    expect(reasonIn(played.world.stored.order)).toMatchObject({
      code: "payment.declined",
      data: { providerCode: "card_declined" },
    })
  })

  test("is asked for after pauses that double to two minutes, and at once when the provider reports", async () => {
    const silent = await playCheckout({ payment: "action-required" })
    expect(times(silent, "check-payment").slice(0, 9)).toEqual([3, 7, 15, 31, 63, 127, 247, 367, 487])
    expect(times(silent, "check-payment")).toHaveLength(18)
    const told = await playCheckout({ payment: "confirmed", events: [reported(4), reported(5)] })
    expect([told.state, times(told, "check-payment")]).toEqual(["Paid", [3, 4, 5]])
  })

  test("without a page of the provider cannot be confirmed", async () => {
    const played = await playCheckout({
      actors: () => ({ "authorise-payment": () => ({ type: "action-required", paymentId: PAYMENT_ID }) }),
    })
    expect(reasonIn(played.world.stored.order)?.code).toBe("payment.action-required")
  })
})

describe("an operator", () => {
  const said = (afterSeconds: number, step: string, attempt: number, word: string) =>
    at(afterSeconds, "operator", { step, attempt, word })

  test("ends a checkout whose payment provider is out", async () => {
    const played = await playCheckout({
      actors: outUntil("authorise-payment", 300),
      events: [said(60, "authorise-payment", 7, "compensate")],
    })
    expect(reasonIn(played.world.stored.order)).toEqual({
      code: "checkout.ended",
      detail: "The shop has ended the checkout.",
    })
    expect(played.world.payment).toMatchObject({ captured: 0, voided: 1 })
  })

  test.each(["authorise-payment", "capture-payment", "mark-paid"])("cannot skip %s", async (step) => {
    const attempts = [5, 6, 7, 8].flatMap((attempt) =>
      [10, 20, 40, 70].map((seconds) => said(seconds, step, attempt, "skip")),
    )
    const course = { markedLater: step === "mark-paid", actors: outUntil(step, 100) }
    const alone = await playCheckout(course)
    const played = await playCheckout({ ...course, events: attempts })
    expect([played.state, names(played)]).toEqual(["Paid", names(alone)])
    expect(played.world.payment.captured).toBe(30_00)
  })

  test("cannot lead back an order whose money was taken", async () => {
    const events = [5, 6, 7].map((attempt) => said(15 + attempt, "mark-paid", attempt, "compensate"))
    const played = await playCheckout({ markedLater: true, actors: outUntil("mark-paid", 100), events })
    expect([played.state, played.world.payment.refunded]).toEqual(["Paid", 0])
  })

  test("may leave out the confirmation of a coupon that does not work, and its release", async () => {
    const failing = many<Fault>(5, "failed")
    const forward = await playCheckout({
      faults: ["none", "none", ...failing],
      events: [said(9, "confirm-coupon", 5, "skip")],
    })
    expect([forward.state, forward.world.coupon]).toEqual([
      "Paid",
      { taken: true, confirmed: false, released: false },
    ])
    const back = await playCheckout({
      payment: "declined",
      actors: outUntil("undo-reserve-coupon", 86_400),
      events: [said(20, "undo-reserve-coupon", 5, "skip")],
    })
    expect([back.state, back.world.coupon.taken]).toEqual(["Cancelled", true])
  })
})

test("an order without a coupon takes two activities and 16 rows of history", async () => {
  const played = await playCheckout({ coupon: false })
  expect(names(played)).toEqual(["authorise-payment", "capture-payment"])
  expect(played.history).toHaveLength(16)
})
