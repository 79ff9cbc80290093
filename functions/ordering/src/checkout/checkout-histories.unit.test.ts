// Every path of a checkout, whose history is kept once and replayed on all later code (tools/sagas).
import { playSaga } from "@eshop/building-blocks/durable/testing/play-saga"
import type { Order } from "@eshop/domain/ordering/order"
import { orderId } from "@eshop/domain/ordering/testing/given"
import { expect, test } from "vitest"
import { keepHistory } from "../testing/keep-history.ts"
import { abandonedCheckout } from "./abandoned-checkout.ts"
import {
  at,
  type Course,
  cancelAt,
  during,
  expiredAt,
  outUntil,
  playCheckout,
  reasonIn,
} from "./testing/play-checkout.ts"
import { type Fault, PAYMENT_ID, smooth, startedAt, worldOf } from "./testing/world.ts"

const plain = { coupon: false } as const
const failing = Array<Fault>(6).fill("failed")
const reported = (afterSeconds: number) => at(afterSeconds, "payment-reported", { paymentId: PAYMENT_ID })
const said = (afterSeconds: number, step: string, attempt: number, word: string) =>
  at(afterSeconds, "operator", { step, attempt, word })
const endedMeanwhile: Course["actors"] = (own) => ({
  "capture-payment": async (input, stage) => {
    const captured = await own["capture-payment"]?.(input, stage)
    const reason = { code: "test", detail: "A test." }
    await own["cancel-order"]?.({ orderId, reason } as never, stage)
    return captured
  },
})

test.each<[name: string, course: Course, outcome: string]>([
  ["paid", plain, "Paid"],
  ["paid-with-coupon", {}, "Paid"],
  ["free", { free: true }, "Paid"],
  ["paid-after-outage-of-catalog", { ...plain, stockAfterSeconds: 90 }, "Paid"],
  ["paid-without-answer", { ...plain, stock: "unheard" }, "Paid"],
  ["paid-after-grace", { ...plain, gracePeriodSeconds: 60 }, "Paid"],
  ["paid-after-poll", { ...plain, payment: "slow" }, "Paid"],
  ["paid-after-report", { ...plain, payment: "slow", events: [reported(2), reported(2.5)] }, "Paid"],
  ["confirmed", { ...plain, payment: "confirmed", events: [reported(20)] }, "Paid"],
  ["confirmed-never", { ...plain, payment: "action-required" }, "payment.action-required"],
  ["confirmed-in-vain", { payment: "refused" }, "payment.declined"],
  ["processing-for-ever", { payment: "never" }, "payment.unavailable"],
  ["declined", { payment: "declined" }, "payment.declined"],
  ["capture-refused", { captureRefused: true }, "payment.declined"],
  ["coupon-refused", { couponRefused: true }, "coupon.exhausted"],
  ["stock-rejected", { stock: "rejected" }, "stock.insufficient"],
  ["stock-silent", { stock: "silent" }, "stock.no-answer"],
  ["stock-expired", { payment: "never", events: [expiredAt(60)] }, "stock.expired"],
  ["stock-about-to-expire", { stockExpiresAt: "2026-01-01T00:05:00.000Z" }, "stock.expired"],
  ["stock-expired-while-captured", { actors: during("capture-payment", "stock-expired") }, "Paid"],
  ["cancelled-awaiting-stock", { stock: "silent", events: [cancelAt(5)] }, "customer.asked"],
  ["cancelled-in-grace", { gracePeriodSeconds: 60, events: [cancelAt(30)] }, "customer.asked"],
  [
    "cancelled-in-outage",
    { actors: outUntil("authorise-payment", 90), events: [cancelAt(40)] },
    "customer.asked",
  ],
  ["cancelled-awaiting-payment", { payment: "never", events: [cancelAt(40)] }, "customer.asked"],
  [
    "cancelled-awaiting-confirmation",
    { payment: "action-required", events: [cancelAt(40)] },
    "customer.asked",
  ],
  ["cancelled-between-steps", { actors: during("authorise-payment", "cancel") }, "customer.asked"],
  ["cancelled-while-captured", { actors: during("capture-payment", "cancel") }, "customer.asked"],
  ["provider-out-for-a-while", { actors: outUntil("authorise-payment", 90) }, "Paid"],
  ["provider-out-for-too-long", { actors: outUntil("authorise-payment", 1_600) }, "payment.unavailable"],
  ["step-failed", { faults: failing }, "checkout.step-failed"],
  ["store-out-during-capture", { markedLater: true }, "Paid"],
  ["store-out-after-capture", { markedLater: true, actors: outUntil("mark-paid", 200) }, "Paid"],
  ["undo-out", { payment: "declined", actors: outUntil("undo-reserve-coupon", 200) }, "payment.declined"],
  ["order-ended-meanwhile", { markedLater: true, actors: endedMeanwhile }, "test"],
  [
    "operator-retries",
    { actors: outUntil("authorise-payment", 20), events: [said(20, "authorise-payment", 6, "retry")] },
    "Paid",
  ],
  [
    "operator-skips",
    { actors: outUntil("confirm-coupon", 600), events: [said(15, "confirm-coupon", 5, "skip")] },
    "Paid",
  ],
  [
    "operator-compensates",
    { actors: outUntil("authorise-payment", 600), events: [said(70, "authorise-payment", 8, "compensate")] },
    "checkout.ended",
  ],
])("checkout: %s", async (name, course, outcome) => {
  const played = await playCheckout(course)
  const { order } = played.world.stored
  expect(reasonIn(order)?.code ?? order?.status).toBe(outcome)
  keepHistory(`checkout/${name}`, played)
})

test.each([
  ["of-everything", { status: "AwaitingPayment" }],
  ["before-its-payment", { status: "AwaitingStock" }],
])("abandoned checkout: %s", async (name, state) => {
  const world = worldOf({ ...smooth, stockAfterSeconds: Number.POSITIVE_INFINITY })
  Object.assign(world.stored.order as Order, state)
  const actors = world.actors(abandonedCheckout)
  const id = `${orderId}-abandoned`
  const played = await playSaga(abandonedCheckout, { orderId }, { actors, id, startedAt, version: "1.0.0" })
  expect(played.state).toBe("Cancelled")
  keepHistory(`abandoned-checkout/${name}`, played)
})
