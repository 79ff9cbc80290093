import { Slug } from "@eshop/domain/catalog/slug"
import { CategoryId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { type FacetCount, PRICE_STEPS, type SearchAnswer, type SearchFilters } from "./ports.ts"

/** Attributes that are shown to filter by: the most common ones. */
const MAX_ATTRIBUTES = 12
const ATTRIBUTE = "attributes."

const Count = z.int().min(0)
const Amount = z.int().min(0).describe("Minor units")

/** What hits may be filtered by, and how many there would be. */
export const Facets = z
  .strictObject({
    categories: z.array(
      z.strictObject({
        id: CategoryId,
        slug: Slug,
        name: z.string(),
        parentId: CategoryId.optional(),
        count: Count,
      }),
    ),
    brands: z.array(z.strictObject({ value: z.string(), count: Count })),
    prices: z.array(
      z.strictObject({ min: Amount, max: Amount.optional().describe("Inclusive"), count: Count }),
    ),
    lowestPrice: Amount.optional(),
    highestPrice: Amount.optional(),
    inStock: z.array(z.strictObject({ value: z.boolean(), count: Count })),
    attributes: z.array(
      z.strictObject({
        name: z.string(),
        values: z.array(z.strictObject({ value: z.string(), count: Count })),
      }),
    ),
  })
  .describe("A count ignores the filter on its own dimension and respects the others and the text")

/** The range of prices that the index stands for. */
function rangeOf(index: number): { min: number; max?: number } {
  const [min = 0, end] = [PRICE_STEPS[index - 1], PRICE_STEPS[index]]
  return { min, ...(end !== undefined && { max: end - 1 }) }
}

const plain = ({ value, count }: FacetCount) => ({ value, count })

/** The counts as they are answered: by what they are of, the most common values first, ranges of prices ascending. */
export function facetsOf(
  { facets, lowestPrice, highestPrice }: Pick<SearchAnswer, "facets" | "lowestPrice" | "highestPrice">,
  filters: SearchFilters,
): z.output<typeof Facets> {
  const byDimension = Map.groupBy(facets, ({ dimension }) => dimension)
  const of = (dimension: string) => byDimension.get(dimension) ?? []
  const attributes = [...byDimension]
    .filter(([dimension]) => dimension.startsWith(ATTRIBUTE))
    .map(([dimension, values]) => ({
      name: dimension.slice(ATTRIBUTE.length),
      total: values.reduce((sum, { count }) => sum + count, 0),
      values: values.map(plain),
    }))
    .sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1))
    .filter(({ name }, place) => place < MAX_ATTRIBUTES || filters.attributes?.has(name))
    .map(({ name, values }) => ({ name, values }))
  return {
    categories: of("category").flatMap(({ value, count, category }) =>
      category
        ? [
            {
              ...{ id: value, slug: category.slug, name: category.name, count },
              ...(category.parentId && { parentId: category.parentId }),
            },
          ]
        : [],
    ),
    brands: of("brand").map(plain),
    prices: of("price")
      .map(({ value, count }) => ({ ...rangeOf(Number(value)), count }))
      .sort((a, b) => a.min - b.min),
    ...(lowestPrice !== null && { lowestPrice }),
    ...(highestPrice !== null && { highestPrice }),
    inStock: of("stock").map(({ value, count }) => ({ value: value === "true", count })),
    attributes,
  }
}
