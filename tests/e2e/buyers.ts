import { usd } from "@eshop/domain/kernel/money"
import { type Customer, type Order, someAddress } from "@eshop/local-cloud/shop/shop-client"
import { expect } from "vitest"
import { eventually, products, type RunningShop } from "./running-shop.ts"

const PRICE = 470_00

/** Every fourth pays with a card that is declined. */
const methodOf = (index: number) => (index % 4 === 3 ? "pm_card_chargeDeclined" : "pm_card_visa")

/**
 * Buyers of one product who check out all at once, each an order of one piece.
 * @param count more than the 32 messages that a function handles at once, where an outage is to be met
 */
export async function buyersOf(running: RunningShop, count: number) {
  const buyers = await Promise.all(
    Array.from({ length: count }, (_, index) => running.shop.signIn(`patient-${index}`)),
  )
  let onHand = 0

  return {
    /** @returns the orders, by buyer: all of them are accepted */
    async checkOut(): Promise<string[]> {
      onHand = (await running.shop.stock(products.xiaomi)).onHand
      await Promise.all(buyers.map((buyer) => buyer.putItem(products.xiaomi, 1)))
      const answers = await Promise.all(
        buyers.map((buyer, index) =>
          buyer.checkout({
            shippingAddress: someAddress,
            paymentMethod: methodOf(index),
            expectedTotal: usd(PRICE),
          }),
        ),
      )
      expect(answers.map(({ status }) => status)).toEqual(Array(count).fill(202))
      return answers.map(({ body }) => body.orderId)
    },

    /** Waits for the ends of all orders, and compares them and their stock with what they must be. */
    async expectRightEnds(orderIds: readonly string[], timeoutMs: number): Promise<void> {
      const orders = await Promise.all(
        orderIds.map((id, index): Promise<Order> => (buyers[index] as Customer).ended(id, timeoutMs)),
      )
      const right = orderIds.map((_, index) =>
        methodOf(index) === "pm_card_visa" ? ["Paid", undefined] : ["Cancelled", "payment.declined"],
      )
      expect(orders.map(({ status, cancelReason }) => [status, cancelReason?.code])).toEqual(right)
      const left = onHand - right.filter(([status]) => status === "Paid").length
      const level = await eventually(
        () => running.shop.stock(products.xiaomi),
        (stock) => stock.onHand === left && stock.reserved === 0,
        timeoutMs,
      )
      expect(level).toMatchObject({ onHand: left, reserved: 0 })
    },
  }
}
