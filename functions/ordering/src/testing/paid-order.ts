import type { AppUnderTest, Reply } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { usd } from "@eshop/domain/kernel/money"
import { commands } from "@eshop/domain/ordering/testing/given"
import { changeOrder } from "../orders/change-order.ts"
import type { orderingOn } from "./ordering.ts"

type Ordering = Awaited<ReturnType<typeof orderingOn>>
type Words = readonly [keyof typeof commands, object][]

const [example] = BasketCheckedOut.example.lines as [(typeof BasketCheckedOut.example.lines)[0]]
const line = (sku: string, quantity: number) => ({
  sku,
  productId: example.productId,
  name: "IPhone X",
  quantity,
  unitPrice: usd(10_00),
  discounts: [],
  total: usd(quantity * 10_00),
})

/** Two red ones and one black one, and 5.00 for the shipping: 35.00 together. */
const content: Partial<Checkout> = {
  lines: [line("IPHONE-X-RED", 2), line("IPHONE-X-BLACK", 1)],
  subtotal: usd(30_00),
  discount: usd(0),
  shipping: { method: "standard", price: usd(5_00) },
  tax: usd(0),
  total: usd(35_00),
  couponCodes: [],
}
export const red = (quantity: number) => ({ sku: "IPHONE-X-RED", quantity })
export const black = (quantity: number) => ({ sku: "IPHONE-X-BLACK", quantity })

/** Says commands of the domain to an order, each in a transaction of its own. */
export async function say({ store, ports }: Ordering, orderId: string, ...words: Words): Promise<void> {
  for (const [name, says] of words)
    await store.unitOfWork.transaction((tx) =>
      changeOrder(ports, tx, orderId, (order) => commands[name](order, says as never, new Date()) as never, {
        now: new Date(),
        newId,
      }),
    )
}

/** An order as its checkout began it. */
export async function placedOrder(ordering: Ordering, more: Partial<Checkout> = {}) {
  const { checkout } = ordering.newCheckout({ ...content, ...more })
  await ordering.appWith().publish(BasketCheckedOut, checkout)
  return { id: checkout.checkoutId, customerId: checkout.customerId }
}

/** An order that was paid. @param more what is said to it after that */
export async function paidOrder(ordering: Ordering, ...more: Words) {
  const order = await placedOrder(ordering)
  await say(
    ordering,
    order.id,
    ["confirmStock", {}],
    ["payOrder", { paymentId: "pi_1", captured: usd(35_00) }],
    ...more,
  )
  return order
}

/** What is said to a shipped order: one parcel with everything, which arrives. */
export const shipmentId = "018f0000-0000-7000-8000-0000000000aa"
export const shipAll: Words[number] = ["shipOrder", { shipmentId, lines: [red(2), black(1)] }]
export const deliverAll: Words[number] = ["deliverShipment", { shipmentId }]

/** Posts with a new Idempotency-Key, or the one that is given. */
export const posting =
  (send: ReturnType<AppUnderTest["as"]>) =>
  (path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Reply> =>
    send("POST", path, body, { "idempotency-key": newId(), ...headers })

/** How an order stands in the store, to see that a refused request has changed nothing. */
export async function footprint({ store }: Ordering, orderId: string) {
  const { rows } = await store.pool.query(
    `SELECT (SELECT version FROM orders WHERE id = $1::uuid) AS version,
            (SELECT count(*) FROM outbox WHERE event->>'subject' = $1::text) AS outbox,
            (SELECT count(*) FROM audit WHERE subject = 'order ' || $1::text) AS audit`,
    [orderId],
  )
  return rows[0]
}

/** What the audit trail says of an order, oldest first. */
export async function audited({ ports }: Ordering, orderId: string) {
  const entries = await ports.audit.list({ subject: `order ${orderId}`, limit: 100 })
  return entries.map(({ action, by }) => [action, by.kind, by.id]).reverse()
}
