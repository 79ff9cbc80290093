import { type Call, hasRole } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { isUnavailable } from "@eshop/building-blocks/failure"
import type { PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import { Address } from "@eshop/domain/contracts/checkouts"
import { OrderId } from "@eshop/domain/kernel/ids"
import { madeAt } from "@eshop/domain/kernel/made-at"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import type { Order } from "@eshop/domain/ordering/order"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import type { Checkouts } from "../checkout/ports.ts"
import { detailsOf, nothingYet, OrderDetails } from "./order-views.ts"
import { OrderWork, workOn, worksOnOrders } from "./order-work.ts"
import type { Orders, OrderViews } from "./ports.ts"

export type OrderReaders = {
  readonly orders: Orders
  readonly personalData: PersonalData
  readonly checkouts: Checkouts
}

/** An order that Ordering does not know longer than this after its checkout does not exist. */
const UNDER_WAY_MS = 15 * 60_000

type Whose = { readonly id: string; readonly customerId: string }

/** Whether the order is the caller's: its customer, or the holder of its token. */
export const isOwn = ({ caller }: Pick<Call, "caller">, order: Whose): boolean =>
  ((caller.kind === "customer" || caller.kind === "guest") && caller.id === order.customerId) ||
  (caller.kind === "order-holder" && caller.orderId === order.id)

/** Whether the caller may see the order: whose it is, and who reads or works on all orders. */
export const maySee = (call: Pick<Call, "caller">, order: Whose): boolean =>
  isOwn(call, order) ||
  ["ordering.read", "orders.manage", "orders.fulfil"].some((role) => hasRole(call.caller, role))

/** An order whose checkout was accepted and whose event has not come yet: Basket knows it. */
async function underWay(
  { checkouts }: OrderReaders,
  id: string,
  call: Call,
): Promise<OrderDetails | undefined> {
  const made = madeAt(id)
  if (made === undefined || Math.abs(call.now.getTime() - made) > UNDER_WAY_MS) return undefined
  const found = await checkouts.lookUp(id)
  if (!found) return undefined
  const { checkout, customerId, shippingAddress, checkedOutAt } = found
  return {
    id,
    number: orderNumberOf(id),
    customerId,
    status: "Submitted",
    lines: checkout.lines,
    subtotal: checkout.subtotal,
    discount: checkout.discount,
    ...(checkout.shipping && { shipping: checkout.shipping }),
    ...(checkout.tax && { tax: checkout.tax }),
    total: checkout.total,
    couponCodes: checkout.couponCodes,
    discountUnavailable: checkout.discountUnavailable,
    shippingAddress,
    ...nothingYet,
    submittedAt: checkedOutAt,
    changedAt: checkedOutAt,
    version: 0,
  }
}

/** An order as a caller sees it, and as it is stored; it may not be stored yet. */
type Visible = { readonly details: OrderDetails; readonly order?: Order }

async function visible(
  ports: OrderReaders,
  id: string,
  call: Call,
): Promise<Visible | RefusalOf<[typeof orderUnknown]>> {
  const stored = await ports.orders.find(id)
  if (!stored) {
    const { kind } = call.caller
    const mayBeIts = kind === "customer" || kind === "guest" || kind === "order-holder"
    const order = mayBeIts ? await underWay(ports, id, call) : undefined
    return order && maySee(call, order) ? { details: order } : orderUnknown()
  }
  if (!maySee(call, stored.order)) return orderUnknown()
  const personal = await ports.personalData.find(id)
  const { order, version } = stored
  return { details: detailsOf(order, version, personal && Address.parse(personal.data)), order }
}

/** The order, if the caller may see it; anybody else learns nothing of it. */
export async function visibleOrder(
  ports: OrderReaders,
  id: string,
  call: Call,
): Promise<OrderDetails | RefusalOf<[typeof orderUnknown]>> {
  const found = await visible(ports, id, call)
  return isRefusal(found) ? found : (found as Visible).details
}

/**
 * One order; with what is to be known of it besides for those who work on orders. Where the orders' own store is away, a
 * customer is answered from the read model, which may lie elsewhere: as it was moments before, and without its address.
 */
export const getOrder = useCase("ordering.get-order", {
  input: z.strictObject({ id: OrderId }),
  result: OrderDetails.extend({ work: OrderWork.optional().describe("For those who work on orders") }),
  refusals: [orderUnknown],
  handle:
    (ports: OrderReaders & { readonly views: OrderViews }) =>
    async ({ id }, call) => {
      try {
        const found = await visible(ports, id, call)
        if (isRefusal(found)) return found
        const { details, order } = found as Visible
        return order && worksOnOrders(call) ? { ...details, work: workOn(order) } : details
      } catch (error) {
        if (!isUnavailable(error) || call.caller.kind !== "customer") throw error
        const projected = await ports.views.find(call.caller.id, id)
        if (!projected) throw error
        return projected
      }
    },
})
