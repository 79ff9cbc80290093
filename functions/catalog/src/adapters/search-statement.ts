import { createHash } from "node:crypto"
import type { SearchLanguage, SearchRequest, SearchSort } from "../search/ports.ts"

/** Values of one dimension that are counted, at the most; of categories all that a tree has. */
const VALUES = 50
const CATEGORIES = 500
/** What a word weighs in a description, an attribute, a brand or category, and a name. */
const WEIGHTS = "'{0.05, 0.2, 0.4, 1}'"

/** A filter as a condition on an entry, and the dimension whose counts ignore it. */
type Filter = { readonly dimension: string; readonly condition: string }

/** A statement of one row: see `postgres-search.ts`. */
export type SearchStatement = {
  readonly query: { readonly name: string; readonly text: string; readonly values: unknown[] }
  /** The dimension whose values are counted over the whole catalogue; "all" where every one is. */
  readonly countedElsewhere: string | undefined
}

const keyOf = (language: SearchLanguage, hasTerms: boolean): Record<SearchSort, string> => {
  const document = `document_${language}`
  return {
    relevance: hasTerms
      ? `-(ts_rank(${WEIGHTS}, ${document}, (SELECT query FROM asked), 1) * 1000000)::integer`
      : "newness",
    "price-asc": "amount",
    "price-desc": "-amount",
    name: `name_${language}`,
    newest: "newness",
  }
}
const keyType: Record<SearchSort, string> = {
  relevance: "bigint",
  "price-asc": "bigint",
  "price-desc": "bigint",
  name: "text",
  newest: "bigint",
}

/** Makes a tsquery of terms as JSON; null where nothing of them is a word. @param parameter `$1` */
const tsquery = (parameter: string, language: SearchLanguage) => `(
  SELECT string_agg(CASE WHEN (term->>'not')::boolean THEN '!' ELSE '' END || '(' || words || ')', ' & ')::tsquery
  FROM jsonb_array_elements(${parameter}::jsonb) AS term, LATERAL (
    SELECT string_agg('(' || query::text || ')', ' | ') AS words
    FROM jsonb_to_recordset(term->'any') AS one (kind text, words text), LATERAL (
      SELECT CASE kind WHEN 'prefix' THEN to_tsquery('search_plain', one.words || ':*')
                       WHEN 'phrase' THEN phraseto_tsquery('search_${language}', one.words)
                       ELSE plainto_tsquery('search_${language}', one.words) END AS query) AS parsed
    WHERE numnode(query) > 0) AS alternatives
  WHERE words IS NOT NULL)`

function filtersOf({ filters }: SearchRequest, bind: (value: unknown) => string): Filter[] {
  const { category, brand, minPrice, maxPrice, attributes, inStock } = filters
  // Without a value that anything has, nothing meets the filter.
  const oneOf = (dimension: string, values: readonly string[]): Filter => ({
    dimension,
    condition: `facets && coalesce((SELECT array_agg(id) FROM search_facet WHERE dimension = ${bind(dimension)}
                AND value = ANY (${bind(values)}::text[])), '{}')`,
  })
  const list: Filter[] = []
  if (category)
    list.push({
      dimension: "category",
      condition: `facets && coalesce((SELECT array_agg(id) FROM search_facet WHERE dimension = 'category' AND value IN (
                    SELECT id::text FROM category WHERE slug = ANY (${bind(category)}::text[])
                      OR id::text = ANY (${bind(category)}::text[]))), '{}')`,
    })
  if (brand) list.push(oneOf("brand", brand))
  if (minPrice !== undefined || maxPrice !== undefined)
    list.push({
      dimension: "price",
      condition: `amount BETWEEN ${bind(minPrice ?? 0)}::bigint AND ${bind(maxPrice ?? Number.MAX_SAFE_INTEGER)}::bigint`,
    })
  if (inStock !== undefined) list.push(oneOf("stock", [String(inStock)]))
  for (const [name, values] of attributes ?? []) list.push(oneOf(`attributes.${name}`, values))
  return list
}

/** Which filters an entry does not meet, one bit for each. */
const missesOf = (filters: readonly Filter[]): string =>
  filters.length === 0
    ? "0"
    : filters.map(({ condition }, bit) => `CASE WHEN ${condition} THEN 0 ELSE ${1 << bit} END`).join(" | ")

/** The bit of the filter on a facet's dimension. */
const bitOf = (filters: readonly Filter[], bind: (value: unknown) => string): string =>
  filters.length === 0
    ? "0"
    : `CASE dimension ${filters.map(({ dimension }, bit) => `WHEN ${bind(dimension)} THEN ${1 << bit}`).join(" ")} ELSE 0 END`

/** The counts by dimension as they are answered. `counted` has dimension, value and count. */
const facetsAsJson = (language: SearchLanguage) => `(
  SELECT json_agg(json_build_object('dimension', dimension, 'value', value, 'count', count,
           'category', CASE WHEN category.id IS NOT NULL THEN json_build_object(
             'slug', category.slug, 'parentId', parent_id,
             'name', coalesce(category.name->>'${language}', category.name->>'en')) END)
           ORDER BY dimension, best.place)
  FROM (SELECT *, row_number() OVER (PARTITION BY dimension ORDER BY count DESC, value) AS place FROM counted) AS best
  LEFT JOIN category ON dimension = 'category' AND category.id::text = value
  WHERE best.place <= CASE dimension WHEN 'category' THEN ${CATEGORIES} ELSE ${VALUES} END)`

