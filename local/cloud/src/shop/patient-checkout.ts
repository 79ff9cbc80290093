import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { Money } from "@eshop/domain/kernel/money"
import { type Customer, type ShopAnswer, someAddress } from "./shop-client.ts"

const PAUSE_MS = 150
const PATIENCE_MS = 120_000

/** Does it again until it works: a part of the shop may be away for a while. @throws the last error after two minutes */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(PAUSE_MS)) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > until) throw error
    }
  }
}

const isTotalChanged = (body: object): body is { total: Money } =>
  "type" in body && body.type === "urn:eshop:problem:checkout.total-changed"

/**
 * Checks a cart out as a patient browser does: the same request with the same key until it is accepted, with the new total
 * where that has changed (without Discount there is none).
 * @returns the order's id
 */
export async function checkOutPatiently(
  customer: Customer,
  { total, paymentMethod, key = randomUUID() }: { total: Money; paymentMethod: string; key?: string },
): Promise<string> {
  let expectedTotal = total
  return await patiently(async () => {
    const body = { shippingAddress: someAddress, paymentMethod, expectedTotal }
    const answer: ShopAnswer<{ orderId: string } | object> = await customer.checkout(body, key)
    if (answer.status === 202 && "orderId" in answer.body) return answer.body.orderId
    if (isTotalChanged(answer.body)) expectedTotal = answer.body.total
    throw new Error(`a checkout was never accepted: ${JSON.stringify(answer.body)}`)
  })
}
