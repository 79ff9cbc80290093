import { useCase } from "@eshop/building-blocks/use-case"
import { OrderId } from "@eshop/domain/ids"
import { z } from "zod"
import type { Redemptions } from "./ports.ts"

type Ports = { readonly redemptions: Redemptions }

const Redemption = z.object({ orderId: OrderId, couponCode: z.string() })

/** Takes one use of the coupon for the order; undone by {@link releaseCoupon}. */
export const reserveCoupon = ({ redemptions }: Ports) =>
  useCase("ordering.reserve-coupon", Redemption, async (redemption, call) => {
    return (await redemptions.reserve(redemption, call)) ?? { reserved: true }
  })

/** The order will be paid: its use of the coupon is final. */
export const confirmCoupon = ({ redemptions }: Ports) =>
  useCase("ordering.confirm-coupon", Redemption, async (redemption, call) => {
    return (await redemptions.confirm(redemption, call)) ?? { confirmed: true }
  })

/** Compensates: gives the use of the coupon back. */
export const releaseCoupon = ({ redemptions }: Ports) =>
  useCase("ordering.release-coupon", Redemption, async (redemption, call) => {
    await redemptions.release(redemption, call)
    return {}
  })
