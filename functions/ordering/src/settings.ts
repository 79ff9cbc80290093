import { GuestSettings } from "@eshop/building-blocks/identity/guest-token"
import { ServiceSettings } from "@eshop/building-blocks/identity/service-token"
import { IdentitySettings } from "@eshop/building-blocks/identity/verify-token"
import { MessagingSettings } from "@eshop/building-blocks/messaging/service-bus"
import { PersonalDataSettings } from "@eshop/building-blocks/personal-data/wrapping-keys"
import { LogSettings } from "@eshop/building-blocks/telemetry/log"
import { versionedKeys } from "@eshop/building-blocks/versioned-keys"
import * as z from "zod"

/** Ordering's app settings. */
export const settings = z.object({
  ...IdentitySettings.shape,
  ...ServiceSettings.shape,
  ...MessagingSettings.shape,
  ...LogSettings.shape,
  ...PersonalDataSettings.shape,
  ...GuestSettings.shape,
  /** postgres://… or mssql://…: which of the two keeps the orders. */
  ORDERING_DB: z.url({ protocol: /^(postgres|postgresql|mssql)$/ }),
  /** Cosmos DB for the customers' list of orders: its address, or a connection string; else it lies beside the orders. */
  ORDERING_VIEWS__accountEndpoint: z.url().optional(),
  ORDERING_VIEWS: z.string().min(1).optional(),
  /** The container of the daily digests; without one there are none. */
  DIGESTS_URL: z.url().optional(),
  /** What e-mail addresses are looked up by. */
  LOOKUP_KEYS: versionedKeys,
  /** What webhooks' secrets are derived from. */
  WEBHOOK_KEYS: versionedKeys,
  /** Lets webhooks go to plain HTTP and to addresses that are not public: for a developer's machine alone. */
  WEBHOOKS_ALLOW_PRIVATE: z.stringbool().default(false),
  /** The folder that notices are left in; without one only a log line tells of them. */
  NOTICES_DIR: z.string().min(1).optional(),
  /** Who sells, as invoices must state it: name, address, tax number, with `|` between the lines. */
  SELLER: z
    .string()
    .default("eShop")
    .transform((text) => text.replaceAll("|", "\n")),
  BASKET_URL: z.url(),
  CATALOG_URL: z.url(),
  DISCOUNT_URL: z.url(),
  PAYMENT_URL: z.url(),
  PAYMENT_API_KEY: z.string().min(1),
  /** One of them signs the provider's reports: several, separated by commas, while they rotate. */
  PAYMENT_WEBHOOK_SECRETS: z
    .string()
    .transform((secrets) => secrets.split(",").map((secret) => secret.trim()))
    .pipe(z.array(z.string().min(1))),
  /** Where notices lead their readers to, and a shopper's browser comes back to from an authentication. */
  STOREFRONT_URL: z.url(),
  /** From the submission on, how long a cancellation is free. Less than the 25 minutes in which an order can be paid. */
  GRACE_PERIOD_SECONDS: z.coerce.number().int().min(0).max(900),
})
