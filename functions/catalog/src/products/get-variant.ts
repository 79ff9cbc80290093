import { customerGroupsOf } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { snapshotOf, variantOf } from "@eshop/domain/catalog/snapshot"
import { pricesFor } from "@eshop/domain/catalog/view"
import { getVariant as contract, VariantDetails } from "@eshop/domain/contracts/variants"
import type { Products } from "./ports.ts"

/** What is sold under a SKU: to the shop's other services with all of its prices, to a person with those that are theirs. */
export const getVariant = useCase("catalog.get-variant", {
  input: contract.input,
  result: VariantDetails,
  refusals: [variantUnknown],
  handle:
    ({ products }: { products: Products }) =>
    async ({ sku }, call) => {
      const product = await products.findBySku(sku)
      const variant = product && variantOf(snapshotOf(product, call.now), sku)
      if (!variant) return variantUnknown()
      if (call.caller.kind === "service") return variant
      return { ...variant, prices: pricesFor(customerGroupsOf(call.caller), variant.prices ?? []) }
    },
})
