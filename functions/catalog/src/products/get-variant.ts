import { useCase } from "@eshop/building-blocks/app/use-case"
import { snapshotOf, variantOf, variantUnknown } from "@eshop/domain/catalog/product"
import { getVariant as contract, VariantDetails } from "@eshop/domain/contracts/variants"
import type { Products } from "./ports.ts"

/** What is sold under a SKU, with its price. */
export const getVariant = useCase("catalog.get-variant", {
  input: contract.input,
  result: VariantDetails,
  refusals: [variantUnknown],
  handle:
    ({ products }: { products: Products }) =>
    async ({ sku }) => {
      const product = await products.findBySku(sku)
      return (product && variantOf(snapshotOf(product), sku)) ?? variantUnknown()
    },
})
