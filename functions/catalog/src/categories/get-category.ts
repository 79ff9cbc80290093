import { useCase } from "@eshop/building-blocks/app/use-case"
import { Category, categoryUnknown } from "@eshop/domain/catalog/category"
import { CategoryId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Categories } from "./ports.ts"

/** One category. */
export const getCategory = useCase("catalog.get-category", {
  input: z.strictObject({ id: CategoryId }),
  result: Category,
  refusals: [categoryUnknown],
  handle:
    ({ categories }: { categories: Categories }) =>
    async ({ id }) =>
      (await categories.find(id)) ?? categoryUnknown(),
})
