import type { CommandCall, Tx } from "@eshop/building-blocks/app/call"
import { type NoticeFacts, notify } from "../notices/notice.ts"
import type { NoticeQueue } from "../notices/ports.ts"
import type { Deliveries, Subscriptions } from "../webhooks/ports.ts"
import { type OrderFact, queueDeliveries } from "../webhooks/queue-deliveries.ts"
import type { WebhookType } from "../webhooks/webhook-types.ts"

export type TellPorts = {
  readonly notices: NoticeQueue
  readonly subscriptions: Subscriptions
  readonly deliveries: Deliveries
}

/**
 * Tells of an event of Ordering's own: a notice to the order's customer, a delivery to each subscription. In the
 * transaction of the event's handler, and so once for each event; both leave after the commit.
 * @param told.data the event's, which the webhook carries
 */
export async function tell(
  ports: TellPorts,
  tx: Tx,
  told: { readonly notice: NoticeFacts; readonly webhook: WebhookType; readonly data: OrderFact },
  call: Pick<CommandCall, "now" | "newId" | "happenedAt">,
): Promise<void> {
  await notify(ports, tx, told.notice, call)
  await queueDeliveries(ports, tx, told.webhook, told.data, call)
}
