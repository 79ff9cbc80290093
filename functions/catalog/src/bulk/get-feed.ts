import { useCase } from "@eshop/building-blocks/app/use-case"
import { ancestorsOf } from "@eshop/domain/catalog/category"
import { FeedItem, feedItemsOf } from "@eshop/domain/catalog/feed"
import { DEFAULT_LANGUAGE, Language } from "@eshop/domain/kernel/localised-text"
import * as z from "zod"
import type { Categories } from "../categories/ports.ts"
import type { Stock } from "../stock/ports.ts"
import type { BulkProducts } from "./ports.ts"
import { bulkPageSize, levelsOf, productCursor, productPage } from "./product-pages.ts"

type Ports = { readonly bulk: BulkProducts; readonly categories: Categories; readonly stock: Stock }

/** The published variants for agents and marketplaces, whose pages are those of one site. */
export const getFeed = useCase("catalog.get-feed", {
  input: z.strictObject({
    site: z
      .string()
      .max(200)
      .regex(/^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/)
      .describe("Where the shop's pages and pictures are: `https://shop.example`"),
    language: Language.default(DEFAULT_LANGUAGE),
    limit: bulkPageSize,
    cursor: productCursor.schema.optional(),
  }),
  result: z.strictObject({ lines: z.array(FeedItem), nextCursor: z.string().nullable() }),
  handle:
    ({ bulk, categories, stock }: Ports) =>
    async ({ site, language, limit, cursor: after }, call) => {
      const all = new Map((await categories.all()).categories.map((category) => [category.id, category]))
      const categoryNames = (id: string) =>
        [id, ...ancestorsOf(all, id)]
          .reverse()
          .map((one) => all.get(one)?.name)
          .filter((name) => name !== undefined)
      return await productPage(bulk, { after, limit, status: "published" }, async (products) => {
        const levels = await levelsOf(stock, products, call)
        return products.flatMap((product) =>
          feedItemsOf(product, {
            ...{ site, language, categoryNames, at: call.now },
            levels: levels.get(product.id) ?? [],
          }),
        )
      })
    },
})
