import { createHmac } from "node:crypto"
import type { Change } from "./changes.ts"
import { Form } from "./form.ts"
import { newId } from "./intent-object.ts"
import type { OrderFaults } from "./order-faults.ts"
import type { PaymentStore, Report } from "./store.ts"

/** When the shop hears of a change: before its request is answered, at the same moment, afterwards, twice, or never. */
export const deliveries = ["before", "together", "after", "twice", "never"] as const
export type Delivery = (typeof deliveries)[number]

/** The shop's webhook endpoint, as its owner has set it up at the provider. */
export interface Endpoint {
  url: string
  /** What reports are signed with. */
  secret: string
  /** Types of the events that it wants; all of them unless it says so. */
  events?: readonly string[]
}

/** The version of the API that requests may ask for, and that reports are made in. */
export const API_VERSION = "2026-10-28.endive"

const TIMEOUT_MS = 10_000
/** A report that is not taken is sent again after 1, 2, 4 … seconds, at most an hour apart, for about three days. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 3_600_000
const MAX_ATTEMPTS = 80
const AT_ONCE = 64
/** So much later a late report comes: after the shop has begun to ask by itself. */
const LATE_MS = 5_000

/** Reads how changes are to be reported. Throws a Stripe error for anything else. */
export function readDelivery(encoded: string): Delivery {
  const form = new Form(encoded, ["delivery"])
  form.required("delivery")
  return form.oneOf("delivery", deliveries) as Delivery
}

/** The value of the header Stripe-Signature (https://docs.stripe.com/webhooks#verify-manually). */
export function signatureOf(body: string, secret: string, now: number): string {
  const at = Math.floor(now / 1_000)
  return `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`
}

/** Reports changes to the shop's endpoint: at least once, in no order that anybody may rely on. */
export function webhooks(store: PaymentStore, endpoint: Endpoint | undefined, faults: OrderFaults) {
  const underWay = new Map<number, Promise<void>>()
  let delivery: Delivery = "after"
  /** The API's request that is being carried out. */
  let request: { id: string | null; idempotency_key: string | null } = { id: null, idempotency_key: null }

  const wants = (type: string) => endpoint !== undefined && (endpoint.events?.includes(type) ?? true)

  /** Of what has no order of its own, its payment's. */
  function orderOf(object: object): string | undefined {
    const { metadata, payment_intent: id } = object as {
      metadata?: Record<string, string>
      payment_intent?: string
    }
    return metadata?.order_id ?? (id === undefined ? undefined : store.findIntent(id)?.metadata.order_id)
  }

  function record({ type, object }: Change): void {
    const event = {
      id: newId("evt"),
      object: "event",
      api_version: API_VERSION,
      created: Math.floor(Date.now() / 1_000),
      data: { object },
      livemode: false,
      pending_webhooks: 1,
      request,
      type,
    }
    store.addEvent(event)
    const orderId = orderOf(object)
    if (delivery === "never" || !wants(type) || faults.has(orderId, "webhook-never")) return
    const body = JSON.stringify(event)
    const isTwice = delivery === "twice" || faults.has(orderId, "webhook-twice")
    const dueAt = Date.now() + (faults.has(orderId, "webhook-late") ? LATE_MS : 0)
    for (let time = 0; time < (isTwice ? 2 : 1); time++) store.addReport(type, body, dueAt)
  }

  async function send({ url, secret }: Endpoint, { seq, body, attempts }: Report): Promise<void> {
    const taken = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "stripe-signature": signatureOf(body, secret, Date.now()),
      },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isClosed) return
    if (taken || attempts + 1 >= MAX_ATTEMPTS) return store.removeReport(seq)
    store.postponeReport(seq, Date.now() + Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS))
  }

  let isClosed = false

  /** Sends what is due. Resolves when each has been taken or postponed. */
  async function flush(): Promise<void> {
    if (!endpoint || isClosed) return
    for (const report of store.reportsDue(Date.now(), AT_ONCE)) {
      if (underWay.has(report.seq)) continue
      underWay.set(
        report.seq,
        send(endpoint, report).finally(() => underWay.delete(report.seq)),
      )
    }
    await Promise.all(underWay.values())
  }

  return {
    flush,
    report(changes: readonly Change[]): void {
      for (const change of changes) record(change)
    },
    /** Carries work out on behalf of a request: the reports of what it changes name it. */
    during<T>(id: string, key: string | undefined, work: () => T): T {
      request = { id, idempotency_key: key ?? null }
      try {
        return work()
      } finally {
        request = { id: null, idempotency_key: null }
      }
    },
    get delivery() {
      return delivery
    },
    deliver(next: Delivery): void {
      delivery = next
    },
    close(): void {
      isClosed = true
    },
  }
}
export type Webhooks = ReturnType<typeof webhooks>
