import { type Call, hasRole } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import type { PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import { Address } from "@eshop/domain/contracts/checkouts"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import type { Checkouts } from "../checkout/ports.ts"
import { detailsOf, OrderDetails } from "./order-views.ts"
import type { Orders } from "./ports.ts"

type Ports = { readonly orders: Orders; readonly personalData: PersonalData; readonly checkouts: Checkouts }

/** An order that Ordering does not know longer than this after its checkout does not exist. */
const UNDER_WAY_MS = 15 * 60_000

/** The moment that a UUIDv7 was made (RFC 9562 section 5.7), in milliseconds; undefined for another kind of id. */
const madeAt = (id: string): number | undefined =>
  id[14] === "7" ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined

/** Whether the caller may see the order of this customer: they themselves, or who reads all orders. */
export const maySee = ({ caller }: Call, customerId: string): boolean =>
  ("id" in caller && caller.kind !== "service" && caller.kind !== "system" && caller.id === customerId) ||
  hasRole(caller, "ordering.read")

/** An order whose checkout was accepted and whose event has not come yet: Basket knows it. */
async function underWay({ checkouts }: Ports, id: string, call: Call): Promise<OrderDetails | undefined> {
  const made = madeAt(id)
  if (made === undefined || Math.abs(call.now.getTime() - made) > UNDER_WAY_MS) return undefined
  const found = await checkouts.lookUp(id)
  if (!found) return undefined
  const { checkout, customerId, shippingAddress, checkedOutAt } = found
  return {
    id,
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
    submittedAt: checkedOutAt,
    changedAt: checkedOutAt,
    version: 0,
  }
}

/** The order, if the caller may see it; anybody else learns nothing of it. */
async function visibleOrder(
  ports: Ports,
  id: string,
  call: Call,
): Promise<OrderDetails | RefusalOf<[typeof orderUnknown]>> {
  const stored = await ports.orders.find(id)
  if (!stored) {
    const { kind } = call.caller
    const order = kind === "customer" || kind === "guest" ? await underWay(ports, id, call) : undefined
    return order && maySee(call, order.customerId) ? order : orderUnknown()
  }
  if (!maySee(call, stored.order.customerId)) return orderUnknown()
  const personal = await ports.personalData.find(id)
  return detailsOf(stored.order, stored.version, personal && Address.parse(personal.data))
}

const input = z.strictObject({ id: OrderId })

/** One order. */
export const getOrder = useCase("ordering.get-order", {
  input,
  result: OrderDetails,
  refusals: [orderUnknown],
  handle:
    (ports: Ports) =>
    ({ id }, call) =>
      visibleOrder(ports, id, call),
})

/** What happened to an order and when, oldest first. */
export const getTimeline = useCase("ordering.get-timeline", {
  input,
  result: z.strictObject({
    orderId: OrderId,
    status: OrderStatus,
    events: z.array(
      z.strictObject({
        type: z.string(),
        at: z.iso.datetime(),
        data: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  }),
  refusals: [orderUnknown],
  handle:
    (ports: Ports) =>
    async ({ id }, call) => {
      const order = await visibleOrder(ports, id, call)
      if (isRefusal(order)) return order
      const events = await ports.orders.events(id)
      return {
        orderId: id,
        status: order.status,
        // The first event holds the whole checkout, which the order itself shows.
        events: events.map(({ type, at, data }) => ({
          type,
          at,
          ...(type !== "OrderSubmitted" && Object.keys(data).length > 0 && { data }),
        })),
      }
    },
})
