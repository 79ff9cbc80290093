import { IdentitySettings } from "@eshop/building-blocks/identity/verify-token"
import { MessagingSettings } from "@eshop/building-blocks/messaging/service-bus"
import { LogSettings } from "@eshop/building-blocks/telemetry/log"
import * as z from "zod"

/** Discount's app settings. */
export const settings = z.object({
  ...IdentitySettings.shape,
  ...MessagingSettings.shape,
  ...LogSettings.shape,
  DISCOUNT_TABLES: z.string().optional(),
  DISCOUNT_TABLES__tableServiceUri: z.url().optional(),
  REDIS_URL: z.url().optional(),
  SEED: z.stringbool().default(false),
})
