import { command } from "@eshop/building-blocks/app/use-case"
import { returnLines as returnInto } from "@eshop/domain/basket/cart"
import { givesLinesBack } from "@eshop/domain/basket/checkout"
import { OrderCancelled } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { saveCart } from "../cart/store-cart.ts"
import type { CheckoutPorts } from "./ports.ts"

/** An order was refused: its lines go back into its customer's cart, once, unless they have begun another one. */
export const returnLines = command("basket.return-lines", {
  input: OrderCancelled.data,
  result: z.void(),
  handle:
    (ports: Pick<CheckoutPorts, "carts" | "checkouts" | "audit">) =>
    ({ orderId, reason }, call) =>
      call.commit(async (tx) => {
        if (!givesLinesBack(reason)) return
        const checkout = await ports.checkouts.giveBack(tx, orderId, call.now)
        if (!checkout) return
        const { customerId, lines: items, couponCodes } = checkout
        const cart = await ports.carts.lock(tx, customerId)
        const returned = returnInto(cart, { orderId, reason, items, couponCode: couponCodes[0] })
        await saveCart(ports, tx, call, [cart, returned], { action: "order.returned", orderId })
      }),
})
