/** Cross-origin requests as `func start` allows them: `Host.CORS` and `Host.CORSCredentials` of local.settings.json. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { sendStatus } from "./server.ts"
import type { HttpSettings } from "./settings.ts"

/** Sets the headers for an allowed origin. True when the request was a preflight and is answered. */
export function applyCors(
  cors: HttpSettings["cors"],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { origin } = request.headers
  if (!cors || origin === undefined) return false
  const any = cors.origins.has("*")
  if (!any && !cors.origins.has(origin)) return false
  response.setHeader("access-control-allow-origin", any && !cors.credentials ? "*" : origin)
  if (!any || cors.credentials) response.setHeader("vary", "Origin")
  if (cors.credentials) response.setHeader("access-control-allow-credentials", "true")
  const method = request.headers["access-control-request-method"]
  if (request.method !== "OPTIONS" || method === undefined) return false
  sendStatus(response, 204, {
    "access-control-allow-methods": method,
    ...(request.headers["access-control-request-headers"] && {
      "access-control-allow-headers": request.headers["access-control-request-headers"],
    }),
  })
  return true
}
