import * as z from "zod"
import { CategoryId } from "../kernel/ids.ts"
import { localisedLine } from "../kernel/localised-text.ts"
import { defineRefusal } from "../kernel/refusal.ts"
import { Slug } from "./slug.ts"

/** Where products are found: a node of a tree. */
export const Category = z.strictObject({
  id: CategoryId,
  slug: Slug,
  name: localisedLine(100),
  parentId: CategoryId.optional().describe("Absent: at the top"),
  position: z.int().min(0).max(1_000_000).describe("Its place among its siblings; equal ones by slug"),
  /** Grows by one with every change of its own; what lies below counts for itself. */
  version: z.int().min(1),
})
export type Category = z.infer<typeof Category>

/** A category with all that lies under it. */
export const CategoryBranch = Category.omit({ parentId: true })
  .extend({
    get children(): z.ZodArray<typeof CategoryBranch> {
      return z.array(CategoryBranch)
    },
  })
  .meta({ id: "CategoryBranch" })
export type CategoryBranch = z.infer<typeof CategoryBranch>

/** So many categories make a tree that is still answered, and drawn, as a whole. */
export const MAX_CATEGORIES = 5_000
/** So many categories lie above one another at the most. */
export const MAX_DEPTH = 10

export const categoryUnknown = defineRefusal("category.unknown", "not-found", "There is no such category.")

export const categoryStale = defineRefusal("category.stale", "stale", "The category has changed meanwhile.")

export const categorySlugTaken = defineRefusal(
  "category.slug-taken",
  "conflict",
  ({ slug }) => `'${slug}' is another category's address.`,
  z.object({ slug: Slug }),
)

export const categoryParentUnknown = defineRefusal(
  "category.parent-unknown",
  "rule",
  "The category that this one is to lie under is not there.",
)

export const categoryCycle = defineRefusal(
  "category.cycle",
  "conflict",
  "A category cannot lie under itself, nor under one that lies under it.",
)

export const categoryTooDeep = defineRefusal(
  "category.too-deep",
  "rule",
  `No more than ${MAX_DEPTH} categories lie above one another.`,
)

export const categoriesTooMany = defineRefusal(
  "category.too-many",
  "rule",
  `There can be ${MAX_CATEGORIES} categories.`,
)

export const categoryNotEmpty = defineRefusal(
  "category.not-empty",
  "conflict",
  "There are categories or products in it.",
  z.object({ categories: z.int().min(0), products: z.int().min(0) }),
)

/** All categories by id. */
export type Categories = ReadonlyMap<string, Category>

/** What stands against this category, new or in the place of what it was; undefined when nothing does. */
export function checkCategory(all: Categories, category: Category) {
  for (const { id, slug } of all.values())
    if (slug === category.slug && id !== category.id) return categorySlugTaken({ slug })
  if (!all.has(category.id) && all.size >= MAX_CATEGORIES) return categoriesTooMany()
  return checkPlace(all, category)
}

function checkPlace(all: Categories, { id, parentId }: Category) {
  if (parentId === undefined) return undefined
  if (parentId !== id && !all.has(parentId)) return categoryParentUnknown()
  const above = [parentId, ...ancestorsOf(all, parentId)]
  if (above.includes(id)) return categoryCycle()
  return above.length + heightOf(all, id) > MAX_DEPTH ? categoryTooDeep() : undefined
}

/** All that a category lies under, the nearest first. */
export function ancestorsOf(all: Categories, id: string): string[] {
  const above: string[] = []
  for (let next = all.get(id)?.parentId; next !== undefined; next = all.get(next)?.parentId) above.push(next)
  return above
}

/** How many categories lie above one another from this one down: 1 where nothing lies under it. */
function heightOf(all: Categories, id: string): number {
  let height = 1
  for (const one of all.keys()) {
    const depth = ancestorsOf(all, one).indexOf(id)
    if (depth >= 0) height = Math.max(height, depth + 2)
  }
  return height
}

const inOrder = (a: Category, b: Category) => a.position - b.position || (a.slug < b.slug ? -1 : 1)

/** The categories at the top, each with all that lies under it, siblings by position, then slug. */
export function treeOf(categories: readonly Category[]): CategoryBranch[] {
  const siblings = Map.groupBy([...categories].sort(inOrder), ({ parentId }) => parentId)
  const branchesUnder = (parent: string | undefined): CategoryBranch[] =>
    (siblings.get(parent) ?? []).map(({ parentId: _, ...category }) => ({
      ...category,
      children: branchesUnder(category.id),
    }))
  return branchesUnder(undefined)
}
