import type { Tx } from "../use-case.ts"

/** An answer as it was given first, to be given again. */
export type Answer = {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string | null
}
export type Recorded = Answer & { readonly requestHash: string }

/**
 * Answers by idempotency key (draft-ietf-httpapi-idempotency-key-header). The scope holds use case and caller, so
 * nobody can see another's answer. A refused or failed call leaves no record: its key can be used again.
 */
export type RequestLog = {
  find(scope: string, key: string): Promise<Recorded | undefined>
  /** @returns false when the key is taken; waits for a concurrent call with the same key first */
  claim(tx: Tx, scope: string, key: string, requestHash: string): Promise<boolean>
  record(tx: Tx, scope: string, key: string, answer: Answer): Promise<void>
}
