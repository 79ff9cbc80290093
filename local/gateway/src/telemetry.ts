import type { createProxy, Passage } from "./proxy.ts"
import type { Target } from "./request-target.ts"

const service = { name: "telemetry", prefix: "/console/telemetry" }

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
