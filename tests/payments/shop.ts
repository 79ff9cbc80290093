import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { CommandCall, Tx } from "@eshop/building-blocks/app/call"
import type { Saga } from "@eshop/building-blocks/durable/saga"
import { undoName } from "@eshop/building-blocks/durable/step"
import { type Actor, playSaga, type Stage } from "@eshop/building-blocks/durable/testing/play-saga"
import { isUnavailable } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import type { OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import { confirmStock } from "@eshop/domain/ordering/confirm-stock"
import { evolve, type Order, type PaidOrder } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import { submitOrder } from "@eshop/domain/ordering/submit-order"
import { submission } from "@eshop/domain/ordering/testing/given"
import { startPaymentSimulator } from "@eshop/payment-simulator/server"
import { stripeClient } from "../../functions/ordering/src/adapters/stripe-client.ts"
import { stripeEvents } from "../../functions/ordering/src/adapters/stripe-events.ts"
import { stripePayments } from "../../functions/ordering/src/adapters/stripe-payments.ts"
import { abandonedCheckout } from "../../functions/ordering/src/checkout/abandoned-checkout.ts"
import { checkout, STOCK_RESERVED } from "../../functions/ordering/src/checkout/checkout-saga.ts"
import { paymentReported } from "../../functions/ordering/src/payments/payment-reported.ts"
import type {
  Payments,
  ProviderWatch,
  ReconciledUntil,
  Watched,
} from "../../functions/ordering/src/payments/ports.ts"
import { receiveReport } from "../../functions/ordering/src/payments/receive-report.ts"
import { reconcilePayments } from "../../functions/ordering/src/payments/reconcile-payments.ts"

/** How long a message that cannot be handled now waits. */
const PAUSE_MS = 20
const apiKey = "sk_test_of_this_test"
const secret = "whsec_of_this_test"
/** When every play begins, by its own clock. */
const startedAt = new Date("2026-01-01T00:00:00Z")

type ReconcileResult = Record<"right" | "waiting" | "voided" | "refunded" | "reported" | "alarms", number>

/**
 * Ordering's payments in one process: the real sagas, use cases and adapter on orders in memory, with the payment
 * simulator behind HTTP, whose reports come in by HTTP as well. Every message of the outbox is consumed twice.
 * @param options.timeoutMs how long the adapter waits for an answer
 */
export async function shopWithPayments(options: { timeoutMs: number; slowMs?: number }) {
  const orders = new Map<string, { order: Order; version: number; events: OrderEvent[] }>()
  const running = new Map<string, Stage["raise"]>()
  const handled = new Set<string>()
  const watched = new Map<string, Watched>()
  let lastInvoice = 0
  const messages: OutboxMessage[] = []
  const reports: unknown[] = []
  let toldOfCaptures = 0
  const underWay = new Set<Promise<unknown>>()

  const endpoint = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const input = { bytes: Buffer.concat(chunks), headers, params: {} }
    if (JSON.parse(input.bytes.toString()).type === "payment_intent.succeeded") toldOfCaptures++
    const handling = receiveReport.handle(ports as never)(input as never, callOf("webhook"))
    const status = await handling.then(
      (answer) => (JSON.stringify(answer).includes("refused") ? 403 : 200),
      () => 503,
    )
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/payments/webhook`
  const dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  const { slowMs = 100, timeoutMs } = options
  const webhook = { url, secret }
  const simulator = await startPaymentSimulator({ port: 0, apiKey, dataDir, slowMs, webhook })
  const provider = simulator.url.replace("localhost", "127.0.0.1")
  const connect = () => stripePayments(stripeClient({ url: provider, apiKey, timeoutMs }))
  const payments = connect()

  const find = async (id: string) => orders.get(id)
  const watchIn = (entries: Map<string, Watched>): ProviderWatch => {
    let until: ReconciledUntil | undefined
    return {
      until: async () => until,
      moveTo: async (next) => {
        until = next
      },
      watched: async (limit) => [...entries.values()].slice(0, limit),
      watch: async (_, entry) => void entries.set(entry.id, entry),
      settled: async (id) => void entries.delete(id),
    }
  }
  const ports = {
    orders: {
      find,
      async lock(_: Tx, id: string) {
        const stored = await find(id)
        return stored && { ...stored, head: { version: stored.version, hash: "" } }
      },
      async append(
        _: Tx,
        id: string,
        head: { version: number } | undefined,
        events: readonly OrderEvent[],
        order: Order,
      ) {
        const before = orders.get(id)
        if (!before || before.version !== head?.version) throw new Error("another writer was faster")
        const version = before.version + events.length
        orders.set(id, { order, version, events: [...before.events, ...events] })
      },
    },
    outbox: {
      async add(_: Tx, added: readonly OutboxMessage[]) {
        messages.push(...added)
        for (const { event } of added) if (event.type === PaymentReported.type) consume(event.data)
      },
    },
    inbox: {
      async claim(_: Tx, source: string, id: string) {
        const isNew = !handled.has(`${source} ${id}`)
        handled.add(`${source} ${id}`)
        return isNew
      },
    },
    sagas: {
      start: async () => undefined,
      status: async (id: string) => ({ status: running.has(id) ? "running" : "completed", position: null }),
      async raise(id: string, event: string, data: unknown) {
        running.get(id)?.(event, data)
        return true
      },
    },
    payments: payments as Payments,
    providerRecords: payments,
    providerEvents: stripeEvents([secret]),
    paymentWatch: watchIn(watched),
    refundWatch: watchIn(new Map()),
    reportPosition: watchIn(new Map()),
    invoiceSeries: { next: async () => ++lastInvoice },
    checkoutSettings: { gracePeriodSeconds: 0 },
    attention: { note: async () => undefined, strike: async () => undefined, list: async () => [] },
  }

  function callOf(id: string, now = new Date()): CommandCall {
    const transact = <T>(work: (tx: Tx) => Promise<T>) => work({} as Tx)
    return { now, newId, caller: { kind: "system", id }, transact, commit: transact as never }
  }

  /** Twice, the second time at once, and again while the provider is out. */
  function consume(report: unknown): void {
    reports.push(report)
    const once = async (): Promise<unknown> => {
      const handling = paymentReported.handle(ports as never)(report as never, callOf("event"))
      return await handling.catch(async (error) => {
        if (!isUnavailable(error)) throw error
        await sleep(PAUSE_MS)
        return await once()
      })
    }
    const both = Promise.all([once(), once()]).finally(() => underWay.delete(both))
    underWay.add(both)
  }

  function actorsOf(saga: Saga, orderId: string, overPorts: object): Record<string, Actor> {
    const actor =
      (run: (input: never, call: CommandCall, answer?: never) => Promise<unknown>): Actor =>
      (input, { now, answer, raise }) => {
        running.set(orderId, raise)
        return run(input, callOf(saga.name, now), answer as never)
      }
    const given = { ...ports, ...overPorts } as never
    return Object.fromEntries(
      saga.steps.flatMap((step): [string, Actor][] => [
        [step.name, actor(step.run(given))],
        ...(step.undo ? [[undoName(step), actor(step.undo(given))] as [string, Actor]] : []),
      ]),
    )
  }

  return {
    simulator,
    payments,
    /** The provider as another process sees it: what fails for one does not open the circuit of another. */
    connect,
    /** The reports that were published. */
    reports,
    /** How often the provider has told of a capture. */
    toldOfCaptures: () => toldOfCaptures,
    watched,
    orderOf: (orderId: string) => orders.get(orderId)?.order,
    typesOf: (orderId: string) => orders.get(orderId)?.events.map(({ type }) => type) ?? [],

    /** An order that waits for its payment. @returns its id */
    placeOrder(paymentMethod: string): string {
      const orderId = newId()
      const submit = { ...submission, orderId, paymentMethod, couponCodes: [] }
      const events = submitOrder(undefined, submit, startedAt) as OrderEvent[]
      const submitted = events.reduce<Order | undefined>(evolve, undefined)
      const reservedUntil = new Date(startedAt.getTime() + 30 * 60_000).toISOString()
      events.push(...(confirmStock(submitted, { reservedUntil }, startedAt) as OrderEvent[]))
      const order = events.reduce<Order | undefined>(evolve, undefined) as Order
      orders.set(orderId, { order, version: events.length, events })
      return orderId
    },

    /** Plays the order's checkout saga to its end. @param other ports that the test wants otherwise */
    async play(
      orderId: string,
      other: { readonly payments: Payments } = { payments: connect() },
    ): Promise<string | undefined> {
      const { state, failure } = await playSaga(
        checkout,
        { orderId },
        {
          actors: actorsOf(checkout, orderId, other),
          events: [
            { afterSeconds: 1, event: STOCK_RESERVED, data: { expiresAt: "2026-01-01T00:30:00.000Z" } },
          ],
          id: orderId,
          startedAt,
        },
      ).finally(() => running.delete(orderId))
      if (failure !== undefined) throw new Error(failure)
      return state
    },

    /** Leads an order back whose saga is gone. */
    async leadBack(orderId: string): Promise<string | undefined> {
      const id = `${orderId}-abandoned`
      const actors = actorsOf(abandonedCheckout, id, {})
      return (await playSaga(abandonedCheckout, { orderId }, { actors, id, startedAt })).state
    },

    /** Runs the reconciler, as if so many minutes later. */
    async reconcile(minutes: number): Promise<ReconcileResult> {
      const call = callOf("reconciler", new Date(Date.now() + minutes * 60_000))
      return (await reconcilePayments.handle(ports as never)({} as never, call)) as ReconcileResult
    },

    /** Resolves once every report that has come was consumed. */
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay)
    },

    /** An order's payments at the provider: `status captured`. */
    async intentsOf(orderId: string): Promise<string[]> {
      const response = await fetch(`${simulator.url}/v1/test_helpers/payment_intents?order_id=${orderId}`, {
        headers: { authorization: `Bearer ${apiKey}` },
      })
      const { data } = (await response.json()) as { data: { status: string; amount_received: number }[] }
      return data.map(({ status, amount_received }) => `${status} ${amount_received}`)
    },

    /** The bank decides the dispute of an order's payment. */
    async decideDispute(orderId: string, evidence: "winning_evidence" | "losing_evidence"): Promise<void> {
      const order = orders.get(orderId)?.order as PaidOrder
      const headers = { authorization: `Bearer ${apiKey}` }
      const listed = await fetch(`${simulator.url}/v1/disputes?payment_intent=${order.payment.paymentId}`, {
        headers,
      })
      const { data } = (await listed.json()) as { data: { id: string }[] }
      const body = new URLSearchParams({ "evidence[uncategorized_text]": evidence })
      await fetch(`${simulator.url}/v1/disputes/${data[0]?.id}`, { method: "POST", headers, body })
    },

    async totals(): Promise<{ intents: number; capturable: number; captured: number; refunded: number }> {
      const response = await fetch(`${simulator.url}/v1/test_helpers/summary`, {
        headers: { authorization: `Bearer ${apiKey}` },
      })
      return (await response.json()) as never
    },

    async close(): Promise<void> {
      await simulator.close()
      await new Promise((resolve) => endpoint.close(resolve).closeAllConnections())
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
export type ShopWithPayments = Awaited<ReturnType<typeof shopWithPayments>>

/** What an order of these tests costs. */
export const TOTAL = usd(30_00)