/** The statement that counts the values of the whole catalogue. */
export const wholeStatement = (language: SearchLanguage) => ({
  name: `search-whole-${language}`,
  text: `
    WITH counted AS (
      SELECT dimension, value, count
      FROM (SELECT id, count(*)::integer AS count FROM (SELECT unnest(facets) AS id FROM search_entry) AS facet
            GROUP BY id) AS number
      JOIN search_facet USING (id)
    )
    SELECT count(*) AS total, min(amount) AS lowest, max(amount) AS highest, ${facetsAsJson(language)} AS facets
    FROM search_entry`,
})

/**
 * Which entries are looked at. A value's count ignores the filters on its own dimension, so an entry counts also where
 * it misses one filter and no more; where a filter is all that is asked for, its dimension is counted elsewhere.
 */
function candidatesOf(request: SearchRequest, filters: readonly Filter[], withCounts: boolean): string {
  const conditions = filters.map(({ condition }) => `(${condition})`)
  const found = request.terms.length > 0 ? [`document_${request.language} @@ (SELECT query FROM asked)`] : []
  if (!withCounts) return [...found, ...conditions].join(" AND ") || "true"
  return found[0] ?? (conditions.join(" OR ") || "true")
}

/**
 * The statement that finds a page of hits and, where they are not known yet, their number and the counts of what they
 * may be filtered by.
 */
export function searchStatement(request: SearchRequest, withCounts: boolean): SearchStatement {
  const values: unknown[] = []
  const bind = (value: unknown) => `$${values.push(value)}`
  const { language, terms, exact, sort, after, limit } = request
  const hasTerms = terms.length > 0
  const asked = hasTerms
    ? `asked AS MATERIALIZED (SELECT ${tsquery(bind(JSON.stringify(terms)), language)} AS query${
        exact ? `, ${tsquery(bind(JSON.stringify(exact)), language)} AS exact` : ""
      }),`
    : ""
  const stage = exact
    ? `CASE WHEN document_${language} @@ coalesce((SELECT exact FROM asked), '') THEN 0 ELSE 1 END`
    : "0"
  const filters = filtersOf(request, bind)
  const key = keyOf(language, hasTerms)[sort]
  const everything = !hasTerms && filters.length === 0
  const counts = withCounts && !everything
  const single = !counts || (!hasTerms && filters.length < 2)
  const countable = single ? [0] : [0, ...filters.map((_, bit) => 1 << bit)]
  const misses = missesOf(filters)
  const entries = `
    SELECT product_id, facets, amount, ${stage} AS stage, ${key} AS key, ${single ? "0" : misses} AS misses
    FROM search_entry WHERE ${candidatesOf(request, filters, counts)}`
  const behind = after
    ? `AND (stage, key, product_id) > (${bind(after.stage)}::integer, ${bind(after.key)}::${keyType[sort]}, ${bind(after.id)}::uuid)`
    : ""
  const price = filters.findIndex(({ dimension }) => dimension === "price")
  const text = `
    WITH ${asked} hit AS ${counts ? "" : "NOT "}MATERIALIZED (
      SELECT * FROM (${entries}) AS entry WHERE misses IN (${countable})
    ), page AS MATERIALIZED (
      SELECT product_id, stage, key FROM hit WHERE misses = 0 ${behind}
      ORDER BY ${exact ? "stage, " : ""}key, product_id LIMIT ${bind(limit)}
    ), counted AS (
      SELECT dimension, value, sum(count)::integer AS count
      FROM (SELECT id, misses, count(*) AS count
            FROM (SELECT unnest(facets) AS id, misses FROM hit ${counts ? "" : "WHERE false"}) AS facet
            GROUP BY id, misses) AS number
      JOIN search_facet USING (id)
      WHERE misses = 0 OR misses = ${bitOf(filters, bind)}
      GROUP BY dimension, value
    )
    SELECT (SELECT json_agg(row_to_json(card) ORDER BY ${exact ? "stage, " : ""}key, id) FROM (
              SELECT id, slug, name, brand, images->0 AS image, status, categories, amount, currency, in_stock, stage,
                     key
              FROM page JOIN search_entry USING (product_id) JOIN product ON id = product_id) AS card) AS hits,
           ${
             !counts
               ? "NULL AS total, NULL AS lowest, NULL AS highest"
               : `(SELECT count(*) FROM hit WHERE misses = 0) AS total,
                  (SELECT min(amount) FROM hit WHERE misses IN (0, ${price < 0 ? 0 : 1 << price})) AS lowest,
                  (SELECT max(amount) FROM hit WHERE misses IN (0, ${price < 0 ? 0 : 1 << price})) AS highest`
           },
           ${facetsAsJson(language)} AS facets`
  const name = `search-${createHash("sha1").update(text).digest("base64url").slice(0, 20)}`
  return {
    query: { name, text, values },
    countedElsewhere: everything ? "all" : counts && single ? filters[0]?.dimension : undefined,
  }
}
