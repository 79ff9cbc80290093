import { step } from "@eshop/building-blocks/durable/step"
import { CouponCode, CustomerId, OrderId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { type Redemptions, redemptionRefusals } from "./ports.ts"

type Ports = { readonly redemptions: Redemptions }

const CouponUse = z.object({ orderId: OrderId, couponCode: CouponCode })

/** Takes one use of the coupon for the order. */
export const couponReserved = step("reserve-coupon", {
  input: CouponUse.extend({ customerId: CustomerId }),
  output: z.void(),
  refusals: redemptionRefusals,
  run:
    ({ redemptions }: Ports) =>
    (use) =>
      redemptions.reserve(use),
  undo:
    ({ redemptions }: Ports) =>
    ({ orderId, couponCode }) =>
      redemptions.release({ orderId, couponCode }),
  // What is left out is mended by `npm run orders -- reconcile-coupons`.
  undoSkippable: true,
})

/** The order will be paid: its use of the coupon is final, unless the order is led back. */
export const couponConfirmed = step("confirm-coupon", {
  input: CouponUse,
  output: z.void(),
  refusals: redemptionRefusals,
  run:
    ({ redemptions }: Ports) =>
    (use) =>
      redemptions.confirm(use),
  skippable: true,
})

/** Gives the use of the coupon back where no saga knows any more whether it was taken. */
export const couponReleased = step("release-coupon", {
  input: CouponUse,
  output: z.void(),
  run:
    ({ redemptions }: Ports) =>
    (use) =>
      redemptions.release(use),
  skippable: true,
})
