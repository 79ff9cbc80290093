import { type Call, customerOf } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { putCoupon as putCouponOn } from "@eshop/domain/basket/cart"
import { refusedCoupons } from "@eshop/domain/basket/checkout"
import type { CartMessage } from "@eshop/domain/basket/messages"
import { CouponCode } from "@eshop/domain/kernel/ids"
import { withoutCardNumber } from "@eshop/domain/kernel/text"
import * as z from "zod"
import type { HoldPorts } from "../holds/ports.ts"
import { priceCart } from "../pricing/price-cart.ts"
import { findVariants } from "../products/find-variants.ts"
import { CartView, shownPrices } from "./cart-view.ts"
import { changeCart } from "./change-cart.ts"
import { showCart } from "./show-cart.ts"
import { changeRefusals } from "./store-cart.ts"

/** Why Discount refuses the coupon for this cart; nothing where it does not, or cannot be asked. */
async function refusalsOf(ports: HoldPorts, call: Call, couponCode: string): Promise<CartMessage[]> {
  const cart = await ports.carts.current(customerOf(call))
  const variants = await findVariants(
    ports,
    cart.items.map(({ sku }) => sku),
  )
  const { answer } = await priceCart(
    ports,
    { ...cart, delivery: cart.delivery ?? {}, couponCode },
    variants,
    call,
    { ...shownPrices(ports), quote: (request) => ports.discounts.quote(request) },
  )
  return refusedCoupons(answer).map((refused) => ({ type: "coupon-refused", ...refused }))
}

/**
 * Puts a coupon on the cart, in place of the one that is there. One that Discount refuses is said with its reason and
 * not kept; one that cannot be asked for is kept, and looked at whenever the cart is shown.
 */
export const putCoupon = useCase("basket.put-coupon", {
  input: z.strictObject({ couponCode: withoutCardNumber(CouponCode) }),
  result: CartView,
  refusals: changeRefusals,
  handle:
    (ports: HoldPorts) =>
    async ({ couponCode }, call) => {
      const told = await refusalsOf(ports, call, couponCode)
      if (told.length > 0)
        return await showCart(ports, call, { cart: await ports.carts.current(customerOf(call)), told })
      return await changeCart<never>(ports, call, { change: { action: "coupon.set", couponCode } }, (cart) =>
        putCouponOn(cart, couponCode),
      )
    },
})
