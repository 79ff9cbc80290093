import { remember } from "@eshop/building-blocks/remember"
import { type Vocabulary, vocabularyOf } from "@eshop/domain/catalog/typos"
import type pg from "pg"
import type {
  FacetCount,
  Search,
  SearchAnswer,
  SearchLanguage,
  SearchPosition,
  SearchRequest,
  Suggestion,
} from "../search/ports.ts"
import { type CardRow, toCard } from "./postgres-product-list.ts"
import { searchStatement, wholeStatement } from "./search-statement.ts"

/**
 * How old in milliseconds may be what reads much: the counts over the whole catalogue and suggestions, and the words
 * that are known.
 */
const AGES = { wholeMs: 10_000, vocabularyMs: 60_000 }

/** From so many hits on, counts are remembered; of so many searches at the most. */
const WIDE = 2_000
const MAX_REMEMBERED = 500

type AnswerRow = {
  hits: (CardRow & { stage: number; key: number | string })[] | null
  total: number | null
  lowest: number | null
  highest: number | null
  facets: (Omit<FacetCount, "category"> & { category: FacetCount["category"] | null })[] | null
}

/** Shorter beginnings are begun by too many words: they are looked for at the beginning of names alone. */
const SHORT = 3

/** $2: each typed word as a word of names, the last as a beginning; also by its stem, which is what a document keeps of it. */
const begun = (language: SearchLanguage) => `(
  SELECT string_agg('(' || (to_tsquery('search_plain', word) || to_tsquery('search_${language}', word))::text || ')', ' & ')::tsquery
  FROM unnest($2::text[]) AS word)`

// Places first: there are few. $1: the words as they were typed.
const suggestions = (language: SearchLanguage, short: boolean) => `
  (SELECT kind, id, slug, text FROM (
     SELECT 'category' AS kind, category.id, slug, coalesce(name->>'${language}', name->>'en') AS text,
            search_facet.id AS facet
     FROM category JOIN search_facet ON dimension = 'category' AND value = category.id::text
     UNION ALL SELECT 'brand', NULL, NULL, value, id FROM search_facet WHERE dimension = 'brand') AS place
   WHERE ' ' || unaccent(lower(text)) LIKE '% ' || $1 || '%'
     AND EXISTS (SELECT FROM search_entry WHERE facets @> ARRAY[facet])
   ORDER BY kind DESC, length(text), text LIMIT 4)
  UNION ALL
  (SELECT 'product', product.id, slug, coalesce(name->>'${language}', name->>'en')
   FROM (SELECT product_id, in_stock, name_${language} AS sort FROM search_entry
         WHERE ${short ? `name_${language} LIKE $1 || '%'` : `document_${language} @@ ${begun(language)}`}
         LIMIT 50) AS found
   JOIN product ON product.id = product_id
   ORDER BY in_stock DESC, length(sort), sort LIMIT 6)`

type Counts = Omit<SearchAnswer, "hits">

/**
 * The counts of searches that find much, for a while: counting 60,000 hits takes long, and whether a category holds
 * 20,312 or 20,313 nobody minds for ten seconds. Who asks the same meanwhile waits for the counts that are on their way.
 */
function wideCounts(forMs: number) {
  const counts = new Map<string, { readonly until: number; readonly counts: Promise<Counts | undefined> }>()
  const keyOf = ({ language, terms, exact, filters }: SearchRequest): string => {
    const { category, brand, minPrice, maxPrice, attributes, inStock } = filters
    const all = [category, brand, minPrice, maxPrice, [...(attributes ?? [])], inStock]
    return JSON.stringify([language, terms, exact, all])
  }
  return {
    async of(request: SearchRequest): Promise<Counts | undefined> {
      const known = counts.get(keyOf(request))
      return known && known.until > Date.now() ? await known.counts : undefined
    },

    remember(request: SearchRequest, answer: Promise<SearchAnswer>): void {
      const key = keyOf(request)
      const wide = answer.then(
        ({ hits: _, ...own }) => {
          if (own.total < WIDE) counts.delete(key)
          return own
        },
        () => {
          counts.delete(key)
          return undefined
        },
      )
      counts.delete(key)
      counts.set(key, { until: Date.now() + forMs, counts: wide })
      // The oldest goes.
      const [first] = counts.keys()
      if (counts.size > MAX_REMEMBERED && first !== undefined) counts.delete(first)
    },
  }
}

