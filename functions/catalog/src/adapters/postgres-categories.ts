import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type { Category } from "@eshop/domain/catalog/category"
import type pg from "pg"
import type { Categories, CategoryChange } from "../categories/ports.ts"
import { lockCategoryTree } from "./category-tree-lock.ts"

type CategoryRow = Omit<Category, "parentId"> & { parent_id: string | null }

const toCategory = ({ parent_id, ...category }: CategoryRow): Category => ({
  ...category,
  ...(parent_id !== null && { parentId: parent_id }),
})

const categories = "SELECT id, slug, name, parent_id, position, version FROM category"

const rowOf = ({ id, slug, name, parentId, position, version }: Category) => [
  ...[id, slug, JSON.stringify(name), parentId ?? null, position, version],
]

// In the statement that changes a category, so that no change is without it.
const counted = "WITH tree AS (UPDATE category_tree SET version = version + 1)"

/** @param changed hears of queued changes */
export const postgresCategories = (pool: pg.Pool, changed: () => void = () => {}): Categories => ({
  async find(id) {
    const { rows } = await pool.query<CategoryRow>({
      name: "category-find",
      text: `${categories} WHERE id = $1`,
      values: [id],
    })
    return rows[0] && toCategory(rows[0])
  },

  async treeVersion() {
    const { rows } = await pool.query<{ version: number }>({
      name: "category-tree-version",
      text: "SELECT version FROM category_tree",
    })
    return rows[0]?.version ?? 0
  },

  async all() {
    const { rows } = await pool.query<{ version: number; categories: CategoryRow[] | null }>({
      name: "category-all",
      text: `SELECT version, (SELECT jsonb_agg(c) FROM (${categories}) c) AS categories FROM category_tree`,
    })
    return { version: rows[0]?.version ?? 0, categories: (rows[0]?.categories ?? []).map(toCategory) }
  },

  async lock(tx) {
    await lockCategoryTree(inTransaction(tx), "exclusive")
    const { rows } = await inTransaction(tx).query<CategoryRow>({ name: "category-every", text: categories })
    return new Map(rows.map((row) => [row.id, toCategory(row)]))
  },

  async add(tx, category) {
    await inTransaction(tx).query({
      name: "category-add",
      text: `${counted} INSERT INTO category (id, slug, name, parent_id, position, version)
             VALUES ($1, $2, $3, $4, $5, $6)`,
      values: rowOf(category),
    })
  },

  async save(tx, category) {
    await inTransaction(tx).query({
      name: "category-save",
      text: `${counted} UPDATE category SET slug = $2, name = $3, parent_id = $4, position = $5, version = $6
             WHERE id = $1`,
      values: rowOf(category),
    })
  },

  async remove(tx, id) {
    await inTransaction(tx).query({
      name: "category-remove",
      text: `${counted} DELETE FROM category WHERE id = $1`,
      values: [id],
    })
  },

  async countProducts(tx, id) {
    const { rows } = await inTransaction(tx).query<{ count: number }>({
      name: "category-count-products",
      text: "SELECT count(*) FROM product_category WHERE category_id = $1",
      values: [id],
    })
    return rows[0]?.count ?? 0
  },

  async addMissing(tx, wanted) {
    const { rows } = await inTransaction(tx).query<{ id: string }>(
      "SELECT id FROM category WHERE id = ANY ($1::uuid[])",
      [wanted.map(({ id }) => id)],
    )
    const known = new Set(rows.map(({ id }) => id))
    const missing = wanted.filter(({ id }) => !known.has(id))
    if (missing.length === 0) return
    await lockCategoryTree(inTransaction(tx), "exclusive")
    await inTransaction(tx).query({
      name: "category-add-missing",
      text: `${counted} INSERT INTO category (id, slug, name, parent_id, position, version)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::uuid[], $5::int[], $6::int[])
             ON CONFLICT DO NOTHING`,
      values: [
        missing.map(({ id }) => id),
        missing.map(({ slug }) => slug),
        missing.map(({ name }) => JSON.stringify(name)),
        missing.map(({ parentId }) => parentId ?? null),
        missing.map(({ position }) => position),
        missing.map(({ version }) => version),
      ],
    })
  },

  async queueChange(tx, categoryId) {
    afterCommit(tx, changed)
    await inTransaction(tx).query({
      name: "category-change-queue",
      text: "INSERT INTO category_change (category_id) VALUES ($1)",
      values: [categoryId],
    })
  },

  async takeChange(tx) {
    const { rows } = await inTransaction(tx).query<CategoryChange>({
      name: "category-change-take",
      text: `SELECT position, category_id AS "categoryId", after FROM category_change
             ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED`,
    })
    return rows[0]
  },

  async continueChange(tx, { position }, after) {
    await inTransaction(tx).query(
      after === undefined
        ? {
            name: "category-change-end",
            text: "DELETE FROM category_change WHERE position = $1",
            values: [position],
          }
        : {
            name: "category-change-continue",
            text: "UPDATE category_change SET after = $2 WHERE position = $1",
            values: [position, after],
          },
    )
  },
})
