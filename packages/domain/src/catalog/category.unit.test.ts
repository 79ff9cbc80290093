import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { isRefusal } from "../kernel/refusal.ts"
import {
  type Category,
  CategoryBranch,
  checkCategory,
  MAX_CATEGORIES,
  MAX_DEPTH,
  treeOf,
} from "./category.ts"

const idOf = (index: number) => `018f0000-0000-7000-8000-${String(index).padStart(12, "0")}`
const category = (index: number, parent?: number, more: Partial<Category> = {}): Category => ({
  ...{
    id: idOf(index),
    slug: `category-${index}`,
    name: { en: `Category ${index}` },
    position: 0,
    version: 1,
  },
  ...(parent !== undefined && { parentId: idOf(parent) }),
  ...more,
})
const byId = (categories: readonly Category[]) => new Map(categories.map((one) => [one.id, one]))
/** One under the other: 0 at the top. */
const chain = (length: number) =>
  Array.from({ length }, (_, index) => category(index, index > 0 ? index - 1 : undefined))
const codeOf = (categories: readonly Category[], one: Category) => checkCategory(byId(categories), one)?.code

describe("a category", () => {
  test.each<[what: string, parent: number, code: string | undefined]>([
    ["itself", 1, "category.cycle"],
    ["its child", 2, "category.cycle"],
    ["what lies deep under it", 3, "category.cycle"],
    ["nothing", 99, "category.parent-unknown"],
    ["its grandparent's sibling", 4, undefined],
  ])("that is moved under %s: %s %s", (_, parent, code) => {
    const categories = [...chain(4), category(4)]
    expect(codeOf(categories, category(1, parent))).toBe(code)
  })

  test("lies ten deep at the most, with all that lies under it", () => {
    const deep = chain(MAX_DEPTH)
    const moved = [...deep, category(20), category(21, 20), category(22, 21)]
    expect(codeOf(deep, category(30, MAX_DEPTH - 1))).toBe("category.too-deep")
    expect(codeOf(deep, category(30, MAX_DEPTH - 2))).toBeUndefined()
    expect(codeOf(moved, category(20, MAX_DEPTH - 3))).toBe("category.too-deep")
    expect(codeOf(moved, category(20, MAX_DEPTH - 4))).toBeUndefined()
  })

  test("has a slug of its own", () => {
    expect(codeOf(chain(2), category(5, 0, { slug: "category-1" }))).toBe("category.slug-taken")
    expect(codeOf(chain(2), category(1, 0, { slug: "category-1" }))).toBeUndefined()
  })

  test("is one of so many", () => {
    const full = Array.from({ length: MAX_CATEGORIES }, (_, index) => category(index))
    expect(codeOf(full, category(MAX_CATEGORIES))).toBe("category.too-many")
    expect(codeOf(full, category(0, 1))).toBeUndefined()
  })
})

test("whatever is moved where, what is allowed leaves a tree: nothing lies under itself, and nothing is lost", () => {
  const moves = fc.array(fc.record({ id: fc.nat(11), parent: fc.option(fc.nat(11), { nil: undefined }) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(moves, (wanted) => {
      const all = byId(Array.from({ length: 12 }, (_, index) => category(index)))
      for (const { id, parent } of wanted) {
        const moved = category(id, parent)
        if (!isRefusal(checkCategory(all, moved))) all.set(moved.id, moved)
      }
      const seen: string[] = []
      const walk = (branches: readonly CategoryBranch[], depth: number) => {
        for (const { id, children } of branches) {
          seen.push(id)
          expect(depth).toBeLessThanOrEqual(MAX_DEPTH)
          walk(children, depth + 1)
        }
      }
      walk(treeOf([...all.values()]), 1)
      expect(seen.sort()).toEqual([...all.keys()].sort())
    }),
  )
})

test("siblings are in the order of their positions, then of their slugs", () => {
  const categories = [
    category(0, undefined, { position: 2, slug: "a" }),
    category(1, undefined, { position: 1, slug: "c" }),
    category(2, undefined, { position: 1, slug: "b" }),
    category(3, 0, { position: 0, slug: "d" }),
  ]
  const tree = treeOf(categories)
  for (const branch of tree) expect(CategoryBranch.parse(branch)).toEqual(branch)
  expect(tree.map(({ slug, children }) => [slug, children.map((child) => child.slug)])).toEqual([
    ["b", []],
    ["c", []],
    ["a", ["d"]],
  ])
})
