import {
  orderingGetInvoice,
  orderingGetOrder,
  orderingGetTimeline,
  orderingListOrders,
} from "@eshop/shop-client/generated/sdk.gen"
import type {
  OrderingGetOrderResponse,
  OrderingListOrdersResponse,
} from "@eshop/shop-client/generated/types.gen"
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { ApiError, answerOf } from "../api/api.ts"
import { orderHeaders } from "./order-token.ts"

export type Order = OrderingGetOrderResponse
export type OrderStatus = Order["status"]
export type OrderEntry = OrderingListOrdersResponse["items"][number]

/** Until the checkout has ended, one way or the other, the page asks this often, in milliseconds. */
const LIVE_MS = 1_000
/** A guest's order may be asked for before the shop has it. */
const PATIENCE = 30

const isStillToCome = (failures: number, error: Error): boolean =>
  failures < PATIENCE && error instanceof ApiError && ![401, 403].includes(error.problem.status)

const underWay: ReadonlySet<OrderStatus> = new Set(["Submitted", "AwaitingStock", "AwaitingPayment"])

/** Whether the checkout has not ended yet: not paid, not cancelled. */
export const isUnderWay = ({ status }: Pick<Order, "status">): boolean => underWay.has(status)

export const orderQuery = (id: string, isNew: boolean) =>
  queryOptions({
    queryKey: ["order", id],
    queryFn: () => answerOf<Order>(orderingGetOrder({ path: { id }, headers: orderHeaders(id) })),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? LIVE_MS : false),
    refetchOnWindowFocus: "always",
    ...(isNew && { retry: isStillToCome, retryDelay: LIVE_MS }),
  })

/** How often is asked what a checkout waits for, which is no change of its order, in milliseconds. */
const WAITS_MS = 3_000

/** What happened to an order, by its version: asked for anew when that changes. What was shown stays meanwhile. */
export const timelineQuery = ({ id, version, status }: Pick<Order, "id" | "version" | "status">) =>
  queryOptions({
    queryKey: ["order", id, "timeline", version],
    refetchInterval: isUnderWay({ status }) ? WAITS_MS : false,
    placeholderData: keepPreviousData,
    queryFn: () => answerOf(orderingGetTimeline({ path: { id }, headers: orderHeaders(id) })),
  })

export const ordersQuery = (cursor: string | undefined) =>
  queryOptions({
    queryKey: ["orders", cursor],
    queryFn: () =>
      answerOf(orderingListOrders({ query: { limit: 20, ...(cursor === undefined ? {} : { cursor }) } })),
    staleTime: 0,
  })

/** Saves the invoice: a page that reads without a style sheet. */
export async function saveInvoice({ id, number }: Pick<Order, "id" | "number">): Promise<void> {
  const page = await answerOf(
    orderingGetInvoice({ path: { id }, headers: orderHeaders(id), parseAs: "text" }),
  )
  save(page, `invoice-${number}.html`, "text/html")
}

/** Hands a text to the browser as a file to be saved. */
export function save(text: string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = Object.assign(document.createElement("a"), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}

type Quantities = readonly { readonly sku: string; readonly quantity: number }[]

const unitsOf = (parts: readonly Quantities[], sku: string): number =>
  parts.flat().reduce((sum, line) => (line.sku === sku ? sum + line.quantity : sum), 0)

/** Units of each line that may still be withdrawn: neither cancelled nor on their way back. */
export function withdrawable(order: Order): Map<string, number> {
  const gone = [...order.cancellations, ...order.returns.filter(({ status }) => status !== "rejected")]
  const parts = gone.map(({ lines }) => lines)
  return new Map(order.lines.map(({ sku, quantity }) => [sku, Math.max(0, quantity - unitsOf(parts, sku))]))
}

/** Units of each line that have arrived and are not on their way back. */
export function returnable(order: Order): Map<string, number> {
  const arrived = order.shipments
    .filter(({ deliveredAt }) => deliveredAt !== undefined)
    .map(({ lines }) => lines)
  const back = order.returns.filter(({ status }) => status !== "rejected").map(({ lines }) => lines)
  return new Map(order.lines.map(({ sku }) => [sku, Math.max(0, unitsOf(arrived, sku) - unitsOf(back, sku))]))
}