const facetsOf = ({ facets }: Pick<AnswerRow, "facets">): FacetCount[] =>
  (facets ?? []).map(({ category, ...facet }) => ({ ...facet, ...(category && { category }) }))

/** Takes the counts of what one filter alone ignores from the whole catalogue's. */
function complete(own: Counts, whole: Counts, dimension: string): Counts {
  if (dimension === "all") return whole
  const facets = own.facets.filter((facet) => facet.dimension !== dimension)
  const prices = dimension === "price" ? whole : own
  return {
    total: own.total,
    facets: [...facets, ...whole.facets.filter((facet) => facet.dimension === dimension)],
    lowestPrice: prices.lowestPrice,
    highestPrice: prices.highestPrice,
  }
}

const countsOf = (row: AnswerRow): Counts => ({
  total: row.total ?? 0,
  facets: facetsOf(row),
  lowestPrice: row.lowest,
  highestPrice: row.highest,
})

/**
 * The search on PostgreSQL.
 * @param ages how old what every search needs may be, in milliseconds
 */
export function postgresSearch(pool: pg.Pool, ages = AGES): Search {
  const whole = remember<Counts>(
    async (language) => {
      const { rows } = await pool.query<AnswerRow>(wholeStatement(language as SearchLanguage))
      return countsOf(rows[0] as AnswerRow)
    },
    { forMs: ages.wholeMs, max: MAX_REMEMBERED },
  )
  const vocabulary = remember<Vocabulary>(
    async (language) => {
      const { rows } = await pool.query<{ words: string[] | null }>(
        "SELECT array_agg(word) AS words FROM search_word WHERE language = $1",
        [language],
      )
      return vocabularyOf(rows[0]?.words ?? [])
    },
    { forMs: ages.vocabularyMs, max: MAX_REMEMBERED },
  )

  const wide = wideCounts(ages.wholeMs)
  // Shoppers type the same beginnings, and one of three letters may be that of sixty thousand names.
  const suggested = remember<readonly Suggestion[]>(
    async (key) => {
      const [language = "", ...words] = key.split(" ")
      const typed = words.join(" ")
      const short = typed.length < SHORT
      const { rows } = await pool.query<Suggestion & { id: string | null; slug: string | null }>({
        name: `search-suggest-${language}${short ? "-short" : ""}`,
        text: suggestions(language as SearchLanguage, short),
        values: short
          ? [typed]
          : [typed, words.map((word, at) => `${word}:${at === words.length - 1 ? "*" : ""}A`)],
      })
      return rows.map(({ kind, text, id, slug }) => ({
        kind,
        text,
        ...(id && { id }),
        ...(slug && { slug }),
      }))
    },
    { forMs: ages.wholeMs, max: MAX_REMEMBERED },
  )

  async function ask(request: SearchRequest, withCounts: boolean): Promise<SearchAnswer> {
    const { query, countedElsewhere } = searchStatement(request, withCounts)
    const [{ rows }, all] = await Promise.all([
      pool.query<AnswerRow>(query),
      countedElsewhere === undefined ? undefined : whole.get(request.language),
    ])
    const row = rows[0] as AnswerRow
    const own = countsOf(row)
    const hits = (row.hits ?? []).map(({ stage, key, ...card }) => {
      const position: SearchPosition = { stage, key, id: card.id }
      return { ...toCard(card, request.shownIn), position }
    })
    return { hits, ...(countedElsewhere && all ? complete(own, all, countedElsewhere) : own) }
  }

  return {
    vocabulary: (language) => vocabulary.get(language),

    async find(request) {
      const known = await wide.of(request)
      if (known) return { ...known, hits: (await ask(request, false)).hits }
      const answer = ask(request, true)
      wide.remember(request, answer)
      return await answer
    },

    suggest: (words, language) => suggested.get(`${language} ${words.join(" ")}`),
  }
}
