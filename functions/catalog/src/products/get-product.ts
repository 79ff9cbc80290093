import { type Call, customerGroupsOf, hasRole } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { productUnknown } from "@eshop/domain/catalog/product"
import { productDiscontinued } from "@eshop/domain/catalog/product-rules"
import { Slug } from "@eshop/domain/catalog/slug"
import type { PricedProduct } from "@eshop/domain/catalog/snapshot"
import { ProductView, viewOf } from "@eshop/domain/catalog/view"
import { ProductId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Products } from "./ports.ts"

/** The role that writes products, and sees those that are not published. */
export const CATALOG_WRITE = "catalog.write"

/** What the caller may see of a product. */
function shown(product: PricedProduct | undefined, call: Call) {
  if (!product) return productUnknown()
  if (product.status !== "published" && !hasRole(call.caller, CATALOG_WRITE))
    return product.status === "draft" ? productUnknown() : productDiscontinued()
  return viewOf(product, call.now, customerGroupsOf(call.caller))
}

/** One product with its variants and their prices. */
export const getProduct = useCase("catalog.get-product", {
  input: z.strictObject({ id: ProductId }),
  result: ProductView,
  refusals: [productUnknown, productDiscontinued],
  handle:
    ({ products }: { products: Products }) =>
    async ({ id }, call) =>
      shown(await products.find(id), call),
})

/** The product whose page has this address, or had it once: a page moves to the `slug` that is answered. */
export const getProductBySlug = useCase("catalog.get-product-by-slug", {
  input: z.strictObject({ slug: Slug }),
  result: ProductView,
  refusals: [productUnknown, productDiscontinued],
  handle:
    ({ products }: { products: Products }) =>
    async ({ slug }, call) =>
      shown(await products.findBySlug(slug), call),
})
