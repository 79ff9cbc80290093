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
  const own = route?.trim() ? route : fn.name
  // ScriptHost.ValidateHttpFunction looks at the beginning of the route without its prefix.
  if (/^\/*(admin|runtime)/i.test(own)) {
    throw new Error("The specified route conflicts with one or more built in routes.")
  }
  const prefix = routePrefix.replace(/^\/|\/$/g, "")
  const template = prefix === "" ? own.replace(/^\//, "") : `${prefix}/${own}`
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

/** Throws when another function already has the route for one of the methods (ScriptHost.HttpRoutesConflict). */
export function assertNoConflict(candidate: HttpFunction, others: readonly HttpFunction[]): void {
  const conflicting = others.find(
    (other) =>
      other.template.toLowerCase() === candidate.template.toLowerCase() &&
      (!other.methods ||
        !candidate.methods ||
        candidate.methods.some((method) => other.methods?.includes(method))),
  )
  if (conflicting) {
    throw new Error(
      `The route specified conflicts with the route defined by function '${conflicting.function.name}'.`,
    )
  }
}

/** Functions in the order in which they are tried: the more specific route first, then by name. */
export function sortRoutes(functions: HttpFunction[]): HttpFunction[] {
  return functions.sort((a, b) => compare(a.precedence, b.precedence) || compareNames(a, b))
}

/**
 * Pairs that Azure may serve otherwise: the real host tries routes in the order of the functions' names
 * (FunctionMetadataManager sorts by name, WebJobsRouteBuilder keeps the order) and knows no precedence.
 */
export function orderDifferences(sorted: readonly HttpFunction[]): string[] {
  const warnings: string[] = []
  sorted.forEach((first, index) => {
    for (const second of sorted.slice(index + 1)) {
      const shared =
        !first.methods || !second.methods || first.methods.some((method) => second.methods?.includes(method))
      if (shared && compareNames(first, second) > 0 && overlaps(first.route, second.route)) {
        warnings.push(
          `Routes '${first.template}' (${first.function.name}) and '${second.template}' (${second.function.name}) ` +
            `overlap: this host prefers the more specific one, Azure the function whose name sorts first, ` +
            `'${second.function.name}'. Rename a function or change a route to be sure.`,
        )
      }
    }
  })
  return warnings
}

/** Whether some path may match both, judging by literals only. */
function overlaps(a: RouteTemplate, b: RouteTemplate): boolean {
  const length = Math.max(a.segments.length, b.segments.length)
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.segments[index]?.[0], b.segments[index]?.[0]]
    if (left?.catchAll || right?.catchAll) return true
    if (!left || !right) return isOmissible((left ?? right) as RoutePart)
    if (
      left.kind === "literal" &&
      right.kind === "literal" &&
      left.text.toLowerCase() !== right.text.toLowerCase()
    ) {
      return false
    }
  }
  return true
}

function isOmissible(part: RoutePart): boolean {
  return part.kind === "parameter" && (part.optional || part.defaultValue !== undefined)
}

function compareNames(a: HttpFunction, b: HttpFunction): number {
  return compare(a.function.name.toUpperCase(), b.function.name.toUpperCase())
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The URL template of a function without the base; undefined when it has no route. */
export function templateOf(routes: readonly HttpFunction[], name: string): string | undefined {
  return routes.find((route) => route.function.name === name)?.template
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
