import { odata } from "@azure/data-tables"
import type { TableStorage } from "@eshop/building-blocks/store/tables/table-storage"
import type { CustomerOrders } from "../coupons/ports.ts"
import { customerKey } from "./table-redemptions.ts"

/** "." follows "-": the rows of a customer's orders lie between. */
export const orderRows = { first: "paid-", end: "paid." }
const rowOf = (orderId: string) => orderRows.first + orderId

/** The paid orders of each customer, one entity each in the customer's partition. */
export const tableCustomerOrders = (tables: TableStorage): CustomerOrders => ({
  async hasOrdered(customerId) {
    const filter = odata`PartitionKey eq ${customerKey(customerId)} and counts eq true`
    return (await tables.page(filter, 1)).length > 0
  },

  async paid(customerId, orderId) {
    const entity = { partitionKey: customerKey(customerId), rowKey: rowOf(orderId), counts: true }
    // What is there already is this, or the cancellation that overtook it.
    await tables.unlessOvertaken((table, options) => table.createEntity(entity, options))
  },

  async cancelled(customerId, orderId) {
    const entity = { partitionKey: customerKey(customerId), rowKey: rowOf(orderId), counts: false }
    await tables.reach((table, options) => table.upsertEntity(entity, "Replace", options))
  },
})
