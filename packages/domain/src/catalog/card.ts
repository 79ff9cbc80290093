import * as z from "zod"
import { CategoryId, ProductId } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { Image, ProductStatus } from "./product.ts"
import { Slug } from "./slug.ts"

/** A product as a list or a search shows it, in one language. */
export const ProductCard = z.strictObject({
  id: ProductId,
  slug: Slug,
  name: z.string(),
  brand: z.string().optional(),
  image: z
    .strictObject({ ...Image.shape, alt: z.string() })
    .optional()
    .describe("The first one"),
  price: Money.optional().describe("The lowest of its variants: what one unit costs everybody"),
  inStock: z.boolean().describe("Whether one of its variants can be had"),
  categories: z.array(CategoryId),
  status: ProductStatus,
})
export type ProductCard = z.infer<typeof ProductCard>
