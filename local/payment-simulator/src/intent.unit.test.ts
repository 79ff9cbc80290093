import fc from "fast-check"
import { expect, it } from "vitest"
import { cancel, capture, confirm, type Intent, refund, settle, testMethods } from "./intent.ts"
import { StripeError } from "./stripe-error.ts"

const SLOW_MS = 1_000

const newIntent = (amount: number, captureMethod: Intent["captureMethod"]): Intent => ({
  id: "pi_1",
  amount,
  currency: "eur",
  captureMethod,
  status: "requires_payment_method",
  paymentMethod: null,
  metadata: {},
  description: null,
  created: 0,
  amountReceived: 0,
  amountRefunded: 0,
  latestCharge: null,
  processingUntil: null,
  canceledAt: null,
  cancellationReason: null,
  lastPaymentError: null,
  withholdsAnswer: false,
})

const amount = fc.integer({ min: 1, max: 100 })
const command = fc.oneof(
  fc.constantFrom(...Object.values(testMethods)).map((method) => ({ type: "confirm" as const, method })),
  fc.option(amount, { nil: undefined }).map((part) => ({ type: "capture" as const, part })),
  fc.option(amount, { nil: undefined }).map((part) => ({ type: "refund" as const, part })),
  fc.constant({ type: "cancel" as const }),
  fc.integer({ min: 0, max: 2 * SLOW_MS }).map((milliseconds) => ({ type: "wait" as const, milliseconds })),
)

it("never takes more than was authorised, gives back no more than was taken, and never reopens", () => {
  fc.assert(
    fc.property(
      amount,
      fc.constantFrom("manual" as const, "automatic" as const),
      fc.array(command, { maxLength: 12 }),
      (total, captureMethod, commands) => {
        let intent = newIntent(total, captureMethod)
        let now = 0
        let refunded = 0
        for (const step of commands) {
          const before = settle(intent, now)
          intent = before
          try {
            if (step.type === "confirm") intent = confirm(before, step.method, now, SLOW_MS)
            else if (step.type === "capture") intent = capture(before, step.part)
            else if (step.type === "cancel") intent = cancel(before, undefined, now)
            else if (step.type === "wait") now += step.milliseconds
            else {
              const given = refund(before, step.part)
              intent = given.intent
              refunded += given.amount
            }
          } catch (error) {
            expect(error).toBeInstanceOf(StripeError)
          }
          expect(intent.amountReceived).toBeLessThanOrEqual(total)
          expect(intent.amountRefunded).toBe(refunded)
          expect(refunded).toBeLessThanOrEqual(intent.amountReceived)
          expect(intent.amountReceived > 0).toBe(intent.status === "succeeded")
          if (before.status === "succeeded" || before.status === "canceled") {
            expect(intent.status).toBe(before.status)
          }
        }
      },
    ),
  )
})
