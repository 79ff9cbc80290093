import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as send,
} from "node:http"
import { downstreamHeaders, upstreamHeaders } from "./headers.ts"
import { answerProblem, type GatewayProblem, type Occasion } from "./problem.ts"
import type { Target } from "./request-target.ts"
import type { Service } from "./routes.ts"

const CONNECTIONS_PER_SERVICE = 256
/** Shorter than a service keeps an idle connection (Node: 5 s), so that a request rarely meets a closing one. */
const IDLE_CONNECTION_MS = 4_000
const RETRY_AFTER_SECONDS = "1"

/** One request on its way to a service. */
export interface Passage {
  request: IncomingMessage
  response: ServerResponse
  service: Service
  /** Base URL of the service. */
  upstream: URL
  /** Path and query as the service sees them. */
  path: string
  /** The host that the caller named. */
  host: Target["host"]
  body: Buffer | undefined
  about: Occasion
}

const unreachable = (name: string): GatewayProblem => ({
  status: 503,
  code: "service.unavailable",
  detail: `${name} cannot be reached at the moment.`,
  headers: { "retry-after": RETRY_AFTER_SECONDS },
})

/**
 * Forwards requests over kept connections and streams the answers back.
 * @param timeoutMs how long a service may take until its answer begins, and how long an answer may stand still
 * @param edgeHeaders what only an edge may say: from callers it is not passed on
 */
export function createProxy(timeoutMs: number, edgeHeaders: ReadonlySet<string>) {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS_PER_SERVICE,
    timeout: IDLE_CONNECTION_MS,
  })

  function open({ request, service, upstream, path, host, body, about }: Passage): ClientRequest {
    const headers = upstreamHeaders(request, service, host, about.traceparent, edgeHeaders)
    if (body) headers["content-length"] = body.length
    const outgoing = send({
      agent,
      host: upstream.hostname,
      port: upstream.port,
      // HEAD is GET without the content (RFC 9110, section 9.3.2): a service need not know it.
      method: request.method === "HEAD" ? "GET" : request.method,
      path,
      headers,
      // The agent's own timeout is for idle connections; a request in flight has the timer of forward().
      timeout: 0,
    })
    return outgoing.end(body)
  }

  function forward(passage: Passage, isRetry = false): void {
    const { request, response, service, about } = passage
    const outgoing = open(passage)
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      outgoing.destroy()
    }, timeoutMs)
    const callerGone = () => outgoing.destroy()
    response.once("close", callerGone)

    outgoing.once("response", (incoming) => {
      clearTimeout(timer)
      passOn(incoming, response, service, about)
    })
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      response.removeListener("close", callerGone)
      if (response.destroyed || response.writableEnded) return
      // The service closed a kept connection just as it was used again; a read may simply be asked anew.
      const mayRepeat = !isRetry && (request.method === "GET" || request.method === "HEAD")
      if (mayRepeat && outgoing.reusedSocket && !timedOut && !response.headersSent) {
        forward(passage, true)
        return
      }
      answerProblem(response, problemOf(error, timedOut, service.name, timeoutMs), about)
    })
  }

  function passOn(incoming: IncomingMessage, response: ServerResponse, service: Service, about: Occasion) {
    const status = incoming.statusCode ?? 502
    const headers = downstreamHeaders(incoming.headers)
    if (status >= 400 && !isProblem(incoming)) {
      incoming.resume()
      answerProblem(response, bareError(status, headers, service.name), about)
      return
    }
    response.writeHead(status, incoming.statusMessage, headers)
    // A caller that does not read its answer would keep a connection to the service for as long as it likes.
    response.setTimeout(timeoutMs, () => response.destroy())
    incoming.pipe(response)
    // An answer that breaks off must break off for the caller too, not look complete.
    incoming.once("close", () => {
      if (!incoming.complete) response.destroy()
    })
  }

  return { forward, close: () => agent.destroy() }
}

const isProblem = (incoming: IncomingMessage): boolean =>
  /^application\/problem\+json\s*(;|$)/i.test(incoming.headers["content-type"] ?? "")

/** What an app's host answers itself, mostly with nothing in it: every error that leaves the shop is a problem. */
function bareError(status: number, headers: OutgoingHttpHeaders, name: string): GatewayProblem {
  const kept = ["allow", "retry-after", "www-authenticate"].flatMap((header) =>
    headers[header] === undefined ? [] : [[header, String(headers[header])] as const],
  )
  return {
    status,
    code: status < 500 ? "service.refused" : "service.failed",
    detail: `${name} answered ${status} without saying why.`,
    headers: Object.fromEntries(kept),
  }
}

function problemOf(error: NodeJS.ErrnoException, timedOut: boolean, name: string, timeoutMs: number) {
  if (timedOut) {
    return {
      status: 504,
      code: "service.timeout",
      detail: `${name} did not answer within ${timeoutMs / 1_000} s; whether it acted is not known.`,
    } satisfies GatewayProblem
  }
  // llhttp's codes: something answered, but not HTTP.
  if (error.code?.startsWith("HPE_")) {
    const detail = `${name} sent an answer that is not HTTP.`
    return { status: 502, code: "service.bad-answer", detail } satisfies GatewayProblem
  }
  return unreachable(name)
}
