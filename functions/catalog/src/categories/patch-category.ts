import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { Category, categoryStale, categoryUnknown, checkCategory } from "@eshop/domain/catalog/category"
import { differenceOf } from "@eshop/domain/kernel/difference"
import { CategoryId } from "@eshop/domain/kernel/ids"
import { Language } from "@eshop/domain/kernel/localised-text"
import { mergePatch } from "@eshop/domain/kernel/merge-patch"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { freeText } from "@eshop/domain/kernel/text"
import * as z from "zod"
import { type CategoryPorts, placeRefusals } from "./create-category.ts"

const categoryInvalid = defineRefusal(
  "category.invalid",
  "rule",
  "What the patch makes of the category is none.",
)

/** Renames a category, moves it under another one (`parentId`; null: to the top), or gives it another place there. */
export const patchCategory = useCase("catalog.patch-category", {
  input: Category.omit({ version: true })
    .extend({ name: z.record(Language, freeText(100).nullable()), parentId: CategoryId.nullable() })
    .partial()
    .extend({ id: CategoryId }),
  result: Category,
  refusals: [...placeRefusals, categoryUnknown, categoryStale, categoryInvalid],
  handle:
    ({ categories, audit }: CategoryPorts) =>
    ({ id, ...patch }, call) =>
      call.transact(async (tx) => {
        const all = await categories.lock(tx)
        const before = all.get(id)
        if (!before) return categoryUnknown()
        if (isStale(call, before.version)) return categoryStale()
        const { data: after } = Category.safeParse(mergePatch(before, patch))
        if (!after) return categoryInvalid()
        const change = differenceOf(before, after)
        if (!change) return before
        const refusal = checkCategory(all, after)
        if (refusal) return refusal
        const category = { ...after, version: before.version + 1 }
        await categories.save(tx, category)
        // Its place among its siblings is nothing to the products.
        if (Object.keys(change.to).some((member) => member !== "position"))
          await categories.queueChange(tx, id)
        await audit.add(tx, call, [{ subject: `category ${id}`, action: "category.updated", change }])
        return category
      }),
})
