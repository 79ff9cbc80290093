/**
 * ASP.NET Core route templates, as the HTTP extension of the host uses them: literals, parameters with default,
 * optional mark and inline constraints, several parts in one segment, catch-all.
 */
import { constraintCheck } from "./route-constraints.ts"

export type RoutePart = {
  kind: "literal" | "parameter"
  /** The literal text or the parameter's name. */
  text: string
  optional: boolean
  catchAll: boolean
  defaultValue: string | undefined
  constraints: string[]
  checks: ((value: string) => boolean)[]
}

export type RouteTemplate = { text: string; segments: RoutePart[][] }

/** Parses a template such as `products/{id:int?}` or `files/{*path}`. Throws on a malformed one. */
export function parseRoute(template: string): RouteTemplate {
  const text = template.replace(/^~?\//, "").replace(/\/$/, "")
  const segments = text === "" ? [] : splitSegments(text).map(parseSegment)
  const names = new Set<string>()
  segments.forEach((parts, index) => {
    if (parts.length === 0) {
      throw new Error(
        "The route template separator character '/' cannot appear consecutively. It must be separated by either a " +
          `parameter or a literal value. (Template "${template}")`,
      )
    }
    for (const part of parts) {
      if (part.kind !== "parameter") continue
      const name = part.text.toLowerCase()
      if (names.has(name))
        throw new Error(`Invalid route template "${template}": "${part.text}" occurs twice`)
      names.add(name)
      if (part.catchAll && (index !== segments.length - 1 || parts.length > 1)) {
        throw new Error(
          `Invalid route template "${template}": a catch-all parameter must be the last segment`,
        )
      }
    }
  })
  return { text, segments }
}

/** Splits at slashes outside braces: a regex constraint may hold slashes. */
function splitSegments(text: string): string[] {
  const segments: string[] = []
  let depth = 0
  let current = ""
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string
    if ((char === "{" || char === "}") && text[index + 1] === char) {
      current += char + char
      index++
      continue
    }
    if (char === "{") depth++
    if (char === "}") depth--
    if (char === "/" && depth === 0) {
      segments.push(current)
      current = ""
    } else current += char
  }
  segments.push(current)
  return segments
}

function parseSegment(segment: string): RoutePart[] {
  const parts: RoutePart[] = []
  let literal = ""
  for (let index = 0; index < segment.length; index++) {
    const char = segment[index] as string
    const doubled = segment[index + 1] === char
    if ((char === "{" || char === "}") && doubled) {
      literal += char
      index++
    } else if (char === "{") {
      if (literal) parts.push(literalPart(literal))
      literal = ""
      const end = closingBrace(segment, index)
      parts.push(
        parseParameter(
          segment
            .slice(index + 1, end)
            .replaceAll("{{", "{")
            .replaceAll("}}", "}"),
        ),
      )
      index = end
    } else if (char === "}") {
      throw new Error(`Invalid route template segment "${segment}": unexpected "}"`)
    } else literal += char
  }
  if (literal) parts.push(literalPart(literal))
  return parts
}

function closingBrace(segment: string, open: number): number {
  for (let index = open + 1; index < segment.length; index++) {
    if (segment[index] === "{" && segment[index + 1] === "{") index++
    else if (segment[index] === "}") {
      // Inside a parameter "}}" is an escaped brace unless the segment ends there.
      if (segment[index + 1] === "}" && segment.indexOf("}", index + 2) >= 0) index++
      else return index
    }
  }
  throw new Error(`Invalid route template segment "${segment}": missing "}"`)
}

function literalPart(text: string): RoutePart {
  return {
    kind: "literal",
    text,
    optional: false,
    catchAll: false,
    defaultValue: undefined,
    constraints: [],
    checks: [],
  }
}

function parseParameter(source: string): RoutePart {
  const match = /^(\*{0,2})([^:=?*]+)/.exec(source)
  if (!match) throw new Error(`Invalid route parameter "{${source}}"`)
  const [whole, stars, name] = match as unknown as [string, string, string]
  let rest = source.slice(whole.length)
  const constraints: string[] = []
  while (rest.startsWith(":")) {
    const end = constraintEnd(rest)
    constraints.push(rest.slice(1, end))
    rest = rest.slice(end)
  }
  let defaultValue: string | undefined
  let optional = false
  if (rest.startsWith("=")) defaultValue = rest.slice(1)
  else if (rest === "?") optional = true
  else if (rest !== "") throw new Error(`Invalid route parameter "{${source}}"`)
  return {
    kind: "parameter",
    text: name.trim(),
    optional,
    catchAll: stars !== "",
    defaultValue,
    constraints,
    checks: constraints.map(constraintCheck),
  }
}

/** The end of the constraint that begins at index 0 (its colon); colons and marks inside parentheses are its own. */
function constraintEnd(text: string): number {
  let depth = 0
  for (let index = 1; index < text.length; index++) {
    const char = text[index]
    if (char === "\\") index++
    else if (char === "(") depth++
    else if (char === ")") depth--
    else if (depth === 0 && (char === ":" || char === "=" || char === "?")) return index
  }
  return text.length
}

/**
 * Matches a path (already split at slashes and decoded). Returns the values of the parameters, without the
 * optional ones that are absent, or undefined when the path does not match.
 */
export function matchRoute(
  route: RouteTemplate,
  path: readonly string[],
): Record<string, string> | undefined {
  const values: Record<string, string> = {}
  for (let index = 0; index < route.segments.length; index++) {
    const parts = route.segments[index] as RoutePart[]
    const first = parts[0] as RoutePart
    if (first.catchAll) {
      const rest = path.slice(index).join("/")
      return bind(first, rest === "" ? undefined : rest, values) ? values : undefined
    }
    const segment = path[index]
    if (parts.length === 1) {
      if (first.kind === "literal") {
        if (segment?.toLowerCase() !== first.text.toLowerCase()) return undefined
      } else if (!bind(first, segment === "" ? undefined : segment, values)) return undefined
    } else if (segment === undefined || !matchParts(parts, segment, values)) return undefined
  }
  return path.length > route.segments.length ? undefined : values
}

function bind(part: RoutePart, segment: string | undefined, values: Record<string, string>): boolean {
  const value = segment ?? part.defaultValue
  if (value === undefined) return part.optional || part.catchAll
  if (!part.checks.every((check) => check(value))) return false
  values[part.text] = value
  return true
}

/** A segment of several parts, e.g. `{name}.{ext?}`: parameters are greedy from the right, as in ASP.NET. */
function matchParts(parts: RoutePart[], segment: string, values: Record<string, string>): boolean {
  const last = parts.at(-1) as RoutePart
  const separator = parts.at(-2)
  // An optional last parameter takes the dot before it along when it is absent.
  if (last.optional && separator?.kind === "literal" && separator.text === ".") {
    if (tryParts(parts, segment, values)) return true
    return tryParts(parts.slice(0, -2), segment, values)
  }
  return tryParts(parts, segment, values)
}

function tryParts(parts: RoutePart[], segment: string, values: Record<string, string>): boolean {
  const pattern = parts
    .map((part) => (part.kind === "literal" ? part.text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&") : "(.+)"))
    .join("")
  const match = new RegExp(`^${pattern}$`, "is").exec(segment)
  if (!match) return false
  const parameters = parts.filter((part) => part.kind === "parameter")
  return parameters.every((part, index) => bind(part, match[index + 1], values))
}
