import type { Call, Caller } from "@eshop/building-blocks/app/call"
import type { AppUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import type { PostgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import type { ReservationStatus } from "@eshop/domain/catalog/reservation"
import type { CloudEvent } from "@eshop/domain/contracts/event"
import {
  OrderCancelled,
  OrderCreated,
  OrderLinesCancelled,
  OrderPaid,
  OrderReturned,
} from "@eshop/domain/contracts/ordering-events"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import { expireReservations } from "../stock/expire-reservations.ts"
import { type CatalogOn, catalogOn, PRICE } from "./catalog.ts"
import { productOf, variantOf } from "./products.ts"

export const keeper: Caller = { kind: "customer", id: "keeper", roles: ["inventory.write"] }
export const basket: Caller = { kind: "service", id: "basket", roles: ["inventory.hold"] }

/** Catalog on a database, as those who use and keep its stock see it. */
export async function stockOn(url: string) {
  const shop = await catalogOn(url)
  return { ...shop, ...orders(shop.app), ...looks(shop.store, shop.app), ...time(shop), ...stocking(shop) }
}
export type StockOn = Awaited<ReturnType<typeof stockOn>>

/** What Ordering tells of an order. */
const orders = (app: AppUnderTest) => ({
  reserve: (
    orderId: string,
    lines: StockLine[],
    { customerId = "ann", ...more }: { customerId?: string; holdId?: string; eventId?: string } = {},
  ) => {
    const { eventId, ...hold } = more
    return app.publish(OrderCreated, { orderId, customerId, lines, ...hold }, eventId)
  },
  pay: (orderId: string, lines = OrderPaid.example.lines) =>
    app.publish(OrderPaid, { ...OrderPaid.example, orderId, lines }),
  cancel: (orderId: string) => app.publish(OrderCancelled, { ...OrderCancelled.example, orderId }),
  cancelLines: (orderId: string, lines: StockLine[], eventId?: string) =>
    app.publish(OrderLinesCancelled, { ...OrderLinesCancelled.example, orderId, lines }, eventId),
  giveBack: (orderId: string, lines: StockLine[], returnId = newId()) =>
    app.publish(OrderReturned, { ...OrderReturned.example, orderId, lines, returnId }),
})

const looks = ({ pool }: PostgresStore, app: AppUnderTest) => ({
  async levelOf(sku: string): Promise<[onHand: number, reserved: number]> {
    const { body } = await app.as(keeper)("GET", `stock/${sku}`)
    return [body.onHand, body.reserved]
  },
  async statusOf(orderId: string): Promise<ReservationStatus | undefined> {
    const { rows } = await pool.query("SELECT status FROM reservation WHERE order_id = $1", [orderId])
    return rows[0]?.status
  },
  /** The types of what was said of orders or variants, sorted. */
  async saidOf(subjects: string[]): Promise<string[]> {
    const { rows } = await pool.query<{ event: CloudEvent }>(
      "SELECT event FROM outbox WHERE event->>'subject' = ANY ($1)",
      [subjects],
    )
    return rows.map(({ event }) => event.type.replace(/^eshop[.]catalog[.]stock-(\w+)[.]v1$/, "$1")).sort()
  },
  /** The data of what was said of an order or a variant. */
  async dataOf(subject: string, type: string): Promise<unknown[]> {
    const { rows } = await pool.query<{ event: CloudEvent }>(
      "SELECT event FROM outbox WHERE event->>'subject' = $1 AND event->>'type' = $2 ORDER BY position",
      [subject, `eshop.catalog.stock-${type}.v1`],
    )
    return rows.map(({ event }) => event.data)
  },
  /** Why messages about an order were put aside for a person. */
  async parkedOf(orderId: string): Promise<string[]> {
    const { rows } = await pool.query(
      "SELECT reason FROM parked_message WHERE body->'data'->>'orderId' = $1",
      [orderId],
    )
    return rows.map(({ reason }) => reason)
  },
})

const time = ({ store: { pool, unitOfWork }, ports }: CatalogOn) => ({
  /** Lets the time of what orders and carts hold run out now. */
  async runOut(...ids: string[]): Promise<void> {
    const now = new Date()
    await pool.query("UPDATE reservation SET expires_at = $2 WHERE order_id = ANY ($1)", [ids, now])
    await pool.query("UPDATE stock_hold SET expires_at = $2 WHERE hold_id = ANY ($1)", [ids, now])
  },
  /** Gives back what is past its end. @returns how much, and in how many milliseconds the next of all ends */
  async expire(now = new Date()): Promise<{ expired: number; againInMs: number | undefined }> {
    const call: Partial<Call> = { now, newId, transact: (work) => unitOfWork.transaction(work) }
    const done = await expireReservations.handle(ports)({} as never, call as never)
    const { expired, againInMs } = done as { expired: number; againInMs?: number }
    return { expired, againInMs }
  },
})

const stocking = ({ add }: CatalogOn) => ({
  /** A variant of its own for each test. @returns its SKU */
  async variantWith(onHand: number, more: Parameters<typeof variantOf>[1] = {}): Promise<string> {
    const sku = `T-${newId().toUpperCase()}`
    await add(productOf({ variants: [variantOf(sku, more)] }), PRICE, onHand)
    return sku
  },
})
