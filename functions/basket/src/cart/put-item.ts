import { useCase } from "@eshop/building-blocks/app/use-case"
import { cartFull, putItem as putItemInto } from "@eshop/domain/basket/cart"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { Quantity, Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { HoldPorts } from "../holds/ports.ts"
import { findVariants } from "../products/find-variants.ts"
import { CartView } from "./cart-view.ts"
import { changeCart } from "./change-cart.ts"
import { changeRefusals } from "./store-cart.ts"

/** Sets how many of a variant the shopper wants. */
export const putItem = useCase("basket.put-item", {
  input: z.strictObject({ sku: Sku, quantity: Quantity }),
  result: CartView,
  refusals: [variantUnknown, cartFull, ...changeRefusals],
  handle:
    (ports: HoldPorts) =>
    async ({ sku, quantity }, call) => {
      const variants = await findVariants(ports, [sku])
      if (!variants.has(sku)) return variantUnknown()
      return await changeCart(
        ports,
        call,
        { variants, change: { action: "item.set", sku, quantity } },
        (cart) => putItemInto(cart, { sku, quantity }),
      )
    },
})
