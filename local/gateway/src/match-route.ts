import type { GatewayFiles, Route, Service } from "./routes.ts"

/** Where a request path leads. */
export interface Match {
  service: Service
  /** Path as the service sees it. */
  path: string
  /** The routes of this path, one for each method, the most specific first. */
  routes: Route[]
}

const PARAMETER = "{}"

/**
 * Prepares the route table. The function that it returns finds what is published at a path without dot segments (as
 * WHATWG URLs have it); undefined when nothing is. A literal segment wins over a parameter.
 */
export function routeMatcher({ services, routes }: Pick<GatewayFiles, "services" | "routes">) {
  const tables = services.map((service) => ({
    service,
    entries: routes
      .filter((route) => route.service === service.name)
      .map((route) => ({ route, segments: segmentsOf(route.path) }))
      // "{" sorts behind every character of a literal segment, so parameters come last.
      .sort((one, other) => (one.segments.join("/") < other.segments.join("/") ? -1 : 1)),
  }))
  return (pathname: string): Match | undefined => {
    const table = tables.find(({ service }) => pathname.startsWith(`${service.prefix}/`))
    if (!table) return undefined
    const path = pathname.slice(table.service.prefix.length)
    const given = path.slice(1).split("/")
    const found = table.entries.filter(({ segments }) => fits(segments, given)).map(({ route }) => route)
    return found.length > 0 ? { service: table.service, path, routes: found } : undefined
  }
}

/** The route that answers a method; GET routes answer HEAD as well. */
export function routeOfMethod(match: Match, method: string): Route | undefined {
  return match.routes.find(
    (route) => route.method === method || (method === "HEAD" && route.method === "GET"),
  )
}

/** The methods that a path has, as the Allow header lists them (RFC 9110, section 10.2.1). */
export function allowedMethods(match: Match): string {
  const methods = match.routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]))
  return [...new Set(methods)].join(", ")
}

function segmentsOf(path: string): string[] {
  return path
    .slice(1)
    .split("/")
    .map((segment) => (segment.startsWith("{") ? PARAMETER : segment))
}

function fits(segments: readonly string[], given: readonly string[]): boolean {
  return (
    segments.length === given.length &&
    segments.every((segment, at) =>
      segment === PARAMETER ? isPlainSegment(given[at] ?? "") : segment === given[at],
    )
  )
}

/** A control character may end a line for whoever logs it or puts it into a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const UNSAFE = /[/\\\u0000-\u001f\u007f]/

/** False for what a server that decodes eagerly would read as another path, and for control characters. */
function isPlainSegment(segment: string): boolean {
  try {
    const decoded = decodeURIComponent(segment)
    return decoded !== "" && decoded !== "." && decoded !== ".." && !UNSAFE.test(decoded)
  } catch {
    return false
  }
}
