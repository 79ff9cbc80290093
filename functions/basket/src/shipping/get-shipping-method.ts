import { useCase } from "@eshop/building-blocks/app/use-case"
import { ShippingMethod, shippingUnknown } from "@eshop/domain/basket/shipping"
import { ShippingMethodId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { ShippingMethods } from "./ports.ts"

/** One shipping method, as its merchant wrote it. */
export const getShippingMethod = useCase("basket.get-shipping-method", {
  input: z.strictObject({ id: ShippingMethodId }),
  result: ShippingMethod,
  refusals: [shippingUnknown],
  handle:
    ({ shippingMethods }: { shippingMethods: ShippingMethods }) =>
    async ({ id }) =>
      (await shippingMethods.all()).find((method) => method.id === id) ?? shippingUnknown(),
})
