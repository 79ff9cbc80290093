import { readFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { StorefrontTable } from "./storefront-places.ts"

/**
 * Who may call a route: anybody; whoever has a token; whoever has one or a guest's; anybody who shops, with or without
 * a token; whoever has one, a guest's or an order's; or holders of a role. What those of guests and orders are worth only
 * the services know.
 */
export type Access =
  | "anyone"
  | "signed-in"
  | "signed-in-or-guest"
  | "customer"
  | "shopper"
  | "order"
  | { role: string }

/** One published route of an app, as the apps themselves declare it. */
export interface Route {
  name: string
  service: string
  method: string
  /** Path behind the service's prefix; `{name}` stands for one segment. */
  path: string
  access: Access
  maxBodyBytes: number
}

/** One service behind the gateway. */
export interface Service {
  name: string
  /** Path prefix that is taken off before the request goes on. */
  prefix: string
}

/** So many requests in so long a time. */
export interface Limit {
  quota: number
  windowSeconds: number
}

/** How many requests one client may send. */
export interface RateLimits {
  /** By address, for whoever shows no token. */
  default: Limit
  /** By the token's subject. */
  signedIn: Limit
  /** On top, for each of the named routes: where guessing or hoarding pays. */
  strict: Limit & { routes: string[] }
}

/** What infra/gateway declares: the same that API Management would have. */
export interface GatewayFiles {
  issuer: {
    audience: string
    /** The claim of a token that lists the caller's roles. */
    rolesClaim: string
  }
  cors: {
    allowedOrigins: string[]
    allowedHeaders: string[]
    exposedHeaders: string[]
    maxAgeSeconds: number
  }
  /** Headers of every answer that says nothing else itself. */
  securityHeaders: Record<string, string>
  /** Request headers that servers believe because only an edge sets them: from callers they are not passed on. */
  edgeHeaders: string[]
  rateLimits: RateLimits
  services: Service[]
  routes: Route[]
  storefront: StorefrontTable
}

const ACCESSES: readonly string[] = [
  "anyone",
  "signed-in",
  "signed-in-or-guest",
  "customer",
  "shopper",
  "order",
]

const PATH = /^(\/([A-Za-z0-9._-]+|\{[A-Za-z]\w*\}))+$/

/**
 * Reads the generated route table, and `gateway.json` and `storefront.json` beside it.
 * Throws when one is missing or not JSON, or when a route says something that the gateway cannot enforce.
 */
export async function readGatewayFiles(routesFile: string): Promise<GatewayFiles> {
  const beside = (name: string) => join(dirname(routesFile), name)
  const [declared, storefront, generated] = await Promise.all(
    [beside("gateway.json"), beside("storefront.json"), routesFile].map(async (file) =>
      JSON.parse(await readFile(file, "utf8")),
    ),
  )
  const files: GatewayFiles = { ...declared, routes: generated.routes, storefront }
  const services = new Set(files.services.map(({ name }) => name))
  for (const route of files.routes) {
    const fault = faultOf(route, services)
    if (fault) throw new Error(`${routesFile}: ${route.name}: ${fault}`)
  }
  const names = new Set(files.routes.map(({ name }) => name))
  const unknown = files.rateLimits.strict.routes.filter((name) => !names.has(name))
  if (unknown.length > 0) throw new Error(`gateway.json limits ${unknown.join(", ")}, which no app has`)
  return files
}

function faultOf(route: Route, services: ReadonlySet<string>): string | undefined {
  const { access, maxBodyBytes } = route
  if (!services.has(route.service)) return `gateway.json has no service ${route.service}`
  if (!PATH.test(route.path)) return `${route.path} is not a path of literal segments and {parameters}`
  // What is not understood must not be open.
  const isKnown = typeof access === "string" ? ACCESSES.includes(access) : typeof access?.role === "string"
  if (!isKnown) return `access is neither ${ACCESSES.join(" nor ")} nor a role`
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 0) return "maxBodyBytes is not a number of bytes"
  return undefined
}
