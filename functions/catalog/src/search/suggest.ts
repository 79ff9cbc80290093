import { useCase } from "@eshop/building-blocks/app/use-case"
import { Slug } from "@eshop/domain/catalog/slug"
import { DEFAULT_LANGUAGE, Language } from "@eshop/domain/kernel/localised-text"
import * as z from "zod"
import type { Search } from "./ports.ts"
import { beginningsOf, searchLanguageOf } from "./search-text.ts"

/** What a shopper who has typed so far may be about to type: categories, brands and products, ten at the most. */
export const suggest = useCase("catalog.suggest", {
  input: z.strictObject({
    q: z.string().max(100).describe("What was typed so far"),
    language: Language.default(DEFAULT_LANGUAGE),
  }),
  result: z.strictObject({
    items: z
      .array(
        z.strictObject({
          kind: z.enum(["category", "brand", "product"]),
          text: z.string(),
          id: z.uuid().optional().describe("Of the category or product"),
          slug: Slug.optional().describe("Of the category or product"),
        }),
      )
      .max(10),
  }),
  handle:
    ({ search }: { search: Search }) =>
    async ({ q, language }) => {
      const words = beginningsOf(q)
      if (words.length === 0) return { items: [] }
      return { items: [...(await search.suggest(words, searchLanguageOf(language)))] }
    },
})
