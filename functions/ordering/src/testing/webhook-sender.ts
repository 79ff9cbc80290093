import { outboundPost } from "@eshop/building-blocks/http/outbound-post"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { versionedKeys } from "@eshop/building-blocks/versioned-keys"
import { postgresWebhookDeliveries } from "../adapters/postgres-webhook-deliveries.ts"
import { postgresWebhookSubscriptions } from "../adapters/postgres-webhook-subscriptions.ts"
import { webhookSecrets } from "../webhooks/secrets.ts"
import { sendDueDeliveries } from "../webhooks/send-deliveries.ts"

/** A sender as a process of its own: sends what is due and ends. Arguments: the database, WEBHOOK_KEYS. */
const [, , databaseUrl = "", keys = ""] = process.argv
const store = postgresStore(databaseUrl)
await sendDueDeliveries({
  subscriptions: postgresWebhookSubscriptions(store.pool),
  deliveries: postgresWebhookDeliveries(store.relaxedPool, () => {}),
  webhookSecrets: webhookSecrets(versionedKeys.parse(keys)),
  post: outboundPost({ allowPrivate: true, timeoutMs: 20_000 }),
})
await store.close()
