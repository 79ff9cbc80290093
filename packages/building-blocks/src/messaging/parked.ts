import type { Tx } from "../app/call.ts"

/** A message that cannot be handled as it is, kept for a person with the reason. */
export type ParkedMessage = {
  /** The event's source and id; a body that is no event has the Service Bus message id. */
  readonly source: string
  readonly eventId: string
  readonly topic: string
  /** CloudEvents type, where the body has one. */
  readonly type: string
  /** A stable code: `no-handler`, `broken-schema`, a refusal's code, or `handler-failed`. */
  readonly reason: string
  readonly detail: string
  readonly body: unknown
  /** True when its effect was committed, and only what follows failed: a redrive must not have the effect again. */
  readonly committed: boolean
  readonly parkedAt: Date
}

/** Parked messages of a context: stored in the transaction that records them as handled. */
export type ParkedMessages = {
  /** Does nothing when it is parked already. */
  park(tx: Tx, message: ParkedMessage): Promise<void>
  /** Oldest first. @param after the position of the last one of the page before */
  list(limit: number, after?: number): Promise<readonly (ParkedMessage & { readonly position: number })[]>
  count(): Promise<number>
  /** How many wait for each reason that there is. */
  countByReason(): Promise<Readonly<Record<string, number>>>
  /**
   * Takes a parked message out for its redrive, and forgets that it was handled unless its effect was committed.
   * @returns undefined when it is not parked (any more)
   */
  take(tx: Tx, source: string, eventId: string): Promise<ParkedMessage | undefined>
}
