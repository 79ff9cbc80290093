import fc from "fast-check"
import { expect, it } from "vitest"
import { authenticate, cancel, capture, confirm, refund, settle } from "./intent.ts"
import { type Intent, newIntent } from "./intent-object.ts"
import { StripeError } from "./stripe-error.ts"
import { testMethods } from "./test-methods.ts"

const SLOW_MS = 1_000

const created = (amount: number, captureMethod: Intent["captureMethod"]) =>
  newIntent(
    { amount, currency: "eur", captureMethod, paymentMethod: null, metadata: {}, description: null },
    0,
  )

const confirmation = (method: string) => ({ method, returnUrl: undefined })
const pageOf = () => "http://bank/page"
const amount = fc.integer({ min: 1, max: 100 })
const command = fc.oneof(
  fc.constantFrom(...testMethods).map((method) => ({ type: "confirm" as const, method })),
  fc.option(amount, { nil: undefined }).map((part) => ({ type: "capture" as const, part })),
  fc.option(amount, { nil: undefined }).map((part) => ({ type: "refund" as const, part })),
  fc.constant({ type: "cancel" as const }),
  fc
    .constantFrom("authorise" as const, "refuse" as const)
    .map((answer) => ({ type: "answer" as const, answer })),
  fc.integer({ min: 0, max: 2 * SLOW_MS }).map((milliseconds) => ({ type: "wait" as const, milliseconds })),
)

it("never takes more than was authorised, gives back no more than was taken, and never reopens", () => {
  fc.assert(
    fc.property(
      amount,
      fc.constantFrom("manual" as const, "automatic" as const),
      fc.array(command, { maxLength: 12 }),
      (total, captureMethod, commands) => {
        let intent = created(total, captureMethod)
        let now = 0
        let refunded = 0
        for (const step of commands) {
          const before = settle(intent, now)
          intent = before
          try {
            if (step.type === "confirm")
              intent = confirm(before, confirmation(step.method), { now, slowMs: SLOW_MS, pageOf })
            else if (step.type === "capture") intent = capture(before, step.part, now)
            else if (step.type === "answer") intent = authenticate(before, step.answer, now)
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
          expect(intent.actionUrl !== null).toBe(intent.status === "requires_action")
          if (before.status === "succeeded" || before.status === "canceled") {
            expect(intent.status).toBe(before.status)
          }
        }
      },
    ),
  )
})
