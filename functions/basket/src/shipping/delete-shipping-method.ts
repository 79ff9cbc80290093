import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import { shippingChanged } from "@eshop/domain/basket/shipping"
import { ShippingMethodId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { ShippingMethods } from "./ports.ts"

/** Ships in this way no more: carts that chose it take the cheapest other one. Done as well when it was not there. */
export const deleteShippingMethod = useCase("basket.delete-shipping-method", {
  input: z.strictObject({ id: ShippingMethodId }),
  result: z.void(),
  refusals: [shippingChanged],
  handle:
    ({ shippingMethods, audit }: { shippingMethods: ShippingMethods; audit: Audit }) =>
    ({ id }, call) =>
      call.transact(async (tx) => {
        const known = (await shippingMethods.lock(tx)).find((method) => method.id === id)
        if (!known) return undefined
        if (isStale(call, known.version)) return shippingChanged({ version: known.version })
        await shippingMethods.remove(tx, id)
        await audit.add(tx, call, [{ subject: `shipping ${id}`, action: "shipping.removed", change: {} }])
      }),
})
