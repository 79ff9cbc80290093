import { useCase } from "@eshop/building-blocks/app/use-case"
import { cartFull, checkLine, putItem as putItemInto } from "@eshop/domain/basket/cart"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { Quantity, Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { findVariants } from "../products/find-variants.ts"
import { CartView } from "./cart-view.ts"
import { changeCart, changeRefusals } from "./change-cart.ts"
import type { CartPorts } from "./ports.ts"

/** Sets how many of a variant the customer wants; the price is Catalog's. */
export const putItem = useCase("basket.put-item", {
  input: z.strictObject({ sku: Sku, quantity: Quantity }),
  result: CartView,
  refusals: [variantUnknown, cartFull, ...changeRefusals],
  handle:
    (ports: CartPorts) =>
    async ({ sku, quantity }, call) => {
      const [variant] = await findVariants(ports, [sku])
      if (!variant) return variantUnknown()
      const refused = checkLine({ unitPrice: variant.price, quantity })
      if (refused) return refused
      return await changeCart(ports, call, { type: "item-put", sku, quantity }, (cart) =>
        putItemInto(cart, { sku, quantity }),
      )
    },
})
