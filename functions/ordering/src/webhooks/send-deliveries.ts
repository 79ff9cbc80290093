import { useCase } from "@eshop/building-blocks/app/use-case"
import type { OutboundAnswer, OutboundPost } from "@eshop/building-blocks/http/outbound-post"
import { log } from "@eshop/building-blocks/telemetry/log"
import { alarm, idsOf } from "@eshop/building-blocks/telemetry/observe"
import { Webhook } from "standardwebhooks"
import * as z from "zod"
import type { Delivery } from "./delivery.ts"
import type { Deliveries, Subscriptions } from "./ports.ts"
import { attemptOf, judge } from "./retry.ts"
import type { WebhookSecrets } from "./secrets.ts"
import type { DisabledFor, Subscription } from "./subscription.ts"

/** Subscriptions that are served at once, and how much each is sent at once: one that is slow holds few others up. */
const SUBSCRIPTIONS = 10
const CHUNK = 10
/** Longer than the attempts of a chunk, which are made at once. */
const LEASE_SECONDS = 60
/** Of one attempt (Standard Webhooks: 15 to 30 seconds). */
export const ATTEMPT_MS = 20_000
const USER_AGENT = "eShop-Webhooks/1"

export type SendDeliveriesPorts = {
  readonly subscriptions: Pick<Subscriptions, "due" | "succeeded" | "throttle" | "disable">
  readonly deliveries: Pick<Deliveries, "claim" | "record">
  readonly webhookSecrets: WebhookSecrets
  readonly post: OutboundPost
}

/** Signed with the subscription's secret, and while it is rotated with the one before as well. */
function headersOf(
  { id, body }: Delivery,
  { id: subscriptionId, secret, oldSecret }: Subscription,
  secrets: WebhookSecrets,
  at: Date,
): Record<string, string> {
  const names = oldSecret && at < new Date(oldSecret.until) ? [secret, oldSecret] : [secret]
  const signatures = names.map((name) => new Webhook(secrets.of(subscriptionId, name)).sign(id, at, body))
  return {
    "content-type": "application/json",
    "user-agent": USER_AGENT,
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": signatures.join(" "),
  }
}

async function disable(
  { subscriptions }: SendDeliveriesPorts,
  { id }: Subscription,
  reason: DisabledFor,
  why: string,
): Promise<void> {
  if (await subscriptions.disable(id, reason))
    alarm("webhook-disabled", `a webhook is sent nothing any more: ${why}`, { webhookId: id })
}

/** What lines say of a delivery: the order that it tells of as well. */
const aboutOf = ({ id, subscriptionId, type, body }: Delivery) => ({
  ...{ webhookId: subscriptionId, deliveryId: id, type },
  ...idsOf((JSON.parse(body) as { data?: unknown }).data),
})

/** A subscription whose secret cannot be had is told of in its log; it must not hold the others up. */
async function send(
  { webhookSecrets, post }: SendDeliveriesPorts,
  subscription: Subscription,
  delivery: Delivery,
  at: Date,
): Promise<OutboundAnswer> {
  try {
    const headers = headersOf(delivery, subscription, webhookSecrets, at)
    return await post(subscription.url, headers, delivery.body)
  } catch (error) {
    log.warn("a webhook's delivery cannot be signed", { ...aboutOf(delivery), error })
    return { error: "signing-failed" }
  }
}

/**
 * Makes one attempt and records it; what follows for the subscription is done first, so that a crash repeats both.
 * @returns how many seconds later the next one is due; undefined when there is none
 */
async function attempt(
  ports: SendDeliveriesPorts,
  subscription: Subscription,
  delivery: Delivery,
): Promise<number | undefined> {
  const at = new Date()
  const answer = await send(ports, subscription, delivery, at)
  const milliseconds = Date.now() - at.getTime()
  const status = "status" in answer ? answer.status : answer.error
  log.debug("a webhook was tried", { ...aboutOf(delivery), status, ms: milliseconds })
  const { throttleSeconds, isGone, ...verdict } = judge(delivery.attempts, answer, new Date(), Math.random())
  if (verdict.state === "delivered") await ports.subscriptions.succeeded(subscription.id)
  if (throttleSeconds !== undefined) await ports.subscriptions.throttle(subscription.id, throttleSeconds)
  const { lastSuccessAt } = subscription
  if (isGone) await disable(ports, subscription, "gone", "its receiver says that it is gone")
  else if (verdict.state === "failed" && !(lastSuccessAt && lastSuccessAt > delivery.createdAt))
    await disable(ports, subscription, "failing", "nothing has arrived for the whole schedule of a delivery")
  await ports.deliveries.record(delivery, { ...verdict, attempt: attemptOf(answer, milliseconds) })
  return verdict.state === "pending" ? Math.max(verdict.delaySeconds, throttleSeconds ?? 0) : undefined
}

/**
 * Sends all deliveries that are due, each at least once: the process may die between the sending and its record.
 * @returns how many attempts were made, and when the first of their repetitions is due
 */
export async function sendDueDeliveries(ports: SendDeliveriesPorts) {
  let attempts = 0
  let pause = Number.POSITIVE_INFINITY
  for (;;) {
    const due = await ports.subscriptions.due(SUBSCRIPTIONS)
    const claimed = await Promise.all(
      due.map(async (subscription) => ({
        subscription,
        deliveries: await ports.deliveries.claim(subscription.id, CHUNK, LEASE_SECONDS),
      })),
    )
    const tried = claimed.flatMap(({ subscription, deliveries }) =>
      deliveries.map((delivery) => attempt(ports, subscription, delivery)),
    )
    // What is due and was not claimed is another sender's.
    if (tried.length === 0) return { attempts, ...(Number.isFinite(pause) && { againInMs: pause * 1_000 }) }
    for (const outcome of await Promise.allSettled(tried)) {
      if (outcome.status === "rejected") throw outcome.reason
      pause = Math.min(pause, outcome.value ?? Number.POSITIVE_INFINITY)
    }
    attempts += tried.length
  }
}

/** Follows the commits that make deliveries, and makes the later attempts. */
export const sendDeliveries = useCase("ordering.send-deliveries", {
  input: z.strictObject({}),
  result: z.strictObject({ attempts: z.int(), againInMs: z.int().optional() }),
  handle: (ports: SendDeliveriesPorts) => () => sendDueDeliveries(ports),
})
