import { messages } from "../../../texts/messages.ts"
import { de } from "./texts.de.ts"

/** What the navigation says of what is bought. */
export const en = {
  "navigation.label": "What is bought",
  "orders.title": "Orders",
  "orders.says": "Find, ship, deliver, cancel, refund; decide returns",
  "promotions.title": "Promotions",
  "promotions.says": "Discounts without a code, tried on a basket first",
  "coupons.title": "Coupons",
  "coupons.says": "Discounts by code, batches of unique codes",
  "webhooks.title": "Webhooks",
  "webhooks.says": "Who is told what happens to orders, and how that went",
  "privacy.title": "Privacy requests",
  "privacy.says": "What is kept of a customer, and its erasure",
} as const

export const t = messages(en, de)
