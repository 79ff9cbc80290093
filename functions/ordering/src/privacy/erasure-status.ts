import type { Call } from "@eshop/building-blocks/app/call"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { CustomerId, OrderId } from "@eshop/domain/kernel/ids"
import { isSent, type Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import { isOpen } from "./erase-when-possible.ts"
import { invoiceKeptUntil } from "./kept-invoices.ts"
import { personOf } from "./person.ts"
import type { ErasurePorts } from "./ports.ts"

/** An order is closed so long after its delivery: the time to withdraw it, and two days for what was sent in that time. */
const CLOSED_AFTER_MS = 16 * 86_400_000

/** What an answer names at the most. */
const MOST = 1_000

/** How an erasure stands. */
export const ErasureStatus = z.strictObject({
  customerId: CustomerId,
  status: z.enum(["not-requested", "waiting", "erased"]),
  requestedAt: z.iso.datetime().optional(),
  /** What was kept of the customer until then is forgotten. */
  erasedUntil: z.iso.datetime().optional(),
  /** The guests that the customer was before, while their erasure waits: they are forgotten together. */
  guests: z.array(CustomerId),
  /** What is still under way. */
  waitsFor: z.array(
    z.strictObject({
      orderId: OrderId,
      status: OrderStatus,
      until: z.iso.datetime().optional().describe("Where it is known"),
      says: z.string(),
    }),
  ),
  /** What the law keeps from being erased: of the customer, and of the guests that they were before. */
  kept: z.array(
    z.strictObject({
      orderId: OrderId,
      what: z.literal("name and address on the invoice"),
      until: z.iso.datetime(),
    }),
  ),
})
export type ErasureStatus = z.infer<typeof ErasureStatus>

/** When the last parcel of an order came; undefined while one is on its way. */
function deliveredAt(order: Order): number | undefined {
  if (!isSent(order)) return undefined
  const times = order.shipments.map((shipment) => Date.parse(shipment.deliveredAt ?? ""))
  return times.some(Number.isNaN) ? undefined : Math.max(...times)
}

function waitsForOrder(order: Order): ErasureStatus["waitsFor"][number] {
  const { id: orderId, status } = order
  if (!("payment" in order))
    return { orderId, status, says: "The order is being checked out: soon it is paid or cancelled." }
  const delivered = deliveredAt(order)
  if (status !== "Delivered" || delivered === undefined)
    return { orderId, status, says: "The order is on its way: it is closed 16 days after its delivery." }
  const until = new Date(delivered + CLOSED_AFTER_MS).toISOString()
  return {
    orderId,
    status,
    until,
    says: `The order was delivered: it can be withdrawn until it is closed, ${until}.`,
  }
}

const onItsWay = (orderId: string): ErasureStatus["waitsFor"][number] => ({
  orderId,
  status: "Submitted",
  says: "The checkout has not become an order yet.",
})

const keptInvoice = (orderId: string, until: Date): ErasureStatus["kept"][number] => ({
  orderId,
  what: "name and address on the invoice",
  until: until.toISOString(),
})

/** What of these orders the law will keep. */
const toBeKept = (orders: readonly Order[]): ErasureStatus["kept"] =>
  orders.flatMap((order) => {
    const until = invoiceKeptUntil(order)
    return until ? [keptInvoice(order.id, until)] : []
  })

/**
 * How the erasure of a customer stands: asked for and waiting, done, or neither. While it waits it is told of the guests
 * that they were as well; once they are forgotten, nobody knows any more who was whom, but for the orders whose invoice is
 * kept from them, the guests' included, until that is over.
 * @throws DependencyUnavailableError when Basket cannot say what is on its way
 */
export async function erasureStatus(
  ports: ErasurePorts,
  customerId: string,
  call: Pick<Call, "transact">,
): Promise<ErasureStatus> {
  const [request, erasedUntil] = await Promise.all([
    ports.erasureRequests.find(customerId),
    ports.erased.find(customerId),
  ])
  const archived = await ports.archive.keptFrom(customerId, MOST)
  const kept = archived.map(({ subject, until }) => keptInvoice(subject, until))
  const known = { customerId, ...(erasedUntil !== undefined && { erasedUntil }) }
  if (!request) {
    const status = erasedUntil === undefined ? "not-requested" : "erased"
    return { ...known, status, guests: [], waitsFor: [], kept }
  }
  const until = request.requestedAt.toISOString()
  const { ids, onTheirWay } = await personOf(ports, customerId)
  const [, ...guests] = ids
  const meant = await call.transact(async (tx) => {
    const orders: Order[] = []
    for (const id of ids) orders.push(...(await ports.customerOrders.keptBy(tx, { customerId: id, until })))
    return orders
  })
  return {
    ...known,
    status: "waiting",
    requestedAt: until,
    guests,
    waitsFor: [...onTheirWay.map(onItsWay), ...meant.filter(isOpen).map(waitsForOrder)],
    kept: [...kept, ...toBeKept(meant)],
  }
}
