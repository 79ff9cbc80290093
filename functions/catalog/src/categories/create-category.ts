import { command } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import {
  Category,
  categoriesTooMany,
  categoryCycle,
  categoryParentUnknown,
  categorySlugTaken,
  categoryTooDeep,
  checkCategory,
} from "@eshop/domain/catalog/category"
import type { Categories } from "./ports.ts"

export type CategoryPorts = { readonly categories: Categories; readonly audit: Audit }

/** What may stand against a category's content. */
export const placeRefusals = [
  categorySlugTaken,
  categoryParentUnknown,
  categoryCycle,
  categoryTooDeep,
  categoriesTooMany,
] as const

/** Adds a category, at the top or under another one. */
export const createCategory = command("catalog.create-category", {
  input: Category.omit({ id: true, version: true }).extend({ position: Category.shape.position.default(0) }),
  result: Category,
  refusals: placeRefusals,
  handle:
    ({ categories, audit }: CategoryPorts) =>
    (content, call) =>
      call.commit(async (tx) => {
        const category = { ...content, id: call.newId(), version: 1 }
        const refusal = checkCategory(await categories.lock(tx), category)
        if (refusal) return refusal
        await categories.add(tx, category)
        const subject = `category ${category.id}`
        await audit.add(tx, call, [{ subject, action: "category.created", change: content }])
        return category
      }),
})
