import type { IncomingMessage, ServerResponse } from "node:http"
import type { GatewayFiles } from "./routes.ts"

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"

type CrossOriginRules = GatewayFiles["cors"]

function allowedOrigin(request: IncomingMessage, rules: CrossOriginRules): string | undefined {
  const { origin } = request.headers
  return origin !== undefined && rules.allowedOrigins.includes(origin) ? origin : undefined
}

/** Lets a page of an allowed origin read the answer; sets nothing for others. */
export function allowCrossOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  rules: CrossOriginRules,
): void {
  response.setHeader("vary", "Origin")
  const origin = allowedOrigin(request, rules)
  if (origin === undefined) return
  response.setHeader("access-control-allow-origin", origin)
  // The guest's cookie; the origins are those of the shop's own pages.
  response.setHeader("access-control-allow-credentials", "true")
  response.setHeader("access-control-expose-headers", rules.exposedHeaders.join(", "))
}

/**
 * Answers a preflight (https://fetch.spec.whatwg.org/#cors-preflight-request) and says whether it was one.
 * An origin that is not allowed gets an answer without permission.
 */
export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  rules: CrossOriginRules,
): boolean {
  const isPreflight =
    request.method === "OPTIONS" &&
    request.headers.origin !== undefined &&
    request.headers["access-control-request-method"] !== undefined
  if (!isPreflight) return false
  const permission = allowedOrigin(request, rules) && {
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": rules.allowedHeaders.join(", "),
    "access-control-max-age": String(rules.maxAgeSeconds),
  }
  response.writeHead(204, permission || {})
  response.end()
  return true
}
