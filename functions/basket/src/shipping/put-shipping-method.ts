import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import {
  MAX_SHIPPING_METHODS,
  ShippingMethod,
  ShippingTerms,
  shippingChanged,
  shippingFull,
} from "@eshop/domain/basket/shipping"
import { ShippingMethodId } from "@eshop/domain/kernel/ids"
import { isSame } from "@eshop/domain/kernel/same"
import type { ShippingMethods } from "./ports.ts"

/** Adds a shipping method, or replaces what is said of it. Said again it changes nothing. */
export const putShippingMethod = useCase("basket.put-shipping-method", {
  input: ShippingTerms.extend({ id: ShippingMethodId }),
  result: ShippingMethod,
  refusals: [shippingChanged, shippingFull],
  handle:
    ({ shippingMethods, audit }: { shippingMethods: ShippingMethods; audit: Audit }) =>
    (terms, call) =>
      call.transact(async (tx) => {
        const all = await shippingMethods.lock(tx)
        const known = all.find(({ id }) => id === terms.id)
        const version = known?.version ?? 0
        if (isStale(call, version)) return shippingChanged({ version })
        if (!known && all.length >= MAX_SHIPPING_METHODS) return shippingFull()
        if (known && isSame(known, { ...terms, version })) return known
        const method = { ...terms, version: version + 1 }
        await shippingMethods.put(tx, method)
        const entry = { subject: `shipping ${terms.id}`, action: "shipping.set", change: method }
        await audit.add(tx, call, [entry])
        return method
      }),
})
