import { GuestSettings } from "@eshop/building-blocks/identity/guest-token"
import { ServiceSettings } from "@eshop/building-blocks/identity/service-token"
import { IdentitySettings } from "@eshop/building-blocks/identity/verify-token"
import { MessagingSettings } from "@eshop/building-blocks/messaging/service-bus"
import { PersonalDataSettings } from "@eshop/building-blocks/personal-data/wrapping-keys"
import { signingKeys } from "@eshop/building-blocks/signing/signing-keys"
import { LogSettings } from "@eshop/building-blocks/telemetry/log"
import * as z from "zod"

/** Basket's app settings. */
export const settings = z.object({
  ...IdentitySettings.shape,
  ...ServiceSettings.shape,
  ...MessagingSettings.shape,
  ...LogSettings.shape,
  ...PersonalDataSettings.shape,
  ...GuestSettings.shape,
  BASKET_DB: z.url(),
  REDIS_URL: z.url().optional(),
  CATALOG_URL: z.url(),
  DISCOUNT_URL: z.url(),
  /** What price proofs are signed with. */
  PRICE_PROOF_KEYS: signingKeys,
  SEED: z.stringbool().default(false),
})
