import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http"
import { downstreamHeaders, upstreamHeaders } from "./headers.ts"
import { answerProblem, type GatewayProblem, type Occasion } from "./problem.ts"
import type { Match } from "./routes.ts"

const CONNECTIONS_PER_SERVICE = 256
/** Shorter than a service keeps an idle connection (Node: 5 s), so that a request rarely meets a closing one. */
const IDLE_CONNECTION_MS = 4_000
const RETRY_AFTER_SECONDS = "1"

/** One request on its way to a service. */
export interface Passage {
  request: IncomingMessage
  response: ServerResponse
  match: Match
  /** Base URL of the service. */
  upstream: URL
  /** What to send as body: nothing, the caller's stream of known length, or what was read from it before. */
  body: "none" | "stream" | Buffer
  about: Occasion
}

const unreachable = (name: string): GatewayProblem => ({
  status: 503,
  code: "service.unavailable",
  detail: `${name} cannot be reached at the moment.`,
  headers: { "retry-after": RETRY_AFTER_SECONDS },
})

/** Forwards requests over kept connections and streams the answers back. */
export function createProxy(timeoutMs: number) {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS_PER_SERVICE,
    timeout: IDLE_CONNECTION_MS,
  })

  function forward(passage: Passage, isRetry = false): void {
    const { request, response, match, upstream, body, about } = passage
    const headers = upstreamHeaders(request, match.route, about.traceparent)
    if (body instanceof Buffer) headers["content-length"] = body.length
    const outgoing: ClientRequest = send({
      agent,
      host: upstream.hostname,
      port: upstream.port,
      method: request.method,
      path: match.target,
      headers,
      // The agent's own timeout is for idle connections; a request in flight has the timer below.
      timeout: 0,
    })

    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      outgoing.destroy()
    }, timeoutMs)
    const callerGone = () => outgoing.destroy()
    response.once("close", callerGone)

    outgoing.once("response", (incoming) => {
      clearTimeout(timer)
      const status = incoming.statusCode ?? 502
      response.writeHead(status, incoming.statusMessage, downstreamHeaders(incoming.headers))
      incoming.pipe(response)
      // An answer that breaks off must break off for the caller too, not look complete.
      incoming.once("close", () => {
        if (!incoming.complete) response.destroy()
      })
    })
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      response.removeListener("close", callerGone)
      if (response.destroyed || response.writableEnded) return
      // The service closed a kept connection just as it was used again; a read may simply be asked anew.
      const mayRepeat = !isRetry && body === "none" && (request.method === "GET" || request.method === "HEAD")
      if (mayRepeat && outgoing.reusedSocket && !timedOut && !response.headersSent) {
        forward(passage, true)
        return
      }
      answerProblem(response, problemOf(error, timedOut, match.route.name, timeoutMs), about)
    })

    if (body === "stream") request.pipe(outgoing)
    else outgoing.end(body === "none" ? undefined : body)
  }

  return { forward, close: () => agent.destroy() }
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
