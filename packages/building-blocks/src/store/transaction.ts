import type { Tx } from "../app/call.ts"

type Callback = () => void | Promise<void>
const awaitingCommit = new WeakMap<object, Set<Callback>>()

/**
 * Calls back once the transaction has committed, a function given twice only once, and waits for what it promises,
 * which must neither fail nor take long: a copy in a cache, for whoever reads next. A transaction that rolls back calls
 * nobody.
 */
export function afterCommit(tx: Tx, callback: Callback): void {
  awaitingCommit.get(tx)?.add(callback)
}

/**
 * Begins to collect who wants to hear of a transaction's commit.
 * @returns what its unit of work calls after the commit
 */
export function awaitCommit(tx: object): () => Promise<void> {
  const callbacks = new Set<Callback>()
  awaitingCommit.set(tx, callbacks)
  return async () => {
    await Promise.all([...callbacks].map((callback) => callback()))
  }
}

/** A refusal on its way through a unit of work: it rolls back like what is thrown, and is then returned. */
export class RolledBack extends Error {
  readonly refusal: unknown
  constructor(refusal: unknown) {
    super("rolled back by a refusal")
    this.refusal = refusal
  }
}
