import { odata, type TransactionAction } from "@azure/data-tables"
import type { Entity, TableStorage } from "@eshop/building-blocks/store/tables/table-storage"
import { counts } from "@eshop/domain/discount/redemption"
import { idsFrom, latestBy } from "@eshop/domain/kernel/made-at"
import type { Customers } from "../customers/ports.ts"
import type { Binding } from "../redemptions/ports.ts"
import { untilNotOvertaken } from "../rules/retry.ts"
import { writtenBy } from "./table-audit.ts"
import { orderRows } from "./table-customer-orders.ts"
import {
  customerKey,
  ORDER_ROW,
  orderPartition,
  type Row,
  redemptionRow,
  type Taken,
} from "./table-redemptions.ts"

const CHUNK = 100

type Order = { counts: boolean }
type Use = { readonly series: string; readonly orderId: string }

/** What Discount keeps by customer, in Table Storage. */
export function tableCustomers(tables: TableStorage): Customers {
  async function ordersOf(customerId: string, end: string, limit: number) {
    const filter = odata`PartitionKey eq ${customerKey(customerId)} and RowKey ge ${orderRows.first} and RowKey lt ${end}`
    const found: Entity<Order>[] = await tables.page<Order>(filter, limit)
    return await Promise.all(
      found.map(async ({ rowKey, counts }) => {
        const orderId = rowKey.slice(orderRows.first.length)
        const bound = await tables.find<Binding>(orderPartition(orderId), ORDER_ROW)
        return { rowKey, counts, orderId, series: bound?.series }
      }),
    )
  }

  /** Takes the customer from a coupon's use, and the use from the customer's count. @returns undefined when overtaken */
  async function disown({ series, orderId }: Use, customerId: string): Promise<true | undefined> {
    const use = await tables.find<Row>(series, redemptionRow(orderId))
    if (use?.customerId !== customerId) return true
    const { couponCode, status, suffix } = use
    const rowKey = redemptionRow(orderId)
    const entity = {
      rowKey,
      couponCode,
      status,
      ...(suffix !== undefined && { suffix }),
      changedAt: new Date(),
    }
    const count = await tables.find<Taken>(series, customerKey(customerId))
    const actions: TransactionAction[] = [writtenBy(series, entity, use.etag)]
    if (count) {
      const taken = count.taken - Number(counts(status))
      actions.push(writtenBy(series, { rowKey: customerKey(customerId), taken }, count.etag))
    }
    const isDone = await tables.unlessOvertaken((table, options) => table.submitTransaction(actions, options))
    return isDone || undefined
  }

  /** Removes the customer's count of a coupon, unless they have used it since. */
  async function forgetCount(series: string, customerId: string): Promise<void> {
    const count = await tables.find<Taken>(series, customerKey(customerId))
    if (!count || count.taken > 0) return
    await tables.unlessOvertaken((table, options) =>
      table.deleteEntity(series, customerKey(customerId), { ...options, etag: count.etag }),
    )
  }

  return {
    async orders(customerId, limit) {
      const orders = await ordersOf(customerId, orderRows.end, limit)
      return await Promise.all(
        orders.map(async ({ orderId, counts, series }) => {
          const use =
            series === undefined ? undefined : await tables.find<Row>(series, redemptionRow(orderId))
          const redemption = use && { orderId, couponCode: use.couponCode, status: use.status }
          return { orderId, counts, ...(redemption && { redemption }) }
        }),
      )
    },

    async forget(customerId, until) {
      const end = orderRows.first + idsFrom(latestBy(until))
      for (;;) {
        const orders = await ordersOf(customerId, end, CHUNK)
        for (const { rowKey, orderId, series } of orders) {
          if (series !== undefined) {
            await untilNotOvertaken(`coupon ${series}`, () => disown({ series, orderId }, customerId))
            await forgetCount(series, customerId)
          }
          // Last: it is what leads to the others, when this is broken off.
          await tables.unlessGone((table, options) =>
            table.deleteEntity(customerKey(customerId), rowKey, options),
          )
        }
        if (orders.length < CHUNK) return
      }
    },
  }
}
