import { odata, type TransactionAction } from "@azure/data-tables"
import type { TableStorage } from "@eshop/building-blocks/store/tables/table-storage"
import { type Redemption, Redemption as Stored } from "@eshop/domain/contracts/redemptions"
import type { CouponUseCounts } from "../coupons/ports.ts"
import type { Binding, Use } from "../redemptions/ports.ts"
import type { Entry, Ledger, SeriesStore } from "../redemptions/series-writer.ts"
import { writtenBy } from "./table-audit.ts"

// Row keys within the partition of a coupon, which is its code: upper-case letters alone.
const USE_ROW = "use"
export const redemptionRow = (orderId: string) => `order-${orderId}`
/** "." follows "-": every redemption's key lies between. */
const redemptionRows = { first: "order-", end: "order." }
export const codeRow = (suffix: string) => `code-${suffix}`

const redemptionsOf = (series: string): string =>
  odata`PartitionKey eq ${series} and RowKey ge ${redemptionRows.first} and RowKey lt ${redemptionRows.end}`

// One look at all redemptions of a coupon with a low limit is cheaper than one at each of many orders.
const MANY = 8
const SHORT = 500
const PAGE = 1_000

/** A customer's id is any visible text, and a key is not. */
export const customerKey = (customerId: string) => `customer-${Buffer.from(customerId).toString("base64url")}`

/** The partition of an order's own entity. */
export const orderPartition = (orderId: string) => `order-${orderId}`
export const ORDER_ROW = "coupon"

export type Taken = { taken: number }
/** Empty while the code is free. */
type Code = { orderId: string }
export type Row = Omit<Redemption, "orderId"> & Pick<Use, "customerId" | "suffix">

/** The redemptions of a coupon that count. */
const countTaken = (tables: TableStorage, series: string): Promise<number> =>
  tables.reach(async (table, options) => {
    const filter = `${redemptionsOf(series)} and status ne 'released'`
    let taken = 0
    for await (const _ of table.listEntities({ ...options, queryOptions: { filter, select: ["RowKey"] } }))
      taken++
    return taken
  })

/** How often coupons are used: from the counts that their redemptions keep, or from the redemptions themselves. */
export const tableCouponUseCounts = (tables: TableStorage): CouponUseCounts => ({
  async taken({ code, maxRedemptions }) {
    if (maxRedemptions === undefined) return await countTaken(tables, code)
    return (await tables.find<Taken>(code, USE_ROW))?.taken ?? 0
  },
  takenByCustomer: async (series, customerId) =>
    (await tables.find<Taken>(series, customerKey(customerId)))?.taken ?? 0,
  async codeState(series, suffix) {
    const code = await tables.find<Code>(series, codeRow(suffix))
    if (!code) return "unknown"
    return code.orderId ? "used" : "free"
  },
})

/** A ledger with the versions of what it was read from. */
type TableLedger = Ledger & { readonly etags: ReadonlyMap<string, string> }

/**
 * Redemptions as entities in their coupon's partition, beside what counts them: for everybody, for each customer, and
 * for each unique code. One table transaction changes them all, under the condition that none has changed (ETag).
 */
export function tableRedemptions(tables: TableStorage): SeriesStore<TableLedger> {
  const boundTo = async (orderId: string): Promise<Binding | undefined> => {
    const found = await tables.find<Binding>(orderPartition(orderId), ORDER_ROW)
    return found && { couponCode: found.couponCode, series: found.series }
  }

  return {
    boundTo,

    async bind(orderId, binding) {
      const entity = { partitionKey: orderPartition(orderId), rowKey: ORDER_ROW, ...binding }
      if (await tables.unlessOvertaken((table, options) => table.createEntity(entity, options)))
        return binding
      const bound = await boundTo(orderId)
      if (!bound) throw new Error(`what order ${orderId} is bound to is gone`)
      return bound
    },

    read: (series, uses) => readLedger(tables, series, uses),

    async write(series, before, after) {
      const actions = actionsOf(series, before, after)
      return await tables.unlessOvertaken((table, options) => table.submitTransaction(actions, options))
    },

    async recount(series) {
      // Every change of the count changes its ETag: if it is still the same at the end, so is what was counted.
      const use = await tables.find<Taken>(series, USE_ROW)
      const taken = await countTaken(tables, series)
      if (taken === (use?.taken ?? 0)) return true
      const action = writtenBy(series, { rowKey: USE_ROW, taken }, use?.etag)
      return await tables.unlessOvertaken((table, options) => table.submitTransaction([action], options))
    },
  }
}

