import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize, wholeNumber } from "@eshop/building-blocks/http/query"
import { ProductCard } from "@eshop/domain/catalog/card"
import { ProductId } from "@eshop/domain/kernel/ids"
import { DEFAULT_LANGUAGE, Language } from "@eshop/domain/kernel/localised-text"
import * as z from "zod"
import { Facets, facetsOf } from "./facets.ts"
import { SEARCH_SORTS, type Search, type SearchAnswer, type SearchRequest } from "./ports.ts"
import { attributeList, valueList } from "./query-lists.ts"
import { correctionOf, searchLanguageOf, termsOf } from "./search-text.ts"

/** With fewer hits than this, words that the catalogue does not know are taken for misspelt. */
const ENOUGH = 5
const amount = wholeNumber({ min: 0, max: 1_000_000_000_000 })

const Position = z.strictObject({
  sort: z.enum(SEARCH_SORTS),
  /** Whether the page before held what misspelt words may have meant: so does the next. */
  typos: z.boolean(),
  stage: z.union([z.literal(0), z.literal(1)]),
  key: z.union([z.int(), z.string().max(400)]),
  id: ProductId,
})
const cursor = cursorOf("search", Position)

const input = z
  .strictObject({
    q: z
      .string()
      .max(200)
      .default("")
      .describe("Words, “phrases in quotes”, and -words that must not be there"),
    category: valueList.optional().describe("Ids or slugs; what lies under them too"),
    brand: valueList.optional(),
    minPrice: amount.optional().describe("Minor units, inclusive"),
    maxPrice: amount.optional().describe("Minor units, inclusive"),
    attributes: attributeList
      .optional()
      .describe(
        "Attributes and options: colour:Black,White;storage:128 GB; a backslash escapes , ; : and itself",
      ),
    inStock: z
      .stringbool({ truthy: ["true"], falsy: ["false"] })
      .optional()
      .meta({ override: { type: "boolean" } }),
    sort: z.enum(SEARCH_SORTS).default("relevance").describe("relevance without a text: newest"),
    language: Language.default(DEFAULT_LANGUAGE),
    limit: pageSize,
    cursor: cursor.schema.optional(),
  })
  .refine(
    ({ cursor: at, sort }) =>
      !at || (at.sort === sort && typeof at.key === (sort === "name" ? "string" : "number")),
    { path: ["cursor"], error: "Not a cursor of this order" },
  )

type Input = z.output<typeof input>

/**
 * Products that a text finds, page by page, and what they may be filtered by. Where the text finds too little, words
 * that the catalogue does not know are taken for those that are near them, behind what was found exactly.
 */
export const searchProducts = useCase("catalog.search-products", {
  input,
  result: z.strictObject({
    items: z.array(ProductCard),
    total: z.int().min(0),
    nextCursor: z.string().nullable(),
    didYouMean: z.string().optional().describe("The text as it may have been meant"),
    facets: Facets,
  }),
  handle:
    ({ search }: { search: Search }) =>
    async (asked) => {
      const request = requestOf(asked)
      const exact = asked.cursor?.typos ? undefined : await search.find(request)
      const found = exact && exact.total >= ENOUGH ? undefined : await findMisspelt(search, asked, request)
      const answer = found?.answer ?? exact ?? (await search.find(request))
      const items = answer.hits.slice(0, asked.limit)
      const last = items.at(-1)
      const more = answer.hits.length > asked.limit && last
      const position = { sort: asked.sort, typos: found !== undefined, ...last?.position }
      return {
        items: items.map(({ position: _, ...card }) => card),
        total: answer.total,
        nextCursor: more ? cursor.encode(position as z.input<typeof Position>) : null,
        ...(found && answer.total > (exact?.total ?? 0) && { didYouMean: found.text }),
        facets: facetsOf(answer, asked),
      }
    },
})

function requestOf(asked: Input): SearchRequest {
  const language = searchLanguageOf(asked.language)
  return {
    language,
    shownIn: asked.language,
    terms: termsOf(asked.q, language),
    filters: asked,
    sort: asked.sort,
    after: asked.cursor,
    limit: asked.limit + 1,
  }
}

/** What is found when unknown words are taken for known ones; undefined where there is nothing to take them for. */
async function findMisspelt(
  search: Search,
  { q }: Input,
  request: SearchRequest,
): Promise<{ answer: SearchAnswer; text: string } | undefined> {
  if (request.terms.length === 0) return undefined
  const correction = correctionOf(q, request.language, await search.vocabulary(request.language))
  if (!correction) return undefined
  const { terms, text } = correction
  return { answer: await search.find({ ...request, terms, exact: request.terms }), text }
}
