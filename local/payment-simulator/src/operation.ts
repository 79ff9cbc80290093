import { settle } from "./intent.ts"
import type { Intent } from "./intent-object.ts"
import type { PaymentStore } from "./store.ts"
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
  /** How long a slow payment is processing, in milliseconds. */
  slowMs: number
  /** The page where the holder of the card authenticates. */
  pageOf: (intent: Intent) => string
}

/** The intent as it stands now. Throws a Stripe error where there is none. */
export function loadIntent({ store, now }: Workplace, id: string): Intent {
  const intent = store.findIntent(id)
  if (!intent) throw missingResource("payment_intent", id, "intent")
  return settle(intent, now())
}

/** Saves what time alone has changed since, before a list or a sum is made. */
export function settleDue({ store, now }: Workplace): void {
  for (const intent of store.processingIntents()) {
    const settled = settle(intent, now())
    if (settled !== intent) store.saveIntent(settled)
  }
}
