import { createHmac, type KeyObject } from "node:crypto"
import type { VersionedKeys } from "@eshop/building-blocks/versioned-keys"
import type { SecretName } from "./subscription.ts"

/** The secrets that webhooks are signed with. None is stored: each is derived from a key, its subscription and its number. */
export type WebhookSecrets = {
  /** The name of a subscription's next secret. @param before the number of the last one; 0 for none */
  next(before: number): SecretName
  /** As Standard Webhooks writes it: `whsec_` and 32 bytes in base64. @throws when its key is not there any more */
  of(subscriptionId: string, name: SecretName): string
}

/** @param keys the first one makes new secrets; an old one is needed until every secret of its time was rotated */
export const webhookSecrets = (keys: VersionedKeys): WebhookSecrets => ({
  next: (before) => ({ number: before + 1, keyVersion: keys.current }),
  of(subscriptionId, { number, keyVersion }) {
    const key: KeyObject | undefined = keys.byVersion.get(keyVersion)
    if (!key) throw new Error(`WEBHOOK_KEYS has no version '${keyVersion}', which a secret needs`)
    const secret = createHmac("sha256", key).update(`webhook secret ${number} of ${subscriptionId}`).digest()
    return `whsec_${secret.toString("base64")}`
  },
})
