import { useCase } from "@eshop/building-blocks/app/use-case"
import { removeCoupon as removeCouponFrom } from "@eshop/domain/basket/cart"
import * as z from "zod"
import type { HoldPorts } from "../holds/ports.ts"
import { CartView } from "./cart-view.ts"
import { changeCart } from "./change-cart.ts"
import { changeRefusals } from "./store-cart.ts"

/** Takes the coupon off the cart; done as well when there was none. */
export const removeCoupon = useCase("basket.remove-coupon", {
  input: z.strictObject({}),
  result: CartView,
  refusals: changeRefusals,
  handle: (ports: HoldPorts) => async (_, call) =>
    await changeCart<never>(ports, call, { change: { action: "coupon.removed" } }, removeCouponFrom),
})
