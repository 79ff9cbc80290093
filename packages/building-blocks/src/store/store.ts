import type { Tx, UnitOfWork } from "../app/call.ts"
import type { Outbox } from "../messaging/outbox.ts"
import type { ParkedMessages } from "../messaging/parked.ts"
import type { LogLevels } from "../telemetry/log-level.ts"

/** The ids of handled messages. The claim commits with the effect: a redelivery finds it. */
export type Inbox = {
  /** @returns false when the message was handled before */
  claim(tx: Tx, source: string, eventId: string): Promise<boolean>
}

/** The answer of a request as it was given first: its result as JSON, null for none. */
export type RecordedRequest = { readonly hash: string; readonly result: string | null }

/**
 * Answers by idempotency key (draft-ietf-httpapi-idempotency-key-header). The scope holds use case and caller, so
 * nobody can see another's answer. A refused or failed call leaves no record: its key can be used again.
 */
export type RequestLog = {
  find(scope: string, key: string): Promise<RecordedRequest | undefined>
  /** @returns false when the key is taken, or a call with it is under way */
  claim(tx: Tx, scope: string, key: string, hash: string): Promise<boolean>
  record(tx: Tx, scope: string, key: string, result: string | null): Promise<void>
}

/** What consuming events and answering by idempotency key need of a context's store. */
export type BaseStore = {
  readonly unitOfWork: UnitOfWork
  readonly inbox: Inbox
  readonly parked: ParkedMessages
  readonly requests: RequestLog
  readonly logLevels: LogLevels
  /** Forgets message ids and idempotency keys that nobody can repeat any more. */
  forgetOld(): Promise<void>
  /** @throws when the store does not answer in time */
  ping(): Promise<void>
  close(): Promise<void>
}

/** A store whose transactions hold what is published as well. */
export type Store = BaseStore & { readonly outbox: Outbox }
