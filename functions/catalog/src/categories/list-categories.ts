import { useCase } from "@eshop/building-blocks/app/use-case"
import { CategoryBranch, treeOf } from "@eshop/domain/catalog/category"
import * as z from "zod"
import type { Categories } from "./ports.ts"

const CategoryTree = z.strictObject({
  /** Grows by one with every change of any category. */
  version: z.int().min(1),
  items: z.array(CategoryBranch),
})

/** All categories as a tree; the number of categories is bounded. */
export const listCategories = useCase("catalog.list-categories", {
  input: z.strictObject({}),
  result: CategoryTree,
  handle: ({ categories }: { categories: Categories }) => {
    // Made once of each version: every page of a storefront shows it.
    let known: z.infer<typeof CategoryTree> | undefined
    return async () => {
      if (known?.version !== (await categories.treeVersion())) {
        const { version, categories: all } = await categories.all()
        known = { version, items: treeOf(all) }
      }
      return known
    }
  },
})
