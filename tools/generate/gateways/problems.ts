import { titleOf } from "@eshop/gateway/problem"

/** A problem that a gateway answers itself, as the local one does (RFC 9457). */
export type Problem = {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
}

const problem = (status: number, code: string, detail: string): Problem => ({
  status,
  code,
  title: titleOf(status) ?? "",
  detail,
})

/** In the order of their status. */
export const problems = {
  malformed: problem(400, "request.malformed", "This request cannot be read."),
  tokenRequired: problem(401, "auth.required", "This needs an access token."),
  invalidToken: problem(401, "auth.invalid-token", "The access token is not valid."),
  refused: problem(403, "request.refused", "The firewall takes this request for an attack."),
  roleMissing: problem(403, "auth.role-missing", "This needs a role that the token does not have."),
  unknownRoute: problem(404, "route.unknown", "Nothing is published here."),
  wrongMethod: problem(405, "route.method", "The path does not have this method."),
  tooSlow: problem(408, "request.timeout", "The request did not arrive in time."),
  tooLarge: problem(413, "request.too-large", "The body is too large."),
  targetTooLong: problem(414, "request.target-too-long", "The request target is too long."),
  mediaType: problem(415, "request.media-type", "The route does not take this media type."),
  tooMany: problem(429, "client.requests", "Too many requests; try again later."),
  headersTooLarge: problem(431, "request.headers-too-large", "The header fields are too large."),
  failed: problem(500, "gateway.failed", "The gateway could not handle the request."),
  serviceFailed: problem(502, "service.failed", "The service answered an error without saying why."),
  unavailable: problem(503, "service.unavailable", "The service cannot be reached at the moment."),
  timeout: problem(
    504,
    "service.timeout",
    "The service did not answer in time; whether it acted is not known.",
  ),
} as const
