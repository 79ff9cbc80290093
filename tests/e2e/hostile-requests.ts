import fc from "fast-check"

/** The parts of the shop's OpenAPI document that a request is made of. */
export type Schema = {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
}
type Parameter = { readonly name: string; readonly in: "path" | "query" | "header"; readonly schema: Schema }
type Content = Readonly<Record<string, { readonly schema: Schema }>>
type Operation = {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content; readonly $ref?: string }>>
  readonly security?: readonly { readonly bearer?: readonly string[] }[]
}
export type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }

/** A request that no well-meaning client sends. */
export type HostileRequest = {
  readonly operation: string
  readonly method: string
  /** As the document has it, with its braces. */
  readonly route: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What has broken somebody's server before. */
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.5,
    2 ** 53,
    -(2 ** 63),
    1e308,
    "",
    " ",
    "null",
    "NaN",
    "-0",
    "0x10",
    "1e9",
    "4242424242424242",
    "' OR 1=1 --",
    "'; DROP TABLE orders; --",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "%00",
    "\u0000",
    "\ud800",
    "\u202e\u200b",
    "%{jndi:ldap://127.0.0.1/a}",
    "{{7*7}}",
    "9999-12-31T23:59:60Z",
    "0000-00-00T00:00:00.000Z",
    "00000000-0000-0000-0000-000000000000",
    "x".repeat(10_000),
    [],
    {},
    [[[[[[[[]]]]]]]],
    JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {}}}'),
    Array(500).fill(0),
  ),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.jsonValue(),
)

/** SKUs and a coupon of the seed: with them a request gets to the rules. */
const known = ["IPHONE-X-BLACK", "SAMSUNG-10-RED", "WELCOME10"]

/** A value that often fits the schema, and at one place or another often does not. */
function arbitraryOf(schema: Schema, resolve: (schema: Schema) => Schema, depth = 0): fc.Arbitrary<unknown> {
  const { type, properties, items, format, pattern, minimum = 0, maximum, ...rest } = resolve(schema)
  const choices = rest.anyOf ?? rest.oneOf
  const inner = (member: Schema) => arbitraryOf(member, resolve, depth + 1)
  const fitting = (): fc.Arbitrary<unknown> => {
    if (rest.enum) return fc.constantFrom(...rest.enum)
    if (rest.const !== undefined) return fc.constant(rest.const)
    if (choices) return fc.oneof(...choices.map(inner))
    if (properties) {
      const members = Object.entries(properties).map(([name, member]) => [name, inner(member)])
      const requiredKeys = [...(rest.required ?? [])]
      return fc.record<Record<string, unknown>, string>(Object.fromEntries(members), { requiredKeys })
    }
    if (items) return depth > 6 ? fc.constant([]) : fc.array(inner(items), { maxLength: 3 })
    if (format === "uuid") return fc.uuid()
    if (format === "date-time") return fc.constant("2026-11-01T10:00:00.000Z")
    if (type === "integer" || type === "number")
      return fc.integer({ min: Math.max(minimum, -1e9), max: Math.min(maximum ?? 1_000, 1_000) })
    if (type === "boolean") return fc.boolean()
    if (pattern?.includes("A-Z0-9-")) return fc.constantFrom(...known, "NOBODY-HAS-IT")
    if (pattern) return fc.oneof(fc.stringMatching(new RegExp(pattern)), fc.string())
    return fc.string({ minLength: 1, maxLength: 30 })
  }
  return fc.oneof({ arbitrary: fitting(), weight: 14 }, { arbitrary: hostile, weight: 1 })
}

/** Texts that are no JSON, or that parsers disagree on. */
const spoilt = (json: string): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: fc.constant(json), weight: 3 },
    fc.constantFrom(
      json.slice(0, -1),
      `${json},`,
      `\ufeff${json}`,
      `[${json}]`,
      json.replace("{", '{"a": 1, "a": 2, '),
      `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
      "",
      "undefined",
    ),
  )

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

/** What a header can carry at all. */
const headerText = (value: unknown): string => encodeURI(text(value).toWellFormed()).slice(0, 500)

/**
 * Requests made from the schemas of a document, spread evenly over its operations.
 * @param seed makes the same requests again
 */
export function hostileRequests(document: Document, count: number, seed: number): HostileRequest[] {
  const resolve = <T extends object>(value: T): T => {
    const { $ref } = value as { $ref?: string }
    if (!$ref) return value
    const steps = $ref.split("/").slice(1)
    return steps.reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], document) as T
  }
  const operations = Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route,
      method: method.toUpperCase(),
      operation,
    })),
  )
  const share = Math.ceil(count / operations.length)
  return operations.flatMap(({ route, method, operation }, index) => {
    const parameters = (operation.parameters ?? []).map(resolve)
    const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
    const request = fc.tuple(
      fc.record(
        Object.fromEntries(parameters.map(({ name, schema }) => [name, arbitraryOf(schema, resolve)])),
      ),
      content
        ? arbitraryOf(content.schema, resolve).chain((value) => spoilt(text(value)))
        : fc.constant(undefined),
    )
    return fc
      .sample(request, { numRuns: share, seed: seed + index })
      .map(([values, body]): HostileRequest => {
        const of = (place: Parameter["in"]) => parameters.filter((parameter) => parameter.in === place)
        const query = new URLSearchParams()
        for (const { name } of of("query")) query.set(name, text(values[name]).toWellFormed())
        const path = of("path").reduce(
          (filled, { name }) =>
            filled.replace(
              `{${name}}`,
              encodeURIComponent(text(values[name]).toWellFormed().slice(0, 500)) || "-",
            ),
          route,
        )
        return {
          operation: `${method} ${route}`,
          method,
          route,
          path: query.size > 0 ? `${path}?${query}` : path,
          headers: {
            ...Object.fromEntries(of("header").map(({ name }) => [name, headerText(values[name])])),
            ...(type !== undefined && { "content-type": type }),
          },
          ...(body !== undefined && { body }),
        }
      })
  })
}
