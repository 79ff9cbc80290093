/** A route that clients are asked to leave. */
export type Deprecation = {
  /** The day it became, or will become, deprecated: `2026-11-01`. */
  readonly since: `${number}-${number}-${number}`
  /** The day from which it may be gone; not before it is deprecated (RFC 9745, section 4). */
  readonly sunset?: `${number}-${number}-${number}`
  /** Where a developer reads what to use instead. */
  readonly link?: string
}

/** The headers by which an answer says so: Deprecation (RFC 9745), Sunset (RFC 8594) and the link of the first. */
export const deprecationHeaders = ({ since, sunset, link }: Deprecation): Record<string, string> => ({
  deprecation: `@${Date.parse(since) / 1_000}`,
  ...(sunset && { sunset: new Date(sunset).toUTCString() }),
  ...(link && { link: `<${link}>; rel="deprecation"; type="text/html"` }),
})
