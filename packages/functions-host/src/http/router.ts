/** The table of an app's HTTP functions: which one answers a method and a path. */
import type { RegisteredFunction } from "../contract.ts"
import { matchRoute, parseRoute, type RoutePart, type RouteTemplate } from "./route.ts"

export type HttpFunction = {
  function: RegisteredFunction
  /** Upper case; undefined means every method. */
  methods: string[] | undefined
  authLevel: "anonymous" | "function" | "admin"
  /** With the route prefix, without leading slash. */
  template: string
  route: RouteTemplate
  precedence: string
  disabled: boolean
}

export type RouteMatch =
  | { kind: "found"; target: HttpFunction; params: Record<string, string> }
  | { kind: "none" }

/** Reads the HTTP settings of a function. Throws when its route is malformed. */
export function httpFunction(fn: RegisteredFunction, routePrefix: string, disabled: boolean): HttpFunction {
  const { route, methods, authLevel } = fn.trigger as {
    route?: string
    methods?: string[]
    authLevel?: string
  }
  const own = (route || fn.name).replace(/^\//, "")
  const template = [routePrefix.replace(/^\/|\/$/g, ""), own].filter((part) => part !== "").join("/")
  if (/^(admin|runtime)(\/|$)/i.test(template)) {
    throw new Error("The specified route conflicts with one or more built in routes.")
  }
  const parsed = parseRoute(template)
  return {
    function: fn,
    methods: methods?.length ? methods.map((method) => method.toUpperCase()) : undefined,
    authLevel: readAuthLevel(authLevel),
    template,
    route: parsed,
    precedence: precedence(parsed),
    disabled,
  }
}

function readAuthLevel(level: string | undefined): HttpFunction["authLevel"] {
  const name = (level ?? "function").toLowerCase()
  if (name === "anonymous" || name === "function" || name === "admin") return name
  throw new Error(`'${level}' is not an authorization level: use anonymous, function or admin.`)
}

/** Functions in the order in which they are tried. */
export function sortRoutes(functions: HttpFunction[]): HttpFunction[] {
  return functions.sort((a, b) => (a.precedence < b.precedence ? -1 : a.precedence > b.precedence ? 1 : 0))
}

/**
 * Finds the function. A function whose methods do not include the request's is passed over: its methods are a
 * route constraint in the real host (WebScriptHostHttpRoutesManager), so a path that exists for other methods only
 * is 404 there.
 */
export function findRoute(
  sorted: readonly HttpFunction[],
  method: string,
  path: readonly string[],
): RouteMatch {
  for (const target of sorted) {
    if (target.methods && !target.methods.includes(method)) continue
    const params = matchRoute(target.route, path)
    if (params) return { kind: "found", target, params }
  }
  return { kind: "none" }
}

/**
 * One digit per segment, smaller is tried first: literal, mixed, parameter with constraint, parameter, catch-all
 * with constraint, catch-all (RoutePrecedence.ComputeInbound of ASP.NET Core).
 */
function precedence({ segments }: RouteTemplate): string {
  return segments.map(segmentDigit).join("")
}

function segmentDigit(parts: RoutePart[]): string {
  const first = parts[0] as RoutePart
  if (parts.length > 1) return "2"
  if (first.kind === "literal") return "1"
  const constrained = first.constraints.length > 0
  if (first.catchAll) return constrained ? "4" : "5"
  return constrained ? "2" : "3"
}
