import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { categoryNotEmpty, categoryStale, categoryUnknown } from "@eshop/domain/catalog/category"
import { CategoryId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { CategoryPorts } from "./create-category.ts"

/** Removes a category that no category and no product is in. */
export const deleteCategory = useCase("catalog.delete-category", {
  input: z.strictObject({ id: CategoryId }),
  result: z.void(),
  refusals: [categoryUnknown, categoryStale, categoryNotEmpty],
  handle:
    ({ categories, audit }: CategoryPorts) =>
    ({ id }, call) =>
      call.transact(async (tx) => {
        const all = await categories.lock(tx)
        const category = all.get(id)
        if (!category) return categoryUnknown()
        if (isStale(call, category.version)) return categoryStale()
        const children = [...all.values()].filter(({ parentId }) => parentId === id).length
        const products = await categories.countProducts(tx, id)
        if (children + products > 0) return categoryNotEmpty({ categories: children, products })
        await categories.remove(tx, id)
        await audit.add(tx, call, [
          { subject: `category ${id}`, action: "category.deleted", change: category },
        ])
        return undefined
      }),
})
