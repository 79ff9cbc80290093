import { type Call, customerOf } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { AuditRecord } from "@eshop/building-blocks/audit/audit"
import { Address } from "@eshop/domain/contracts/checkouts"
import { CustomerData, customerData, MAX_DATA_ENTRIES } from "@eshop/domain/contracts/customer-data"
import { CustomerId, OrderId } from "@eshop/domain/kernel/ids"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import * as z from "zod"
import { formerGuests } from "./person.ts"
import type { ErasurePorts } from "./ports.ts"

type Ports = Pick<ErasurePorts, "customerOrders" | "personalData" | "audit" | "otherContexts">

const OrderData = z.strictObject({
  orderId: OrderId,
  number: z.string(),
  /** The order as it is kept, with everything that became of it. */
  order: z.record(z.string(), z.unknown()),
  /** Absent once it was forgotten. */
  shippingAddress: Address.optional(),
})

/** Everything that the shop keeps of one customer or guest, by context. */
const Kept = z.strictObject({
  customerId: CustomerId,
  contexts: z.strictObject({
    ordering: z.strictObject({
      customerId: CustomerId,
      kinds: z.strictObject({ orders: z.array(OrderData), trail: z.array(AuditRecord) }),
      cutShort: z.array(z.string()),
    }),
    basket: CustomerData,
    catalog: CustomerData,
    discount: CustomerData,
  }),
})

/** Everything that the shop keeps of a person: of the customer, and of the guests that they were before. */
const CustomerExport = Kept.extend({
  exportedAt: z.iso.datetime(),
  asGuest: z.array(Kept),
})

/** What Ordering itself keeps. */
async function ownData({ customerOrders, personalData, audit }: Ports, customerId: string) {
  const limit = MAX_DATA_ENTRIES + 1
  const [orders, personal] = await Promise.all([
    customerOrders.list(customerId, limit),
    personalData.ofCustomer(customerId, limit),
  ])
  const addresses = new Map(personal.map(({ subject, data }) => [subject, Address.parse(data)]))
  const trail: AuditRecord[] = []
  for (const subject of [`customer ${customerId}`, ...orders.map(({ id }) => `order ${id}`)])
    if (trail.length < limit) trail.push(...(await audit.list({ subject, limit: limit - trail.length })))
  return customerData(customerId, {
    orders: orders.map((order) => {
      const shippingAddress = addresses.get(order.id)
      return {
        orderId: order.id,
        number: orderNumberOf(order.id),
        order: { ...order },
        ...(shippingAddress && { shippingAddress }),
      }
    }),
    trail,
  })
}

async function keptOf(ports: Ports, customerId: string): Promise<z.infer<typeof Kept>> {
  const { otherContexts } = ports
  const [ordering, basket, catalog, discount] = await Promise.all([
    ownData(ports, customerId),
    otherContexts.basket(customerId),
    otherContexts.catalog(customerId),
    otherContexts.discount(customerId),
  ])
  return { customerId, contexts: { ordering, basket, catalog, discount } }
}

/** @throws DependencyUnavailableError when a context does not answer: half of an answer would pass for all of it */
async function exportCustomer(
  ports: Ports,
  customerId: string,
  call: Call,
): Promise<z.infer<typeof CustomerExport>> {
  const own = await keptOf(ports, customerId)
  const asGuest: z.infer<typeof Kept>[] = []
  for (const guestId of formerGuests(own.contexts.basket)) asGuest.push(await keptOf(ports, guestId))
  const exported = [own, ...asGuest].map(({ customerId: id }) => ({
    subject: `customer ${id}`,
    action: "data.exported",
    change: {},
  }))
  await call.transact((tx) => ports.audit.add(tx, call, exported))
  return { ...own, exportedAt: call.now.toISOString(), asGuest }
}

/** The customer, or the guest, wants to know what the shop keeps of them. */
export const exportMyData = useCase("ordering.export-my-data", {
  input: z.strictObject({}),
  result: CustomerExport,
  handle: (ports: Ports) => (_, call) => exportCustomer(ports, customerOf(call), call),
})

/** The same for who answers a customer that asked in another way. */
export const exportCustomerData = useCase("ordering.export-customer-data", {
  input: z.strictObject({ customerId: CustomerId }),
  result: CustomerExport,
  handle:
    (ports: Ports) =>
    ({ customerId }, call) =>
      exportCustomer(ports, customerId, call),
})
