import { useCase } from "@eshop/building-blocks/use-case"
import { removeItem as removeItemFrom } from "@eshop/domain/basket/cart"
import { ProductId } from "@eshop/domain/ids"
import { isRefusal } from "@eshop/domain/refusal"
import { z } from "zod"
import { changeCart } from "./change-cart.ts"
import { cartOwner } from "./customer.ts"
import type { CartPorts } from "./ports.ts"

export const RemoveItem = z.strictObject({ productId: ProductId })

/** Takes a product out of the customer's cart; done as well when it was not in there. */
export const removeItem = (ports: CartPorts) =>
  useCase("basket.remove-item", RemoveItem, async ({ productId }, call) => {
    const customerId = cartOwner(call)
    if (isRefusal(customerId)) return customerId
    return await changeCart(ports, call, customerId, { type: "item-removed", productId }, (cart) =>
      removeItemFrom(cart, productId),
    )
  })
