import { hasRole } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { CursorInstant, cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { ProductCard } from "@eshop/domain/catalog/card"
import { ProductStatus } from "@eshop/domain/catalog/product"
import { CategoryId, ProductId } from "@eshop/domain/kernel/ids"
import { DEFAULT_LANGUAGE, Language } from "@eshop/domain/kernel/localised-text"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { freeText } from "@eshop/domain/kernel/text"
import * as z from "zod"
import { CATALOG_WRITE } from "./get-product.ts"
import { PRODUCT_SORTS, type Products } from "./ports.ts"

const cursor = cursorOf(
  "products",
  z.discriminatedUnion("sort", [
    // A name in lower case: `İ` becomes two characters.
    z.strictObject({ sort: z.literal("name"), key: z.string().min(1).max(400), id: ProductId }),
    z.strictObject({ sort: z.literal("updated"), key: CursorInstant, id: ProductId }),
  ]),
)

const productsHidden = defineRefusal(
  "products.hidden",
  "forbidden",
  `Without the role '${CATALOG_WRITE}' published products are listed, by name and without a text.`,
)

/** A page of products, the total over all pages, and where the next page begins. */
export const listProducts = useCase("catalog.list-products", {
  input: z
    .strictObject({
      status: ProductStatus.or(z.literal("any"))
        .default("published")
        .describe("Others than `published` are for the role that writes products"),
      category: CategoryId.optional().describe("Only products of this category and of those under it"),
      featured: z
        .stringbool({ truthy: ["true"], falsy: ["false"] })
        .optional()
        .meta({ override: { type: "boolean" } })
        .describe("Only those that the home page shows, or only the others"),
      q: freeText(100)
        .optional()
        .describe("Part of a name, slug or brand, or how a SKU begins; for the role that writes products"),
      sort: z
        .enum(PRODUCT_SORTS)
        .default("name")
        .describe("`updated`, what changed last first, is for the role that writes products"),
      language: Language.default(DEFAULT_LANGUAGE),
      limit: pageSize,
      cursor: cursor.schema.optional(),
    })
    .refine(({ cursor: at, sort }) => !at || at.sort === sort, {
      path: ["cursor"],
      error: "Not a cursor of this order",
    }),
  result: z.strictObject({
    items: z.array(ProductCard),
    total: z.int().min(0),
    nextCursor: z.string().nullable(),
  }),
  refusals: [productsHidden],
  handle:
    ({ products }: { products: Products }) =>
    async ({ status, category, featured, q, sort, language, limit, cursor: after }, { caller }) => {
      const isOfTheShop = status === "published" && q === undefined && sort === "name"
      if (!isOfTheShop && !hasRole(caller, CATALOG_WRITE)) return productsHidden()
      const filter = {
        ...(status !== "any" && { status }),
        ...(category !== undefined && { category }),
        ...(featured !== undefined && { featured }),
        ...(q !== undefined && { text: q }),
      }
      const [found, total] = await Promise.all([
        products.list(filter, { sort, limit: limit + 1, language, ...(after && { after }) }),
        products.count(filter),
      ])
      const page = found.slice(0, limit)
      const last = page.at(-1)
      const more = found.length > limit && last
      return {
        items: page.map(({ cursor: _, ...card }) => card),
        total,
        nextCursor: more ? cursor.encode({ sort, ...last.cursor }) : null,
      }
    },
})
