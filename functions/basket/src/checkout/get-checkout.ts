import { useCase } from "@eshop/building-blocks/app/use-case"
import { checkoutUnknown } from "@eshop/domain/basket/checkout"
import { Address, CheckoutDetails, getCheckout as contract } from "@eshop/domain/contracts/checkouts"
import type { CheckoutPorts } from "./ports.ts"

/** What Ordering needs to know of a checkout besides its event. One whose customer was forgotten is not there any more. */
export const getCheckout = useCase("basket.get-checkout", {
  input: contract.input,
  result: CheckoutDetails,
  refusals: [checkoutUnknown],
  handle:
    ({ checkouts, personalData }: Pick<CheckoutPorts, "checkouts" | "personalData">) =>
    async ({ checkoutId }) => {
      const [found, personal] = await Promise.all([checkouts.find(checkoutId), personalData.find(checkoutId)])
      if (!found || !personal) return checkoutUnknown()
      const { checkout, checkedOutAt } = found
      return {
        checkoutId,
        customerId: checkout.customerId,
        shippingAddress: Address.parse(personal.data),
        checkedOutAt: checkedOutAt.toISOString(),
        checkout,
      }
    },
})
