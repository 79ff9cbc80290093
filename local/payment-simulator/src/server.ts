import { createHash, randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { PAGE_PATH, pageUrl, pressButton, showPage } from "./authentication-page.ts"
import { answerHostedField } from "./hosted-field.ts"
import {
  authenticate,
  checkVersion,
  closedOrAfter,
  listen,
  readForm,
  readIdempotencyKey,
  readUrl,
  send,
  sendPage,
} from "./http.ts"
import { executeKeyless, executeOncePerKey, keyInUse, type Reply } from "./idempotency.ts"
import { settleDue, type Workplace } from "./operation.ts"
import { faultsOfOrders, readOrderFault } from "./order-faults.ts"
import { PUBLISHABLE_KEY } from "./payment-methods.ts"
import { operationOf, orderOf } from "./routes.ts"
import { PaymentStore } from "./store.ts"
import { StripeError } from "./stripe-error.ts"
import {
  API_VERSION,
  type Delivery,
  type Endpoint,
  readDelivery,
  type Webhooks,
  webhooks,
} from "./webhooks.ts"

/** How the payment simulator is run. */
export interface PaymentOptions {
  /** 0 takes any free port. */
  port: number
  apiKey: string
  dataDir: string
  /** How long `pm_card_slow` is processing, in milliseconds. */
  slowMs?: number
  /** How long the answer to the first capture of `pm_card_timeoutAfterCapture` is withheld, in milliseconds. */
  withholdMs?: number
  /** How long the search does not know of a new or changed intent, in milliseconds; not at all unless it is given. */
  searchLagMs?: number
  /** Where changes are reported; nowhere unless it is given. */
  webhook?: Endpoint
}

/** A running payment simulator. */
export interface PaymentSimulator {
  url: string
  /** From now on changes are reported like this; `after` at first. */
  deliver(delivery: Delivery): void
  close(): Promise<void>
}

const METHODS_PATH = "/v1/payment_methods"
/** For tests, not part of Stripe's API: how changes are reported from now on. */
const DELIVERY_PATH = "/v1/test_helpers/webhook_delivery"
/** The same: what goes wrong with the payment of one order (order-faults.ts). */
const FAULTS_PATH = "/v1/test_helpers/order_faults"
const SLOW_MS = 3_000
const WITHHOLD_MS = 30_000
/** How often time's own changes are looked for, and reports are sent that were not taken. */
const TICK_MS = 250

/** Starts the stand-in of the payment provider: Stripe's API shape for payment intents and refunds. */
export async function startPaymentSimulator(options: PaymentOptions): Promise<PaymentSimulator> {
  const store = new PaymentStore(options.dataDir, options.searchLagMs ?? 0)
  const server = createServer()
  const url = `http://localhost:${await listen(server, options.port)}`
  const faults = faultsOfOrders()
  const hooks = webhooks(store, options.webhook, faults)
  const at: Workplace = {
    store,
    now: Date.now,
    slowMs: options.slowMs ?? SLOW_MS,
    pageOf: (intent) => pageUrl(url, intent),
    faults,
    report: hooks.report,
  }
  const handle = handlerOf(options, at, hooks)
  const ticking = setInterval(() => {
    store.transaction(() => settleDue(at))
    void hooks.flush()
  }, TICK_MS)
  server.on("request", (request, response) => {
    response.setHeader("request-id", `req_${randomBytes(7).toString("hex")}`)
    handle(request, response).catch((error: unknown) => {
      if (!(error instanceof StripeError)) console.error(error)
      const known =
        error instanceof StripeError
          ? error
          : new StripeError(500, "api_error", "The simulator failed; see its log.")
      send(response, { status: known.status, body: JSON.stringify(known.toBody()) })
    })
  })
  return {
    url,
    deliver: hooks.deliver,
    close: () =>
      new Promise((resolve) => {
        clearInterval(ticking)
        hooks.close()
        server.close(() => {
          store.close()
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

const withheldIf = (isUnanswered: boolean, reply: Reply): Reply =>
  isUnanswered ? { ...reply, isWithheld: true } : reply

function handlerOf(options: PaymentOptions, at: Workplace, hooks: Webhooks) {
  const withholdMs = options.withholdMs ?? WITHHOLD_MS
  /** Keys whose answer has not left yet. */
  const inFlight = new Set<string>()

  async function deliver(response: ServerResponse, reply: Reply, key: string | undefined): Promise<void> {
    // Who asks changes nothing, and may be the endpoint that is being told.
    if (hooks.delivery === "before" && response.req.method === "POST") await hooks.flush()
    if (hooks.delivery === "together") void hooks.flush()
    if (reply.isWithheld) {
      if (key !== undefined) inFlight.add(key)
      await closedOrAfter(response, withholdMs)
      if (key !== undefined) inFlight.delete(key)
    }
    if (reply.isReplayed) response.setHeader("idempotent-replayed", "true")
    if (key !== undefined) response.setHeader("idempotency-key", key)
    send(response, reply)
    setImmediate(() => void hooks.flush())
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = readUrl(request)
    const method = request.method ?? "GET"
    if (url.pathname === "/health/live") return send(response, { status: 200, body: '{"status":"live"}' })
    const body = method === "POST" ? await readForm(request) : ""
    // The page is for browsers, which have the client secret instead of the API key.
    if (url.pathname.startsWith(PAGE_PATH)) {
      return sendPage(response, method === "POST" ? pressButton(at, url, body) : showPage(at, url))
    }
    if (method === "GET" && (await answerHostedField(response, url))) return
    // Cards come from browsers, which have the publishable key alone; Stripe takes raw cards by no secret key either.
    const isCard = method === "POST" && url.pathname === METHODS_PATH
    authenticate(request.headers.authorization, isCard ? PUBLISHABLE_KEY : options.apiKey)
    checkVersion(request, API_VERSION)
    if (url.pathname === DELIVERY_PATH && method === "POST") {
      hooks.deliver(readDelivery(body))
      return send(response, { status: 200, body: "{}" })
    }
    if (url.pathname === FAULTS_PATH && method === "POST") {
      const { orderId, fault } = readOrderFault(body)
      at.faults.add(orderId, fault)
      return send(response, { status: 200, body: "{}" })
    }
    const orderId = method === "POST" ? orderOf(at, url, body) : undefined
    if (at.faults.take(orderId, "unanswered-before")) {
      await closedOrAfter(response, withholdMs)
      response.destroy()
      return
    }
    const isUnanswered = at.faults.take(orderId, "unanswered-after")
    const prepare = () => operationOf(at, method, url, body)
    const key = method === "POST" ? readIdempotencyKey(request) : undefined
    const during = <T>(work: () => T) => hooks.during(String(response.getHeader("request-id")), key, work)
    if (key === undefined)
      return deliver(
        response,
        during(() => withheldIf(isUnanswered, executeKeyless(at.store, prepare()))),
        undefined,
      )
    if (inFlight.has(key)) throw keyInUse(key)
    const fingerprint = createHash("sha256").update(`${url.pathname}\n${body}`).digest("hex")
    return deliver(
      response,
      during(() => withheldIf(isUnanswered, executeOncePerKey(at.store, key, fingerprint, prepare))),
      key,
    )
  }
}
