import {
  orderingFindOrdersByEmail,
  orderingGetInvoice,
  orderingGetOrder,
  orderingGetPriceProof,
  orderingGetTimeline,
  orderingListOrdersToShip,
  orderingListSagasInNeed,
  orderingSearchOrders,
} from "@eshop/shop-client/generated/sdk.gen"
import type {
  OrderingGetOrderResponse,
  OrderingGetTimelineResponse,
  OrderingListOrdersToShipData,
  OrderingSearchOrdersData,
  OrderingSearchOrdersResponse,
} from "@eshop/shop-client/generated/types.gen"
import { queryOptions } from "@tanstack/react-query"
import { answerOf } from "../../../../api/api.ts"
import { save } from "../../../parts/save.ts"
import { type OrderSearch, queryOf } from "./order-search.ts"

export type Order = OrderingGetOrderResponse
export type FoundOrder = OrderingSearchOrdersResponse["items"][number]
export type Timeline = OrderingGetTimelineResponse
export type OrderStatus = Order["status"]

/** How often a list, an order and one that is about to change are asked for anew, in milliseconds. */
const LIST_MS = 15_000
const CALM_MS = 5_000
const LIVE_MS = 1_000

type SearchQuery = NonNullable<OrderingSearchOrdersData["query"]>
type ToShipQuery = NonNullable<OrderingListOrdersToShipData["query"]>

/** The list, for whoever may search all orders, or else for the warehouse, which sees what is to leave or to arrive. */
export const ordersQuery = (search: OrderSearch, isManager: boolean) =>
  queryOptions({
    queryKey: ["staff-orders", search, isManager],
    queryFn: () => {
      const { status, cursor, limit, ...rest } = queryOf(search)
      const page = { limit, ...(cursor !== undefined && { cursor }) }
      const wanted = status !== undefined && { status }
      return isManager
        ? answerOf(orderingSearchOrders({ query: { ...page, ...wanted, ...rest } as SearchQuery }))
        : answerOf(orderingListOrdersToShip({ query: { ...page, ...wanted } as ToShipQuery }))
    },
    refetchInterval: LIST_MS,
    staleTime: 0,
    placeholderData: (before) => before,
  })

/** The sagas that are stuck. */
export const stuckQuery = queryOptions({
  queryKey: ["staff-orders", "stuck"],
  queryFn: () => answerOf(orderingListSagasInNeed({ query: { limit: 20 } })),
  refetchInterval: LIST_MS,
})

/** @param email is sent in a body: addresses of requests are written down in many places */
export const ordersByEmail = (email: string) => answerOf(orderingFindOrdersByEmail({ body: { email } }))

const underWay: ReadonlySet<OrderStatus> = new Set(["Submitted", "AwaitingStock", "AwaitingPayment"])

/** Whether the checkout has not ended yet. */
export const isUnderWay = ({ status }: Pick<Order, "status">): boolean => underWay.has(status)

/** Whether something will soon become of the order by itself. */
const isMoving = (order: Order): boolean =>
  isUnderWay(order) || order.refunds.some(({ status }) => status === "requested")

/** Everything that is asked about an order has a key that begins with this. */
export const keyOfOrder = (id: string) => ["staff-order", id] as const

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: keyOfOrder(id),
    queryFn: () => answerOf<Order>(orderingGetOrder({ path: { id } })),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? LIVE_MS : CALM_MS),
    refetchOnWindowFocus: "always",
    staleTime: 0,
  })

export const timelineQuery = ({ id, version }: Pick<Order, "id" | "version">) =>
  queryOptions({
    queryKey: [...keyOfOrder(id), "timeline", version],
    queryFn: () => answerOf<Timeline>(orderingGetTimeline({ path: { id } })),
    // Where a process stands changes without the order.
    refetchInterval: CALM_MS,
    placeholderData: (before: Timeline | undefined) => before,
  })

export async function saveInvoice({ id, number }: Pick<Order, "id" | "number">): Promise<void> {
  const page = await answerOf(orderingGetInvoice({ path: { id }, parseAs: "text" }))
  save(new Blob([page], { type: "text/html" }), `invoice-${number}.html`)
}

export async function savePriceProof({ id, number }: Pick<Order, "id" | "number">): Promise<void> {
  const { proof } = await answerOf(orderingGetPriceProof({ path: { id } }))
  save(new Blob([proof], { type: "application/jose" }), `price-proof-${number}.jws`)
}

type Quantities = readonly { readonly sku: string; readonly quantity: number }[]

/** Units of a variant in parts of an order. */
export const unitsOf = (parts: readonly { readonly lines: Quantities }[], sku: string): number =>
  parts.flatMap(({ lines }) => lines).reduce((sum, line) => (line.sku === sku ? sum + line.quantity : sum), 0)

/** Lines in a few words: `2 × IPhone X, 1 × Case`. */
export const linesInWords = (order: Order, lines: Quantities): string =>
  lines
    .map(({ sku, quantity }) => `${quantity} × ${order.lines.find((one) => one.sku === sku)?.name ?? sku}`)
    .join(", ")
