import { useCase } from "@eshop/building-blocks/app/use-case"
import { confirmRedemption as contract, Redemption } from "@eshop/domain/contracts/redemptions"
import {
  confirmRedemption as decide,
  redemptionReleased,
  redemptionUnknown,
} from "@eshop/domain/discount/redemption"
import type { RedemptionPorts } from "./ports.ts"

/** Makes an order's reservation final: the order is paid. It counts whatever became of the coupon meanwhile. */
export const confirmRedemption = useCase("discount.confirm-redemption", {
  input: contract.input,
  result: Redemption,
  refusals: [redemptionUnknown, redemptionReleased],
  handle:
    ({ redemptions }: Pick<RedemptionPorts, "redemptions">) =>
    async ({ orderId, couponCode }) => {
      const bound = await redemptions.boundTo(orderId)
      if (!bound) return redemptionUnknown()
      if (bound.series === undefined) return redemptionReleased()
      if (couponCode !== undefined && couponCode !== bound.couponCode) return redemptionUnknown()
      return await redemptions.change(bound.series, { orderId }, ({ existing }) => decide(existing))
    },
})
