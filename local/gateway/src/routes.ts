import { readFile } from "node:fs/promises"

/** What infra/gateway/routes.json declares: the same routes that API Management would have. */
export interface Routes {
  issuer: { audience: string }
  cors: { allowedOrigins: string[]; maxAgeSeconds: number }
  maxBodyBytes: number
  services: ServiceRoute[]
}

/** One service behind the gateway. */
export interface ServiceRoute {
  name: string
  /** Path prefix that is taken off before the request goes on. */
  prefix: string
  /** Methods that need no token. */
  anonymous: string[]
}

/** Reads the declared routes. Throws when the file is missing or not JSON. */
export async function readRoutes(file: string): Promise<Routes> {
  return JSON.parse(await readFile(file, "utf8"))
}

/**
 * Paths of the Functions host itself (keys, function list, durable management). API Management publishes the
 * operations of an app, never these.
 */
const HOST_PATHS = new Set(["admin", "runtime"])

/** Where a request path leads. */
export interface Match {
  route: ServiceRoute
  /** Path and query as the service sees them. */
  target: string
}

/**
 * Finds the service of a request target (path and query). Dot segments are resolved first, so that no spelling
 * leads out of the prefix or to the host's own paths. Undefined when nothing is published there.
 */
export function matchRoute(services: readonly ServiceRoute[], requestTarget: string): Match | undefined {
  if (!requestTarget.startsWith("/") || !URL.canParse(`http://gateway${requestTarget}`)) return undefined
  const { pathname, search } = new URL(`http://gateway${requestTarget}`)
  const route = services.find(({ prefix }) => pathname === prefix || pathname.startsWith(`${prefix}/`))
  if (!route) return undefined
  const rest = pathname.slice(route.prefix.length) || "/"
  const first = firstSegment(rest)
  if (first === undefined || HOST_PATHS.has(first)) return undefined
  return { route, target: rest + search }
}

/** The first segment as a server that decodes eagerly might read it; undefined when it cannot be decoded. */
function firstSegment(path: string): string | undefined {
  try {
    return decodeURIComponent(path).toLowerCase().split(/[\\/]/).find(Boolean) ?? ""
  } catch {
    return undefined
  }
}
