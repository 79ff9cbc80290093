import type { Queryable } from "@eshop/building-blocks/store/postgres/pool"

/** One arbitrary number of Catalog's own. */
const CATEGORY_TREE = 7_461_101

/**
 * Holds the tree of categories until the transaction has ended. Who changes where categories lie has it alone; who makes
 * a path of it shares it. Waiting is in the order of asking, so that many who share never keep a change away. A product's
 * row is locked before, never after.
 */
export async function lockCategoryTree(connection: Queryable, mode: "exclusive" | "shared"): Promise<void> {
  await connection.query({
    name: `category-tree-${mode}`,
    text: `SELECT pg_advisory_xact_lock${mode === "shared" ? "_shared" : ""}($1)`,
    values: [CATEGORY_TREE],
  })
}
