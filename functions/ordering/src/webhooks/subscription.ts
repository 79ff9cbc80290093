import * as z from "zod"
import { WebhookType } from "./webhook-types.ts"

/** Why nothing is sent: an operator said so, the receiver did (410), or it failed for the whole of a schedule. */
export const DisabledFor = z.enum(["operator", "gone", "failing"])
export type DisabledFor = z.infer<typeof DisabledFor>

/** In lower case, as it was made: not every store takes `A` for `a`. */
export const SubscriptionId = z.uuid().toLowerCase()

/** Names a secret: it is derived from these. */
export type SecretName = { readonly number: number; readonly keyVersion: string }

/** Whoever wants to hear what happens to orders. */
export type Subscription = {
  readonly id: string
  readonly url: string
  /** Whose it is, for operators. */
  readonly description: string
  readonly types: readonly WebhookType[]
  readonly disabledFor?: DisabledFor
  readonly version: number
  readonly secret: SecretName
  /** While secrets are rotated: signs as well, until it ends. */
  readonly oldSecret?: SecretName & { readonly until: string }
  readonly createdAt: string
  readonly changedAt: string
  /** When something was delivered the last time, to the minute. */
  readonly lastSuccessAt?: string
}

/** A subscription as operators see it; its secret is shown once, when it is made. */
export const SubscriptionView = z.strictObject({
  id: z.uuid(),
  url: z.string(),
  description: z.string(),
  types: z.array(WebhookType),
  enabled: z.boolean(),
  disabledFor: DisabledFor.optional(),
  oldSecretUntil: z.iso.datetime().optional().describe("Until then the secret before this one signs as well"),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  lastSuccessAt: z.iso.datetime().optional(),
  version: z.int(),
})

export function subscriptionView(subscription: Subscription): z.infer<typeof SubscriptionView> {
  const { secret: _, oldSecret, disabledFor, types, ...shown } = subscription
  return {
    ...shown,
    types: [...types],
    enabled: disabledFor === undefined,
    ...(disabledFor && { disabledFor }),
    ...(oldSecret && { oldSecretUntil: oldSecret.until }),
  }
}
