import type { Tx } from "@eshop/building-blocks/app/call"
import type { ProductCard } from "@eshop/domain/catalog/card"
import type { Vocabulary } from "@eshop/domain/catalog/typos"

/** Those that documents are made in. What is there in another one only is found in English. */
export const SEARCH_LANGUAGES = ["en", "de"] as const
export type SearchLanguage = (typeof SEARCH_LANGUAGES)[number]

/** One thing that has to be found: by any of these words. */
export type Term = {
  /** It must not be found. */
  readonly not: boolean
  readonly any: readonly {
    /** All of the words; the words one after the other; a word that begins so. */
    readonly kind: "all" | "phrase" | "prefix"
    readonly words: string
  }[]
}

/** Members of one list are alternatives; every list that is there has to be met. */
export type SearchFilters = {
  /** Ids or slugs; what lies under them too. */
  readonly category?: readonly string[] | undefined
  readonly brand?: readonly string[] | undefined
  /** Minor units, inclusive. */
  readonly minPrice?: number | undefined
  readonly maxPrice?: number | undefined
  /** Values by name of an attribute or option. */
  readonly attributes?: ReadonlyMap<string, readonly string[]> | undefined
  readonly inStock?: boolean | undefined
}

export const SEARCH_SORTS = ["relevance", "price-asc", "price-desc", "name", "newest"] as const
export type SearchSort = (typeof SEARCH_SORTS)[number]

/** Where a page begins: behind this hit. Every order ascends, first by stage: what was meant, then what may be meant. */
export type SearchPosition = { readonly stage: number; readonly key: number | string; readonly id: string }

export type SearchRequest = {
  /** Of the documents, */
  readonly language: SearchLanguage
  /** and of the cards: any language. */
  readonly shownIn: string
  /** None: everything is found. */
  readonly terms: readonly Term[]
  /** The terms without what misspelt words may have meant; absent: nothing is taken for misspelt. */
  readonly exact?: readonly Term[] | undefined
  readonly filters: SearchFilters
  readonly sort: SearchSort
  readonly after?: SearchPosition | undefined
  readonly limit: number
}

/** How many hits have a value, of those that meet all filters but the ones on the value's own dimension. */
export type FacetCount = {
  /** `category`, `brand`, `price` (an index into PRICE_STEPS), `stock`, or `attributes.` and a name. */
  readonly dimension: string
  readonly value: string
  readonly count: number
  /** What the category is called in the language, and where it lies. */
  readonly category?: { readonly slug: string; readonly name: string; readonly parentId: string | null }
}

export type SearchAnswer = {
  readonly hits: readonly (ProductCard & { readonly position: SearchPosition })[]
  readonly total: number
  readonly facets: readonly FacetCount[]
  /** Of what meets all filters but those on the price; null where nothing does. */
  readonly lowestPrice: number | null
  readonly highestPrice: number | null
}

/** From here on begins another range of prices, in minor units. */
export const PRICE_STEPS = [25_00, 50_00, 100_00, 250_00, 500_00, 1_000_00]

export type Suggestion = {
  readonly kind: "category" | "brand" | "product"
  readonly text: string
  /** Of the category or product. */
  readonly id?: string
  readonly slug?: string
}

export type Search = {
  find(request: SearchRequest): Promise<SearchAnswer>
  /** The words that are known; new ones a little later. */
  vocabulary(language: SearchLanguage): Promise<Vocabulary>
  /** Categories and brands of which a word, and products of whose name all words begin so; new ones a little later. */
  suggest(words: readonly string[], language: SearchLanguage): Promise<readonly Suggestion[]>
}

/** What others tell the search: that what it shows of products may have changed. */
export type SearchIndex = {
  /**
   * Makes the entries of these products anew from what the transaction sees, and takes away those of products that are
   * not to be found any more. Locks the entries until the transaction ends: call it once, as one of the last steps, with
   * at most 500 products.
   */
  refresh(tx: Tx, productIds: readonly string[]): Promise<void>
}

/** The search's own upkeep. */
export type SearchUpkeep = SearchIndex & {
  /** Marks products: their entries are made anew soon after the commit. For who changes many at once. */
  mark(tx: Tx, productIds: readonly string[]): Promise<void>
  /** Marks every product. @returns how many there are */
  markAll(tx: Tx): Promise<number>
  /** Takes marked products, which nobody else takes until the transaction ends. */
  takeMarked(tx: Tx, limit: number): Promise<readonly string[]>
  marked(): Promise<number>
  /** Lets the store know how large the tables are that entries are made of: they may just have grown. */
  gatherStatistics(): Promise<void>
}
