import { GuestSettings } from "@eshop/building-blocks/identity/guest-token"
import { ServiceSettings } from "@eshop/building-blocks/identity/service-token"
import { IdentitySettings } from "@eshop/building-blocks/identity/verify-token"
import { MessagingSettings } from "@eshop/building-blocks/messaging/service-bus"
import { PersonalDataSettings } from "@eshop/building-blocks/personal-data/wrapping-keys"
import * as z from "zod"

/** Ordering's app settings. */
export const settings = z.object({
  ...IdentitySettings.shape,
  ...ServiceSettings.shape,
  ...MessagingSettings.shape,
  ...PersonalDataSettings.shape,
  ...GuestSettings.shape,
  ORDERING_DB: z.url(),
  BASKET_URL: z.url(),
  DISCOUNT_URL: z.url(),
  PAYMENT_URL: z.url(),
  PAYMENT_API_KEY: z.string().min(1),
})
