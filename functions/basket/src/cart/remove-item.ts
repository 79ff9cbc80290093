import { useCase } from "@eshop/building-blocks/app/use-case"
import { removeItem as removeItemFrom } from "@eshop/domain/basket/cart"
import { Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { HoldPorts } from "../holds/ports.ts"
import { CartView } from "./cart-view.ts"
import { changeCart } from "./change-cart.ts"
import { changeRefusals } from "./store-cart.ts"

/** Takes a variant out of the shopper's cart; done as well when it was not in there. */
export const removeItem = useCase("basket.remove-item", {
  input: z.strictObject({ sku: Sku }),
  result: CartView,
  refusals: changeRefusals,
  handle:
    (ports: HoldPorts) =>
    async ({ sku }, call) =>
      await changeCart<never>(ports, call, { change: { action: "item.removed", sku } }, (cart) =>
        removeItemFrom(cart, sku),
      ),
})
