import type { bodyReader } from "./body.ts"
import type { createProxy, Passage } from "./proxy.ts"
import type { Target } from "./request-target.ts"

const service = { name: "telemetry", prefix: "/console/telemetry" }

/** Where the shop's own pages send their spans, one for each action of a user. */
export const PAGE_SPANS = `${service.prefix}/v1/traces`
/** Where a trace is looked at. */
export const TRACES = `${service.prefix}/#/traces/{traceId}`
const MAX_SPANS_BYTES = 16_384

/**
 * Passes on what one of our own pages tells of itself. Nobody else sends anything this way.
 * @param upstream base URL of the part; undefined where it does not run
 * @returns undefined, at once, for any other request
 */
export function takePageSpans(
  proxy: ReturnType<typeof createProxy>,
  readBody: ReturnType<typeof bodyReader>,
  upstream: URL | undefined,
  { pathname, host }: Target,
  passage: Pick<Passage, "request" | "response" | "about">,
): Promise<void> | undefined {
  const { request, response } = passage
  const { origin } = request.headers
  const isOwn = origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.headers.host
  if (!upstream || request.method !== "POST" || pathname !== PAGE_SPANS || !isOwn) return undefined
  return readBody(request, response, MAX_SPANS_BYTES).then((body) => {
    // The part knows other origins; this one was looked at here.
    delete request.headers.origin
    proxy.forward({ ...passage, service, upstream, path: "/v1/traces", host, body })
  })
}

/**
 * Answers a read below /console/telemetry with what the telemetry's page has there, and says whether it was one. What is
 * sent to it (OTLP) does not come this way.
 * @param upstream base URL of the part; undefined where it does not run
 */
export function answerTelemetry(
  proxy: ReturnType<typeof createProxy>,
  upstream: URL | undefined,
  { pathname, search, host }: Target,
  passage: Pick<Passage, "request" | "response" | "about">,
): boolean {
  if (!upstream) return false
  if (pathname === service.prefix) {
    // The page's own links are relative.
    passage.response.writeHead(308, { location: `${service.prefix}/` }).end()
    return true
  }
  if (!pathname.startsWith(`${service.prefix}/`)) return false
  const path = pathname.slice(service.prefix.length) + search
  proxy.forward({ ...passage, service, upstream, path, host, body: undefined })
  return true
}
