import type { Caller } from "@eshop/building-blocks/app/call"
import { outboundPost } from "@eshop/building-blocks/http/outbound-post"
import { newId } from "@eshop/building-blocks/ids"
import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { orderingOn, testWebhookKeys } from "../../testing/ordering.ts"
import { startReceiver } from "./receiver.ts"

export const keeper: Caller = { kind: "customer", id: "keeper", roles: ["orders.manage"] }

/** An event that no other test knows. */
export const paid = () => ({ ...OrderPaid.example, orderId: newId() })

/** Ordering on a real database, and a receiver of its webhooks on this machine. */
export async function webhooksOn(databaseUrl: string) {
  const ordering = await orderingOn(databaseUrl)
  const receiver = await startReceiver()
  const app = ordering.appWith({ post: outboundPost({ allowPrivate: true, timeoutMs: 2_000 }) })
  const send = app.as(keeper)
  const sql = (text: string, values: unknown[] = []) => ordering.store.pool.query(text, values)
  const content = (more: object = {}) => ({
    url: receiver.url,
    description: "The warehouse",
    types: ["order.paid"],
    ...more,
  })
  return {
    ordering,
    receiver,
    /** WEBHOOK_KEYS, for another process. */
    keys: testWebhookKeys,
    app,
    send,
    sql,
    content,
    async subscribe(more: object = {}) {
      const { status, body } = await send("POST", "operations/webhooks", content(more))
      if (status !== 201) throw new Error(`the subscription was answered with ${status}`)
      return body as { id: string; secret: string; version: number }
    },
    deliver: () => app.tick("ordering.send-deliveries"),
    /** The rest of every pause goes by. */
    later: () => sql("UPDATE webhook_delivery SET due_at = now() WHERE state = 'pending'"),
    log: async (id: string, query = "") =>
      (await send("GET", `operations/webhooks/${id}/deliveries${query}`)).body.items,
    show: async (id: string) => (await send("GET", `operations/webhooks/${id}`)).body,
    async reset() {
      receiver.received.length = 0
      receiver.answerWith((response) => response.writeHead(200).end())
      await sql("DELETE FROM webhook_subscription")
      await sql("DELETE FROM audit")
    },
    async close() {
      receiver.stop()
      await ordering.store.close()
    },
  }
}
export type WebhooksOn = Awaited<ReturnType<typeof webhooksOn>>
