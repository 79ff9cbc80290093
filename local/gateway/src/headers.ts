import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http"
import type { Target } from "./request-target.ts"
import type { Service } from "./routes.ts"

/** Headers that concern one connection only (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
])

/** Headers that the gateway sets itself, whatever a caller says. The body is sent anew. */
const SET_ANEW = /^(x-forwarded-|host$|expect$|content-length$)/

/** What runs behind the gateway concerns nobody. */
const ABOUT_THE_SERVER = new Set(["server", "x-powered-by"])

function namedByConnection(connection: string | undefined): Set<string> {
  return new Set(
    connection
      ?.toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  )
}

/** The request headers as the service gets them. @param edgeHeaders what a caller may not say */
export function upstreamHeaders(
  request: IncomingMessage,
  service: Service,
  host: Target["host"],
  traceparent: string,
  edgeHeaders: ReadonlySet<string>,
): OutgoingHttpHeaders {
  const dropped = namedByConnection(request.headers.connection)
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (HOP_BY_HOP.has(name) || dropped.has(name) || SET_ANEW.test(name) || edgeHeaders.has(name)) continue
    headers[name] = value
  }
  headers.traceparent = traceparent
  headers["x-forwarded-for"] = request.socket.remoteAddress
  headers["x-forwarded-proto"] = "http"
  if (host !== undefined) headers["x-forwarded-host"] = host
  headers["x-forwarded-prefix"] = service.prefix
  return headers
}

/** The response headers as the caller gets them; cross-origin rules are the gateway's alone. */
export function downstreamHeaders(upstream: IncomingHttpHeaders): OutgoingHttpHeaders {
  const dropped = namedByConnection(upstream.connection)
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(upstream)) {
    if (HOP_BY_HOP.has(name) || dropped.has(name) || ABOUT_THE_SERVER.has(name)) continue
    if (name.startsWith("access-control-")) continue
    headers[name] = value
  }
  headers.vary = upstream.vary ? `${upstream.vary}, Origin` : "Origin"
  return headers
}
