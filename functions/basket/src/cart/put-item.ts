import { useCase } from "@eshop/building-blocks/use-case"
import { putItem as putItemInto } from "@eshop/domain/basket/cart"
import { ProductId, Quantity } from "@eshop/domain/ids"
import { isRefusal, refuse } from "@eshop/domain/refusal"
import { z } from "zod"
import { findProducts } from "../products/find-products.ts"
import { changeCart } from "./change-cart.ts"
import { cartOwner } from "./customer.ts"
import type { CartPorts } from "./ports.ts"

export const PutItem = z.strictObject({ productId: ProductId, quantity: Quantity })

/** Sets how many of a product the customer wants; the price is Catalog's. */
export const putItem = (ports: CartPorts) =>
  useCase("basket.put-item", PutItem, async ({ productId, quantity }, call) => {
    const customerId = cartOwner(call)
    if (isRefusal(customerId)) return customerId
    const found = await findProducts(ports, [productId], call)
    if (found.length === 0) return refuse("not-found", "product.unknown", "There is no such product.")
    return await changeCart(ports, call, customerId, { type: "item-put", productId, quantity }, (cart) =>
      putItemInto(cart, { productId, quantity }),
    )
  })
