import { useCase } from "@eshop/building-blocks/app/use-case"
import { removeItem as removeItemFrom } from "@eshop/domain/basket/cart"
import { Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { CartView } from "./cart-view.ts"
import { changeCart, changeRefusals } from "./change-cart.ts"
import type { CartPorts } from "./ports.ts"

/** Takes a variant out of the customer's cart; done as well when it was not in there. */
export const removeItem = useCase("basket.remove-item", {
  input: z.strictObject({ sku: Sku }),
  result: CartView,
  refusals: changeRefusals,
  handle:
    (ports: CartPorts) =>
    async ({ sku }, call) =>
      await changeCart<never>(ports, call, { type: "item-removed", sku }, (cart) =>
        removeItemFrom(cart, sku),
      ),
})
