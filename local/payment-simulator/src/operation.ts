import { type Change, intentChanges, refundChanges } from "./changes.ts"
import { settle } from "./intent.ts"
import type { Intent } from "./intent-object.ts"
import type { OrderFaults } from "./order-faults.ts"
import type { PaymentStore, Refund } from "./store.ts"
import { missingResource } from "./stripe-error.ts"

/** What an operation answers. */
export interface Answer {
  status: number
  body: object
  /** The work is done, but the caller is not told in time. */
  isWithheld?: boolean
}

/** A checked request, ready to be carried out in a transaction. */
export type Execution = () => Answer

/** What the operations work on. */
export interface Workplace {
  store: PaymentStore
  /** Milliseconds since 1970. */
  now: () => number
  /** How long a slow payment, and a pending refund, is processing, in milliseconds. */
  slowMs: number
  /** The page where the holder of the card authenticates. */
  pageOf: (intent: Intent) => string
  /** What goes wrong with the payments of single orders. */
  faults: OrderFaults
  /** Hears of every change, in its transaction. */
  report: (changes: readonly Change[]) => void
}

/** The intent as it stands now. Throws a Stripe error where there is none. */
export function loadIntent({ store, now }: Workplace, id: string): Intent {
  const intent = store.findIntent(id)
  if (!intent) throw missingResource("payment_intent", id, "intent")
  return settle(intent, now())
}

/** Saves an intent and reports what has changed. */
export function keepIntent({ store, report }: Workplace, intent: Intent): void {
  const before = store.findIntent(intent.id)
  store.saveIntent(intent)
  report(intentChanges(before, intent))
}

/** Saves a refund and reports what has changed. */
export function keepRefund({ store, report }: Workplace, refund: Refund): void {
  const before = store.findRefund(refund.id)
  store.saveRefund(refund)
  report(refundChanges(before, refund))
}

/** Saves what time alone has changed since, before a list or a sum is made. */
export function settleDue(at: Workplace): void {
  const now = at.now()
  for (const intent of at.store.processingIntents()) {
    const settled = settle(intent, now)
    if (settled !== intent) keepIntent(at, settled)
  }
  for (const { turn, ...refund } of at.store.refundsToTurn(now)) {
    if (turn?.to === "failed") giveBack(at, refund)
    else keepRefund(at, { ...refund, status: "succeeded" })
  }
}

/** A refund that failed leaves the money where it was. */
function giveBack(at: Workplace, refund: Refund): void {
  keepRefund(at, { ...refund, status: "failed", failure_reason: "lost_or_stolen_card" })
  const intent = loadIntent(at, refund.payment_intent)
  keepIntent(at, { ...intent, amountRefunded: intent.amountRefunded - refund.amount })
}
