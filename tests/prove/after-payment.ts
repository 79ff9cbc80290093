import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { Shop, ShopAnswer } from "@eshop/local-cloud/shop/shop-client"
import { inParallel } from "./in-parallel.ts"
import type { Buyer } from "./load.ts"

const AT_ONCE = 16
const PAUSE_MS = 150
const PATIENCE_MS = 240_000

/** Sends the same request with the same key until it is answered as it must be: the shop may be out, or not so far. */
async function persist<T>(status: number, send: (key: string) => Promise<ShopAnswer<T>>): Promise<T> {
  const key = randomUUID()
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const answer = await send(key).catch((error: Error) => error)
    if (!(answer instanceof Error) && answer.status === status) return answer.body
    if (Date.now() > until) {
      const last =
        answer instanceof Error ? answer.message : `${answer.status} ${JSON.stringify(answer.body)}`
      throw new Error(`what is due after a payment was never done: ${last}`)
    }
    await sleep(PAUSE_MS)
  }
}

/** Does with each order what its purchase says; an order that is not paid yet is waited for. */
export async function actAfterPayment(
  shop: Shop,
  buyers: readonly Buyer[],
  orderIds: readonly string[],
): Promise<void> {
  const operator = await shop.roleToken("orders.fulfil", "orders.manage")
  const asOperator = <T>(status: number, path: string, body: object = {}) =>
    persist<T>(status, (key) =>
      shop.send<T>(operator, "POST", `/ordering/operations/orders/${path}`, withKey(key, body)),
    )
  await inParallel(AT_ONCE, buyers, async ({ customer, purchase }, index) => {
    const { afterPayment, sku, quantity } = purchase
    if (afterPayment === undefined) return
    const id = orderIds[index] as string
    const asCustomer = <T>(status: number, path: string, body: object = {}) =>
      persist<T>(status, (key) =>
        customer.send<T>("POST", `/ordering/orders/${id}/${path}`, withKey(key, body)),
      )
    // The same word before the payment would end the checkout, and is another proof's.
    await persist(200, async () => {
      const answer = await customer.order(id)
      return answer.body.status === "Paid" ? answer : { ...answer, status: 409 }
    })
    if (afterPayment === "cancelled") {
      await asCustomer(202, "cancellation")
      return
    }
    const { shipmentId } = await asOperator<{ shipmentId: string }>(201, `${id}/shipments`)
    if (afterPayment === "shipped") return
    await asOperator(200, `${id}/shipments/${shipmentId}/delivery`)
    const all = { lines: [{ sku, quantity }], reason: "goods.damaged" }
    const { returnId } = await asCustomer<{ returnId: string }>(201, "returns", all)
    await asOperator(200, `${id}/returns/${returnId}/acceptance`)
  })
}

const withKey = (key: string, body: object) => ({ headers: { "idempotency-key": key }, body })
