import { odata, type TransactionAction } from "@azure/data-tables"
import type { TableStorage } from "@eshop/building-blocks/store/tables/table-storage"
import type { Batch, Codes } from "../codes/ports.ts"
import { codeRow } from "./table-redemptions.ts"

/** The partition of all batches; how far one is lies beside its codes, in the partition of the coupon. */
const BATCHES = "batches"
const progressRow = (id: string) => `batch-${id}`
const codeRows = { first: codeRow(""), end: "code." }

type StoredBatch = Omit<Batch, "id"> & { readonly isDone: boolean }

/** Batches and unique codes as entities. @param added hears of batches to be made */
export function tableCodes(tables: TableStorage, added: () => void = () => {}): Codes {
  const progress = ({ series, id }: Batch) => tables.find<{ made: number }>(series, progressRow(id))
  const findBatch = async (id: string) => {
    const found = await tables.find<StoredBatch>(BATCHES, id)
    return found && batchOf(id, found)
  }

  return {
    findBatch,

    async addBatch(batch) {
      const { id, ...members } = batch
      const entity = { partitionKey: BATCHES, rowKey: id, ...members, isDone: false }
      const isNew = await tables.unlessOvertaken((table, options) => table.createEntity(entity, options))
      added()
      if (isNew) return batch
      const found = await findBatch(id)
      if (!found) throw new Error(`batch ${id} is gone`)
      return found
    },

    async batches(series, limit, after = "") {
      const found = await tables.page<StoredBatch>(
        odata`PartitionKey eq ${BATCHES} and RowKey gt ${after} and series eq ${series}`,
        limit,
      )
      return found.map((entity) => batchOf(entity.rowKey, entity))
    },

    async waiting(limit) {
      const found = await tables.page<StoredBatch>(
        odata`PartitionKey eq ${BATCHES} and isDone eq false`,
        limit,
      )
      return found.map((entity) => batchOf(entity.rowKey, entity))
    },

    made: async (batch) => (await progress(batch))?.made ?? 0,

    async add(batch, made, suffixes) {
      const { series, id } = batch
      const before = await progress(batch)
      if ((before?.made ?? 0) !== made) return false
      const moved = { partitionKey: series, rowKey: progressRow(id), made: made + suffixes.length }
      const actions: TransactionAction[] = [
        before ? ["update", moved, "Replace", { etag: before.etag }] : ["create", moved],
        ...suffixes.map((suffix): TransactionAction => {
          const rowKey = codeRow(suffix)
          return ["create", { partitionKey: series, rowKey, batchId: id, orderId: "" }]
        }),
      ]
      return await tables.unlessOvertaken((table, options) => table.submitTransaction(actions, options))
    },

    async finish({ id }) {
      const done = { partitionKey: BATCHES, rowKey: id, isDone: true }
      await tables.reach((table, options) => table.updateEntity(done, "Merge", options))
    },

    async list(series, limit, after = "") {
      const { first, end } = codeRows
      const filter = odata`PartitionKey eq ${series} and RowKey gt ${codeRow(after)} and RowKey lt ${end}`
      const found = await tables.page<{ batchId: string; orderId: string }>(filter, limit)
      return found.map(({ rowKey, batchId, orderId }) => ({
        suffix: rowKey.slice(first.length),
        batchId,
        orderId: orderId || undefined,
      }))
    },
  }
}

const batchOf = (id: string, { series, count, createdAt }: StoredBatch): Batch => ({
  id,
  series,
  count,
  createdAt,
})
