import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type pg from "pg"
import { PRICE_STEPS, type SearchUpkeep } from "../search/ports.ts"

/** Tells the locks on entries from other advisory locks. */
const SEARCH_LOCK = 7_461_004

/** Of so many products the statements are planned once. */
const FEW = 20

// Products that are to be found, with what they are found by. The prices of each variant are looked up by index, whatever is
// known of tables that have just grown. $1: product ids, $2: where ranges of prices begin.
const source = `
  shown AS MATERIALIZED (
    SELECT product.*, offer.*
    FROM product CROSS JOIN LATERAL (
      SELECT min(amount) AS amount, min(currency) AS currency, jsonb_agg(options) AS options,
             bool_or(backorder OR EXISTS (SELECT FROM stock WHERE stock.sku = variant.sku AND on_hand > reserved))
               AS in_stock
      FROM variant CROSS JOIN LATERAL (
        SELECT min(price.amount) AS amount, min(price.currency) AS currency
        FROM price WHERE price.sku = variant.sku AND superseded_at IS NULL
          AND price.min_quantity = 1 AND customer_group IS NULL
          AND (valid_from IS NULL OR valid_from <= now()) AND (valid_until IS NULL OR valid_until > now())) AS lowest
      WHERE product_id = product.id AND place IS NOT NULL AND lowest.amount IS NOT NULL) offer
    WHERE id = ANY ($1::uuid[]) AND status = 'published' AND amount IS NOT NULL
  ), attribute AS (
    SELECT id, key AS name, value, jsonb_typeof(raw) AS type
    FROM shown, jsonb_each(attributes) AS one (key, raw),
         jsonb_array_elements_text(CASE jsonb_typeof(raw) WHEN 'array' THEN raw ELSE jsonb_build_array(raw) END)
           AS said (value)
    UNION
    SELECT id, key, value, 'string'
    FROM shown, jsonb_array_elements(options) AS variant (chosen), jsonb_each_text(chosen)
  ), said AS (
    -- Of what is true the name, of what is a number nothing: \`wireless\`, but no \`screen inches\`.
    SELECT id, string_agg(CASE type WHEN 'boolean' THEN replace(name, '-', ' ') ELSE value END, '. ') AS said
    FROM attribute WHERE type <> 'number' AND (type <> 'boolean' OR value = 'true') GROUP BY id
  ), place AS (
    SELECT shown.id, string_agg(category.name->>'en', '. ') AS en,
           string_agg(coalesce(category.name->>'de', category.name->>'en'), '. ') AS de
    FROM shown JOIN category ON category.id = ANY (category_path) GROUP BY shown.id
  ), facet AS (
    SELECT id, 'attributes.' || name AS dimension, value FROM attribute
    UNION SELECT id, 'category', unnest(category_path)::text FROM shown
    UNION SELECT id, 'brand', brand FROM shown WHERE brand IS NOT NULL
    UNION SELECT id, 'price', width_bucket(amount, $2::bigint[])::text FROM shown
    UNION SELECT id, 'stock', in_stock::text FROM shown
  )`

/** Texts of products in a language, by what they weigh. */
const textsIn = (language: string) => `
  SELECT id, coalesce(name->>'${language}', name->>'en') AS name, concat_ws('. ', brand, place.${language}) AS place,
         said, coalesce(description->>'${language}', description->>'en') AS description
  FROM shown LEFT JOIN said USING (id) LEFT JOIN place USING (id)`

const documentOf = (language: string) => `
  setweight(to_tsvector('search_${language}', name), 'A') || setweight(to_tsvector('search_${language}', place), 'B')
  || setweight(to_tsvector('search_${language}', coalesce(said, '')), 'C')
  || setweight(to_tsvector('search_${language}', left(description, 2000)), 'D')`

const wordsIn = (language: string) => `
  SELECT '${language}' AS language, unnest(tsvector_to_array(to_tsvector('simple', concat_ws(' ', name, place, said))))
         AS word
  FROM (${textsIn(language)}) AS text_${language}`

// Sorted, so that two that add the same wait for each other and never deadlock.
const addMissing = `
  WITH ${source}, facets AS (
    INSERT INTO search_facet (dimension, value)
    SELECT DISTINCT dimension, value FROM facet
    WHERE NOT EXISTS (SELECT FROM search_facet known
                      WHERE known.dimension = facet.dimension AND known.value = facet.value)
    ORDER BY dimension, value ON CONFLICT DO NOTHING)
  INSERT INTO search_word (language, word)
  SELECT DISTINCT language, word FROM (${wordsIn("en")} UNION ${wordsIn("de")}) AS said
  WHERE word ~ '^[[:alpha:]]{4,40}$'
    AND NOT EXISTS (SELECT FROM search_word known WHERE known.language = said.language AND known.word = said.word)
  ORDER BY language, word ON CONFLICT DO NOTHING`

