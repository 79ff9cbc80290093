/** One thing that an app asked of another part. */
export type Work = {
  /** The 32 hexadecimal digits that name the trace. */
  readonly trace: string
  readonly kind: "transaction" | "statement" | "message" | "cache" | "call"
  readonly what: string
}

/** What one order costs, counted. */
export type Counts = {
  readonly requests: number
  readonly transactions: number
  readonly statements: number
  readonly messages: number
  readonly deliveries: number
  readonly storageOperations: number
  readonly cacheOperations: number
  /** Calls of the apps among each other. */
  readonly serviceCalls: number
  /** Calls of the payment provider. */
  readonly providerCalls: number
  readonly activities: number
  readonly historyEvents: number
  /** As the Durable Task Scheduler bills: starts, activities and their results, timers, events. */
  readonly durableActions: number
}

/**
 * Statements whose number depends on the moment: what a debounced run does for all changes that came until then, and what
 * is remembered for seconds. They are shown, and no test compares them.
 */
const batched = new Set([
  "shipping-method-all",
  "tax-rates-find",
  "notice-claim",
  "notice-remove",
  "projection-pending",
  "projection-followed",
  "order-view-put",
  "outbox-remove",
  "outbox-release",
  "outbox-claim",
])

export const isBatched = ({ kind, what }: Work): boolean =>
  (kind === "statement" || kind === "transaction") && batched.has(what)
