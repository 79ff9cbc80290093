import { keyOf } from "../key-of.ts"
import type { RequestLog } from "../store.ts"
import type { TableStorage } from "./table-storage.ts"
import { partitionOf, recordedBy } from "./transaction.ts"

/** The partitions of recorded answers lie between. */
export const requestPartitions = { first: "request-", end: "request." }
const requestKey = (scope: string, key: string) => {
  const rowKey = keyOf(scope, key)
  return { partitionKey: partitionOf("request", rowKey), rowKey }
}

/** What the claim of an open transaction will record. */
const claims = new WeakMap<object, { result?: string }>()

/**
 * Answers by idempotency key as entities, recorded after the effect. Two calls with one key at once may both be
 * handled: use cases without a transaction answer what is there already like what they have just made.
 */
export const tableRequestLog = (tables: TableStorage): RequestLog => ({
  async find(scope, key) {
    const { partitionKey, rowKey } = requestKey(scope, key)
    const found = await tables.find<{ hash: string; result?: string }>(partitionKey, rowKey)
    return found && { hash: found.hash, result: found.result ?? null }
  },

  async claim(tx, scope, key, hash) {
    const { partitionKey, rowKey } = requestKey(scope, key)
    if (await tables.find(partitionKey, rowKey)) return false
    const answer: { result?: string } = {}
    claims.set(tx, answer)
    recordedBy(tx).push(() =>
      tables.unlessOvertaken((table, options) =>
        table.createEntity({ partitionKey, rowKey, hash, createdAt: new Date(), ...answer }, options),
      ),
    )
    return true
  },

  async record(tx, _scope, _key, result) {
    const answer = claims.get(tx)
    if (answer && result !== null) answer.result = result
  },
})
