import type { PublishedRoute } from "../route-table.ts"

/** How many requests a caller may make in a window. */
export type Quota = { readonly quota: number; readonly windowSeconds: number }

/** What infra/gateway/gateway.json says to every gateway. */
export type Gateway = {
  readonly cors: {
    readonly allowedOrigins: readonly string[]
    readonly allowedHeaders: readonly string[]
    readonly exposedHeaders: readonly string[]
    readonly maxAgeSeconds: number
  }
  /** Headers of every answer that says nothing else itself. */
  readonly securityHeaders: Readonly<Record<string, string>>
  /** Request headers that servers believe because only an edge sets them: from callers they are not passed on. */
  readonly edgeHeaders: readonly string[]
  readonly rateLimits: {
    /** Of an address. */
    readonly default: Quota
    readonly signedIn: Quota
    /** Of an address, for each of the named routes. */
    readonly strict: Quota & { readonly routes: readonly string[] }
  }
  readonly services: readonly { readonly name: string; readonly prefix: string }[]
}

/** A path of a service, as clients have it, with what may be asked of it. */
export type Path = {
  readonly service: Gateway["services"][number]
  readonly template: string
  /** Also those of a path with a parameter where this one has a literal segment, as `GET orders/{id}` for `orders/lookup`. */
  readonly routes: readonly PublishedRoute[]
}

const isParameter = (segment: string | undefined): boolean => segment?.startsWith("{") === true

/** Whether every path that fits `special` fits `general` too. */
function includes(general: string, special: string): boolean {
  const [given, wanted] = [special.split("/"), general.split("/")]
  return (
    given.length === wanted.length &&
    wanted.every((segment, at) => isParameter(segment) || (segment === given[at] && !isParameter(given[at])))
  )
}

/** "{" comes behind every character of a literal segment. */
const sortKey = (template: string): string => template.replaceAll(/\{\w+\}/g, "{}")

/** Each path once, those with a literal segment before those with a parameter in its place. @throws for an unknown service */
export function pathsOf(routes: readonly PublishedRoute[], { services }: Gateway): Path[] {
  const prefixes = new Map(services.map((service) => [service.name, service]))
  const paths = Map.groupBy(routes, ({ service, path }) => sortKey(`${service} ${path}`))
  return [...paths.values()]
    .map((ofPath) => {
      const { service: name, path } = ofPath[0] as PublishedRoute
      const service = prefixes.get(name)
      if (service === undefined) throw new Error(`infra/gateway/gateway.json has no service ${name}`)
      const others = routes.filter(
        (route) => route.service === name && !ofPath.includes(route) && includes(route.path, path),
      )
      return { service, template: service.prefix + path, routes: [...ofPath, ...others] }
    })
    .sort((one, other) => (sortKey(one.template) < sortKey(other.template) ? -1 : 1))
}

/** The methods of a path as the Allow header lists them; whoever may GET may HEAD. */
export function methodsOf({ routes }: Path): string[] {
  const methods = routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]))
  return [...new Set(methods)]
}
