import { createHash, randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { type Execution, type PaymentOperations, paymentOperations } from "./operations.ts"
import { PaymentStore } from "./store.ts"
import { invalid, StripeError } from "./stripe-error.ts"

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
}

/** A running payment simulator. */
export interface PaymentSimulator {
  url: string
  close(): Promise<void>
}

const SLOW_MS = 3_000
const WITHHOLD_MS = 30_000
const MAX_BODY_BYTES = 65_536
const MAX_KEY_LENGTH = 255

interface Reply {
  status: number
  body: string
  isWithheld: boolean
  isReplayed: boolean
}

/** Starts the stand-in of the payment provider: Stripe's API shape for payment intents and refunds. */
export async function startPaymentSimulator(options: PaymentOptions): Promise<PaymentSimulator> {
  const store = new PaymentStore(options.dataDir)
  const operations = paymentOperations(store, { now: Date.now, slowMs: options.slowMs ?? SLOW_MS })
  const withholdMs = options.withholdMs ?? WITHHOLD_MS
  /** Keys whose answer has not left yet. */
  const inFlight = new Set<string>()

  /** Carries out the work once per idempotency key; a repetition gets the very same answer. */
  function executeOnce(key: string, fingerprint: string, execute: Execution): Reply {
    const saved = store.findAnswer(key)
    if (saved && saved.fingerprint !== fingerprint) throw keyReused(key)
    if (saved) return { status: saved.status, body: saved.body, isWithheld: false, isReplayed: true }
    return store.transaction(() => {
      const reply = attempt(execute)
      store.saveAnswer(key, { fingerprint, status: reply.status, body: reply.body })
      return reply
    })
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://payments")
    if (url.pathname === "/health/live") return send(response, { status: 200, body: '{"status":"live"}' })
    authenticate(request.headers.authorization, options.apiKey)
    const method = request.method ?? "GET"
    const body = method === "POST" ? await readForm(request) : ""
    const execution = route(operations, method, url, body)
    const key = method === "POST" ? idempotencyKey(request) : undefined
    if (key === undefined) {
      return deliver(
        response,
        store.transaction(() => attempt(execution)),
        undefined,
      )
    }
    if (inFlight.has(key)) throw keyInUse(key)
    const fingerprint = createHash("sha256").update(`${url.pathname}\n${body}`).digest("hex")
    return deliver(response, executeOnce(key, fingerprint, execution), key)
  }

  async function deliver(response: ServerResponse, reply: Reply, key: string | undefined): Promise<void> {
    if (reply.isWithheld) {
      if (key !== undefined) inFlight.add(key)
      await closedOrAfter(response, withholdMs)
      if (key !== undefined) inFlight.delete(key)
    }
    if (reply.isReplayed) response.setHeader("idempotent-replayed", "true")
    if (key !== undefined) response.setHeader("idempotency-key", key)
    send(response, reply)
  }

  const server = createServer((request, response) => {
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
  await listen(server, options.port)
  const address = server.address()
  const port = address && typeof address === "object" ? address.port : options.port
  return {
    url: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          store.close()
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

/** A refusal is an answer too, and is remembered like one; anything else that is thrown undoes the transaction. */
function attempt(execute: Execution): Reply {
  try {
    const { status, body, isWithheld = false } = execute()
    return { status, body: JSON.stringify(body), isWithheld, isReplayed: false }
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    return {
      status: error.status,
      body: JSON.stringify(error.toBody()),
      isWithheld: false,
      isReplayed: false,
    }
  }
}

function route(operations: PaymentOperations, method: string, url: URL, body: string): Execution {
  const [version, resource, id, action, ...rest] = url.pathname.slice(1).split("/")
  const target = `${method} ${resource}${id === undefined ? "" : "/:id"}${action === undefined ? "" : `/${action}`}`
  if (version === "v1" && rest.length === 0) {
    const name = id ?? ""
    if (target === "GET payment_intents/:id" && name === "search")
      return operations.searchIntents(url.searchParams)
    if (target === "GET test_helpers/:id" && name === "summary") return operations.summary()
    switch (target) {
      case "POST payment_intents":
        return operations.createIntent(body)
      case "GET payment_intents":
        return operations.listIntents(url.searchParams)
      case "GET payment_intents/:id":
        return operations.getIntent(name)
      case "POST payment_intents/:id/confirm":
        return operations.confirmIntent(name, body)
      case "POST payment_intents/:id/capture":
        return operations.captureIntent(name, body)
      case "POST payment_intents/:id/cancel":
        return operations.cancelIntent(name, body)
      case "POST refunds":
        return operations.createRefund(body)
      case "GET refunds":
        return operations.listRefunds(url.searchParams)
      case "GET refunds/:id":
        return operations.getRefund(name)
    }
  }
  throw new StripeError(
    404,
    "invalid_request_error",
    `Unrecognized request URL (${method}: ${url.pathname}).`,
  )
}

/** The API key as bearer token or as the user name of basic authentication. */
function authenticate(authorization: string | undefined, apiKey: string): void {
  const [, scheme = "", value = ""] = /^(Bearer|Basic) (\S+)$/i.exec(authorization ?? "") ?? []
  const given =
    scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString().split(":")[0] : value
  if (given === apiKey) return
  const message = given
    ? "Invalid API Key provided."
    : "You did not provide an API key: send it as Authorization: Bearer YOUR_SECRET_KEY."
  throw new StripeError(401, "invalid_request_error", message)
}

function idempotencyKey(request: IncomingMessage): string | undefined {
  const key = request.headers["idempotency-key"]
  if (typeof key !== "string" || key === "") return undefined
  if (key.length > MAX_KEY_LENGTH)
    throw invalid(`Idempotency keys can have at most ${MAX_KEY_LENGTH} characters.`)
  return key
}

function keyReused(key: string): StripeError {
  const message =
    "Keys for idempotent requests can only be used with the same parameters they were first used with. " +
    `Try using a key other than '${key}' if you meant to execute a different request.`
  return new StripeError(400, "idempotency_error", message)
}

function keyInUse(key: string): StripeError {
  const message = `There is currently another in-progress request using the idempotency key '${key}'.`
  return new StripeError(409, "idempotency_error", message, { code: "idempotency_key_in_use" })
}

async function readForm(request: IncomingMessage): Promise<string> {
  const type = request.headers["content-type"]
  if (type !== undefined && !type.startsWith("application/x-www-form-urlencoded")) {
    throw invalid(`Invalid request: parameters are sent form-encoded, not as ${type}.`)
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (length > MAX_BODY_BYTES)
    throw new StripeError(413, "invalid_request_error", "The request is too large.")
  return Buffer.concat(chunks).toString()
}

function closedOrAfter(response: ServerResponse, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    response.once("close", () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function send(response: ServerResponse, reply: { status: number; body: string }): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(reply.status, { "content-type": "application/json" })
  response.end(reply.body)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
}
