import { odata } from "@azure/data-tables"
import type { ErasedCustomers } from "../../personal-data/erased-customers.ts"
import type { TableStorage } from "./table-storage.ts"

const PARTITION = "erased"
/** A customer's id is any visible text, and a key is not; hexadecimal comes in the order of the ids. */
const rowOf = (customerId: string) => Buffer.from(customerId).toString("hex")

/** Whom a context has forgotten, as entities of one partition. */
export const tableErasedCustomers = (tables: TableStorage): ErasedCustomers => ({
  async record(_tx, { customerId, until }) {
    for (;;) {
      const known = await tables.find<{ until: string; etag: string }>(PARTITION, rowOf(customerId))
      if (known && known.until >= until) return
      const entity = { partitionKey: PARTITION, rowKey: rowOf(customerId), until }
      const isWritten = await tables.unlessOvertaken((table, options) =>
        known
          ? table.updateEntity(entity, "Replace", { ...options, etag: known.etag })
          : table.createEntity(entity, options),
      )
      if (isWritten) return
    }
  },

  find: async (customerId) => (await tables.find<{ until: string }>(PARTITION, rowOf(customerId)))?.until,

  async list(after, limit) {
    const from = after === undefined ? "" : rowOf(after)
    const found = await tables.page<{ until: string }>(
      odata`PartitionKey eq ${PARTITION} and RowKey gt ${from}`,
      limit,
    )
    return found.map(({ rowKey, until }) => ({
      customerId: Buffer.from(rowKey, "hex").toString(),
      until,
    }))
  },
})
