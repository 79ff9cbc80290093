import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { PageAnswer } from "./authentication-page.ts"
import { invalid, StripeError } from "./stripe-error.ts"

const MAX_BODY_BYTES = 65_536
const MAX_KEY_LENGTH = 255

/** The address that is asked for. Throws a Stripe error for a target that is none. */
export function readUrl(request: IncomingMessage): URL {
  const base = "http://payments"
  if (URL.canParse(request.url ?? "/", base)) return new URL(request.url ?? "/", base)
  throw invalid("The request target is not a URL.")
}

/** Checks the API key: a bearer token, or the user name of basic authentication. Throws a Stripe error. */
export function authenticate(authorization: string | undefined, apiKey: string): void {
  const [, scheme = "", value = ""] = /^(Bearer|Basic) (\S+)$/i.exec(authorization ?? "") ?? []
  const given =
    scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString().split(":")[0] : value
  if (given === apiKey) return
  const message = given
    ? "Invalid API Key provided."
    : "You did not provide an API key: send it as Authorization: Bearer YOUR_SECRET_KEY."
  throw new StripeError(401, "invalid_request_error", message)
}

/** The Idempotency-Key, or undefined without one. Throws a Stripe error for one that is too long. */
export function readIdempotencyKey(request: IncomingMessage): string | undefined {
  const key = request.headers["idempotency-key"]
  if (typeof key !== "string" || key === "") return undefined
  if (key.length > MAX_KEY_LENGTH)
    throw invalid(`Idempotency keys can have at most ${MAX_KEY_LENGTH} characters.`)
  return key
}

/** Throws a Stripe error for a version of the API that is not this one. */
export function checkVersion(request: IncomingMessage, version: string): void {
  const asked = request.headers["stripe-version"]
  if (asked !== undefined && asked !== version) throw invalid(`Invalid Stripe API version: ${asked}`)
}

/** The form-encoded body. Throws a Stripe error for another media type and for more than 64 KiB. */
export async function readForm(request: IncomingMessage): Promise<string> {
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

/** Resolves when the time is over or the caller has gone. */
export function closedOrAfter(response: ServerResponse, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    response.once("close", () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Sends an answer of the API, unless the caller has gone. */
export function send(response: ServerResponse, reply: { status: number; body: string }): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(reply.status, { "content-type": "application/json" })
  response.end(reply.body)
}

/** Sends what a browser gets. */
export function sendPage(response: ServerResponse, answer: PageAnswer): void {
  response.setHeader("cache-control", "no-store")
  if ("location" in answer) {
    response.writeHead(303, { location: answer.location }).end()
    return
  }
  response.writeHead(answer.status, {
    "content-type": "text/html; charset=utf-8",
    // No form-action: browsers apply it to the redirect that follows the form as well.
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
  })
  response.end(answer.html)
}

/** Listens on the loopback interface and gives the port, which is a free one where 0 is asked for. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      const address = server.address()
      resolve(address && typeof address === "object" ? address.port : port)
    })
  })
}
