import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { message } from "@eshop/building-blocks/messaging/outbox"
import type { ErasedCustomer } from "@eshop/building-blocks/personal-data/erased-customers"
import { CustomerErased } from "@eshop/domain/contracts/ordering-events"
import type { Order } from "@eshop/domain/ordering/order"
import { InvoiceAddress, invoiceKeptUntil } from "./kept-invoices.ts"
import type { ForgettingPorts } from "./ports.ts"

/**
 * Forgets a customer as far as they were known by a moment, and tells the other contexts: what the law wants of paid
 * orders is put in the archive, the key goes and with it every address, and the trail tells of nobody. May be done again.
 * @param request.by the customer whose request it is: the account, also of a guest that they were before
 */
export async function forgetCustomer(
  ports: ForgettingPorts,
  tx: Tx,
  { by, erased }: { readonly by: string; readonly erased: ErasedCustomer },
  call: Pick<Call, "now" | "newId">,
): Promise<void> {
  const { customerOrders, personalData, audit } = ports
  const { customerId, until } = erased
  const orders = await customerOrders.keptBy(tx, erased)
  await archiveInvoices(ports, tx, orders, by)
  await personalData.forget(tx, customerId, new Date(until))
  await ports.contacts.forget(tx, customerId)
  // Before the commit, so that it is done again when this is: what goes was sent long ago.
  for (const { id } of orders) await ports.delivery.forget(id)
  await audit.pseudonymise(tx, {
    customerId,
    pseudonym: `erased-${call.newId()}`,
    subjects: [`customer ${customerId}`, ...orders.map(({ id }) => `order ${id}`)],
  })
  await ports.erased.record(tx, erased)
  await ports.outbox.add(tx, [message(CustomerErased, customerId, erased, call)])
}

async function archiveInvoices(
  { archive, personalData }: ForgettingPorts,
  tx: Tx,
  orders: readonly Order[],
  askedBy: string,
) {
  for (const order of orders) {
    const until = invoiceKeptUntil(order)
    const kept = until && (await personalData.find(order.id))
    if (kept)
      await archive.keep(tx, { subject: order.id, data: InvoiceAddress.parse(kept.data), until, askedBy })
  }
}
