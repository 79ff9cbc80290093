import * as z from "zod"

/** What names a page in its address: `iphone-x`. */
export const Slug = z
  .string()
  .max(120)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .describe("Names the page in its address: lower-case words joined by dashes")
