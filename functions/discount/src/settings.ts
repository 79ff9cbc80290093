import { IdentitySettings } from "@eshop/building-blocks/identity/verify-token"
import * as z from "zod"

/** Discount's app settings. */
export const settings = z.object({
  ...IdentitySettings.shape,
  DISCOUNT_TABLES: z.string().optional(),
  DISCOUNT_TABLES__tableServiceUri: z.url().optional(),
  SEED: z.stringbool().default(false),
})