// An entry that would be the same stays: writing it costs all of its indexes.
const upsert = `
  WITH ${source}, counted AS MATERIALIZED (
    SELECT facet.id, array_agg(known.id ORDER BY known.id) AS facets
    FROM facet JOIN search_facet known USING (dimension, value) GROUP BY facet.id
  ), put AS (
  INSERT INTO search_entry (product_id, amount, currency, in_stock, facets, name_en, name_de, document_en, document_de)
  SELECT id, amount, currency, in_stock, facets, unaccent(lower(en.name)), unaccent(lower(de.name)), en.document,
         de.document
  FROM shown
  JOIN (SELECT id, name, ${documentOf("en")} AS document FROM (${textsIn("en")}) AS text) AS en USING (id)
  JOIN (SELECT id, name, ${documentOf("de")} AS document FROM (${textsIn("de")}) AS text) AS de USING (id)
  JOIN counted USING (id)
  ORDER BY id
  ON CONFLICT (product_id) DO UPDATE
  SET amount = excluded.amount, currency = excluded.currency, in_stock = excluded.in_stock,
      facets = excluded.facets, name_en = excluded.name_en, name_de = excluded.name_de,
      document_en = excluded.document_en, document_de = excluded.document_de
  WHERE (search_entry.amount, search_entry.currency, search_entry.in_stock, search_entry.facets, search_entry.name_en,
         search_entry.name_de, search_entry.document_en, search_entry.document_de)
        IS DISTINCT FROM (excluded.amount, excluded.currency, excluded.in_stock, excluded.facets, excluded.name_en,
                          excluded.name_de, excluded.document_en, excluded.document_de))
  SELECT id FROM shown`

/** The upkeep of what the search finds. @param marked hears of marked products */
export const postgresSearchIndex = (pool: pg.Pool, marked: () => void = () => {}): SearchUpkeep => ({
  async refresh(tx, productIds) {
    const connection = inTransaction(tx)
    // Whoever comes second reads what the first one has committed: each statement sees what is committed when it begins.
    // A lock on the product itself would also wait for whoever changes it and wants the stock.
    await connection.query({
      name: "search-lock",
      text: `SELECT pg_advisory_xact_lock($2, lock) FROM (
               SELECT DISTINCT hashtext(id::text) AS lock FROM unnest($1::uuid[]) AS id ORDER BY lock) AS locks`,
      values: [productIds, SEARCH_LOCK],
    })
    const values = [productIds, PRICE_STEPS]
    // For many they are planned each time: a plan that is kept may be of a time when the tables were small.
    const named = (name: string) => (productIds.length > FEW ? {} : { name })
    await connection.query({ ...named("search-add-missing"), text: addMissing, values })
    const { rows } = await connection.query<{ id: string }>({
      ...named("search-upsert"),
      text: upsert,
      values,
    })
    await connection.query({
      name: "search-remove",
      text: "DELETE FROM search_entry WHERE product_id = ANY ($1::uuid[]) AND product_id <> ALL ($2::uuid[])",
      values: [productIds, rows.map(({ id }) => id)],
    })
  },

  async mark(tx, productIds) {
    afterCommit(tx, marked)
    await inTransaction(tx).query({
      name: "search-mark",
      text: `INSERT INTO search_stale SELECT unnest($1::uuid[]) AS product_id ORDER BY product_id
             ON CONFLICT DO NOTHING`,
      values: [productIds],
    })
  },

  async markAll(tx) {
    afterCommit(tx, marked)
    const { rows } = await inTransaction(tx).query<{ count: number }>(
      `WITH marked AS (INSERT INTO search_stale SELECT id FROM product ORDER BY id ON CONFLICT DO NOTHING)
       SELECT count(*) FROM product`,
    )
    return rows[0]?.count ?? 0
  },

  async takeMarked(tx, limit) {
    const { rows } = await inTransaction(tx).query<{ product_id: string }>({
      name: "search-take-marked",
      text: `DELETE FROM search_stale WHERE product_id IN (
               SELECT product_id FROM search_stale ORDER BY product_id LIMIT $1 FOR UPDATE SKIP LOCKED)
             RETURNING product_id`,
      values: [limit],
    })
    return rows.map((row) => row.product_id)
  },

  async gatherStatistics() {
    await pool.query("ANALYZE product, variant, price, stock, search_facet, search_word")
  },

  async marked() {
    const { rows } = await pool.query<{ count: number }>("SELECT count(*) FROM search_stale")
    return rows[0]?.count ?? 0
  },
})
