import { command } from "@eshop/building-blocks/app/use-case"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import type { PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import type { Order } from "@eshop/domain/ordering/order"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { checkoutUnknown } from "@eshop/domain/ordering/order-refusals"
import { submitOrder as decide, orderOtherCheckout } from "@eshop/domain/ordering/submit-order"
import * as z from "zod"
import type { EmailDigests } from "../access/email-digest.ts"
import type { OrderContacts } from "../access/ports.ts"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"
import type { PriceProofs } from "../proofs/ports.ts"
import { checkout as saga } from "./checkout-saga.ts"
import { isUnderWay } from "./order-steps.ts"
import type { Checkouts } from "./ports.ts"

type Ports = OrderPorts & {
  readonly checkouts: Checkouts
  readonly personalData: PersonalData
  readonly proofs: PriceProofs
  readonly sagas: Sagas
  readonly contacts: Pick<OrderContacts, "add">
  readonly emails: Pick<EmailDigests, "of">
}

/**
 * A basket was checked out: submits its order, then starts the order's saga. The start belongs to the handler: it runs
 * on every delivery until it has worked, unless the order has moved on meanwhile.
 */
export const submitOrder = command("ordering.submit-order", {
  input: BasketCheckedOut.data,
  result: z.void(),
  refusals: [checkoutUnknown, orderOtherCheckout],
  handle: (ports: Ports) => async (checkout, call) => {
    const { orders, checkouts, personalData, proofs, sagas, contacts, emails } = ports
    const { checkoutId: orderId, proof, ...content } = checkout
    // Basket is asked before the transaction: an order that is there has its address, and needs none.
    const details = await checkouts.find(orderId)
    const left: { order?: Order } = {}
    const submitted = await call.commit(async (tx) => {
      const submit = async (known: Order | undefined) => {
        if (known) return decide(known, { ...content, orderId, personalData: known.personalData }, call.now)
        if (!details) return checkoutUnknown()
        const { customerId, shippingAddress: data } = details
        const { commitment } = await personalData.put(tx, { customerId, subject: orderId, data })
        const orderNumber = orderNumberOf(orderId)
        await contacts.add(tx, { orderId, orderNumber, customerId, email: emails.of(data.emailAddress) })
        return decide(known, { ...content, orderId, personalData: { commitment } }, call.now)
      }
      const order = await changeOrder(ports, tx, orderId, submit, call)
      if (isRefusal(order)) return order
      left.order = order as Order
      if (proof !== undefined) await proofs.add(tx, orderId, proof)
    })
    if (isRefusal(submitted)) return submitted
    // A repetition reads how the order stands.
    const order = left.order ?? (await orders.find(orderId))?.order
    if (order && isUnderWay(order)) await sagas.start(saga, orderId, { orderId })
    return submitted
  },
})
