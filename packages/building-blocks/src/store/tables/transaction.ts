import { isRefusal } from "@eshop/domain/kernel/refusal"
import type { Tx, UnitOfWork } from "../../app/call.ts"

type Record = () => Promise<unknown>

/** What a transaction records at its end: that its effect is there. */
export const recordedBy = (tx: Tx): Record[] => tx as unknown as Record[]

/**
 * A unit of work for effects that are idempotent by themselves. Table Storage has no transaction over partitions: the
 * effect is written first, and that it was (inbox, idempotency key) when the work has ended with a result. Who dies in
 * between does the work again, which changes nothing; the other way round an effect would be lost.
 */
export const tableUnitOfWork: UnitOfWork = {
  async transaction(work) {
    const records: Record[] = []
    const result = await work(records as unknown as Tx)
    if (!isRefusal(result)) for (const record of records) await record()
    return result
  },
}

/** Spreads keys over 256 partitions: one takes about 2,000 entities a second. */
export const partitionOf = (name: string, key: string): string => `${name}-${key.slice(0, 2)}`
