import * as z from "zod"

/**
 * A whole number in a query string: decimal digits and nothing else (no `0x10`, `1e1`, `+5` or blanks).
 * @returns a schema whose input is text and whose output is the number; OpenAPI shows an integer
 */
export const wholeNumber = (bounds: { min: number; max: number }) =>
  z
    .string()
    .regex(/^(0|-?[1-9]\d{0,14})$/, "Must be a whole number")
    .transform(Number)
    .pipe(z.int().min(bounds.min).max(bounds.max))
    .meta({ override: { type: "integer", minimum: bounds.min, maximum: bounds.max } })

/** How many entries a page has: 20 unless the client asks for another number up to 100. */
export const pageSize = wholeNumber({ min: 1, max: 100 }).default(20).describe("Page size")