/** Reads entities of a coupon, each once. @returns those that are there, by row key */
async function readRows<T extends object>(
  tables: TableStorage,
  series: string,
  rows: Iterable<string>,
  etags: Map<string, string>,
) {
  const found = new Map<string, T>()
  await Promise.all(
    [...new Set(rows)].map(async (row) => {
      const entity = await tables.find<T>(series, row)
      if (!entity) return
      found.set(row, entity)
      etags.set(row, entity.etag)
    }),
  )
  return found
}

/** Reads the redemptions of orders. @returns those that are there, by row key */
async function readRedemptions(
  tables: TableStorage,
  series: string,
  uses: readonly Use[],
  etags: Map<string, string>,
) {
  const wanted = new Set(uses.map(({ orderId }) => redemptionRow(orderId)))
  const isShort = uses.every(({ limit }) => limit !== undefined && limit <= SHORT)
  if (wanted.size < MANY || !isShort) return await readRows<Row>(tables, series, wanted, etags)
  const all = await tables.page<Row & { etag: string }>(redemptionsOf(series), PAGE)
  // There are more that were given back.
  if (all.length === PAGE) return await readRows<Row>(tables, series, wanted, etags)
  const found = new Map<string, Row>()
  for (const row of all) {
    if (!wanted.has(row.rowKey)) continue
    found.set(row.rowKey, row)
    etags.set(row.rowKey, row.etag)
  }
  return found
}

/** Reads the redemptions of orders with all that counts them. */
async function readLedger(tables: TableStorage, series: string, uses: readonly Use[]): Promise<TableLedger> {
  const etags = new Map<string, string>()
  const [[use], rows] = await Promise.all([
    readRows<Taken>(tables, series, [USE_ROW], etags).then((found) => [...found.values()]),
    readRedemptions(tables, series, uses, etags),
  ])
  const entries = new Map<string, Entry>()
  for (const { orderId } of uses) {
    const row = rows.get(redemptionRow(orderId))
    if (row) entries.set(orderId, entryOf(orderId, row))
  }
  const taken = use?.taken ?? (uses.some(({ limit }) => limit !== undefined) ? 0 : undefined)
  // Of a coupon that is used up nobody needs to know more.
  const open = uses.filter(({ limit }) => limit === undefined || (taken ?? 0) < limit)
  const customerIds = [...open, ...entries.values()].flatMap(({ customerId }) => customerId ?? [])
  const all = [...uses, ...entries.values()]
  const suffixes = all.flatMap(({ suffix }) => suffix ?? [])
  const [ofCustomers, ofCodes] = await Promise.all([
    readRows<Taken>(tables, series, customerIds.map(customerKey), etags),
    readRows<Code>(tables, series, suffixes.map(codeRow), etags),
  ])
  return {
    taken,
    entries,
    customers: new Map(customerIds.map((id) => [id, ofCustomers.get(customerKey(id))?.taken ?? 0])),
    codes: new Map(
      suffixes.flatMap((suffix) => {
        const code = ofCodes.get(codeRow(suffix))
        return code ? [[suffix, code.orderId || undefined] as const] : []
      }),
    ),
    etags,
  }
}

const entryOf = (orderId: string, { couponCode, status, customerId, suffix }: Row): Entry => ({
  orderId,
  ...(customerId !== undefined && { customerId }),
  ...(suffix !== undefined && { suffix }),
  redemption: Stored.parse({ orderId, couponCode, status }),
})

/** The entities that differ between two ledgers. */
function actionsOf(series: string, before: TableLedger, after: Ledger): TransactionAction[] {
  const changedAt = new Date()
  const changed = [...after.entries.values()].filter((entry) => before.entries.get(entry.orderId) !== entry)
  const rows: { rowKey: string; [property: string]: unknown }[] = [
    ...changed.map(({ orderId, customerId, suffix, redemption: { couponCode, status } }) => ({
      rowKey: redemptionRow(orderId),
      couponCode,
      status,
      ...(customerId !== undefined && { customerId }),
      ...(suffix !== undefined && { suffix }),
      changedAt,
    })),
    ...(after.taken === before.taken ? [] : [{ rowKey: USE_ROW, taken: after.taken }]),
    ...[...after.customers]
      .filter(([customerId, taken]) => before.customers.get(customerId) !== taken)
      .map(([customerId, taken]) => ({ rowKey: customerKey(customerId), taken })),
  ]
  const codes = [...after.codes].filter(([suffix, orderId]) => before.codes.get(suffix) !== orderId)
  return [
    ...rows.map((row) => writtenBy(series, row, before.etags.get(row.rowKey))),
    ...codes.map(([suffix, orderId]): TransactionAction => {
      const rowKey = codeRow(suffix)
      const entity = { partitionKey: series, rowKey, orderId: orderId ?? "" }
      return ["update", entity, "Merge", { etag: before.etags.get(rowKey) as string }]
    }),
  ]
}
