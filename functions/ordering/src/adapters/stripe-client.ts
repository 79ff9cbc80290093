import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { circuit } from "@eshop/building-blocks/http/circuit"
import { clientCall } from "@eshop/building-blocks/telemetry/client-call"
import { answeredWith, httpCall } from "@eshop/building-blocks/telemetry/http-call"
import { BrokenCircuitError, handleWhen } from "cockatiel"
import type { Stripe } from "stripe"

/** The version of Stripe's API whose answers this adapter reads: a newer account does not change them. */
const API_VERSION = "2026-10-28.endive"
const TIMEOUT_MS = 10_000

/**
 * Calls Stripe, or the simulator in its place.
 * @throws DependencyUnavailableError when it cannot be reached in time, is busy, or does not let us in for now
 * @throws Stripe.errors.StripeError for what it says no to
 */
export type StripeCalls = <T>(work: (stripe: Stripe) => Promise<T>) => Promise<T>

/** The package is large, and a start of the app does not need it. */
export const loadStripe = async (): Promise<typeof Stripe> => (await import("stripe")).Stripe

/** Loaded, constructed and connected by its first call. Nothing is repeated here: who calls knows how patient it is. */
export function stripeClient(options: { url: string; apiKey: string; timeoutMs?: number }): StripeCalls {
  const { protocol, hostname, port } = new URL(options.url)
  const isSecure = protocol === "https:"
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const breaker = circuit(handleWhen(isOut))
  let client: Promise<Stripe> | undefined

  async function connect(): Promise<Stripe> {
    const Client = await loadStripe()
    return new Client(options.apiKey, {
      apiVersion: API_VERSION,
      maxNetworkRetries: 0,
      timeout: options.timeoutMs ?? TIMEOUT_MS,
      telemetry: false,
      host: hostname,
      port: port || (isSecure ? 443 : 80),
      protocol: isSecure ? "https" : "http",
      httpClient: observed(Client.createNodeHttpClient(agent), options.url),
    })
  }

  return async (work) => {
    client ??= connect()
    const stripe = await client
    try {
      return await breaker.execute(() => work(stripe))
    } catch (error) {
      if (error instanceof BrokenCircuitError || isOut(error))
        throw new DependencyUnavailableError("payments", error)
      throw error
    }
  }
}

/** Makes every request a call with a span and a metric; of its path the ids are left out. */
function observed(client: Stripe.HttpClient, url: string): Stripe.HttpClient {
  const send = client.makeRequest.bind(client)
  client.makeRequest = (host, port, path, method, ...rest) =>
    clientCall(
      () =>
        httpCall("payments", url, { method, template: path.replace(/\?.*|(?<=\/)[a-z]+_\w{8,}/g, replaced) }),
      async (call) => {
        const response = await send(host, port, path, method, ...rest)
        answeredWith(call, response.getStatusCode())
        return response
      },
    )
  return client
}
const replaced = (part: string): string => (part.startsWith("?") ? "" : "{id}")

/** What Stripe says no to; undefined for anything else. */
export const stripeError = (error: unknown): Stripe.errors.StripeError | undefined =>
  error instanceof Error && "rawType" in error ? (error as Stripe.errors.StripeError) : undefined

/** No answer, an answer that is none, a key in use or a lock (409), a key of the API that is refused for now, too many requests. */
function isOut(error: unknown): boolean {
  const failed = stripeError(error)
  if (!failed) return false
  const { statusCode = 0, type } = failed
  return statusCode === 0 || statusCode >= 500 || BUSY.has(statusCode) || type === "StripeRateLimitError"
}
const BUSY: ReadonlySet<number> = new Set([401, 403, 409, 429])
