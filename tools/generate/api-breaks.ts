/** The parts of a JSON Schema that a change of can break a client. */
type Schema = {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: unknown
  readonly [keyword: string]: unknown
}
type Content = { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }
type Parameter = {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema?: Schema
}
type Reference = { readonly $ref: string }
type Operation = {
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content | Reference>>
  readonly security?: readonly unknown[]
}
/** What is looked at of an OpenAPI 3.1 document. */
export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

type Side = "sent" | "answered"
type Pair<T> = { readonly before: T; readonly after: T }

/** What a client sends that fits the first bound fits the second as well. */
const bounds: readonly [keyword: string, holds: (before: number, after: number) => boolean][] = [
  ["maxLength", (before, after) => after >= before],
  ["minLength", (before, after) => after <= before],
  ["maximum", (before, after) => after >= before],
  ["minimum", (before, after) => after <= before],
  ["maxItems", (before, after) => after >= before],
  ["minItems", (before, after) => after <= before],
]
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Each way to say who calls still counts, or nobody is asked any more. */
const mayStillCall = ({ before = [], after = [] }: Pair<Operation["security"]>): boolean =>
  after.length === 0 || (before.length > 0 && before.every((way) => after.some((other) => same(way, other))))

/** `#/components/schemas/Product`, looked up in its document. */
function resolve<T extends object>(document: Document, value: T): T {
  const { $ref } = value as { $ref?: string }
  if (!$ref) return value
  const found = $ref
    .split("/")
    .slice(1)
    .reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], document)
  return found as T
}

/** Whether what was sent before may be refused now, by the keywords of one schema. */
function isNarrower({ before, after }: Pair<Schema>): boolean {
  const [was, is] = [before.enum ?? (before.const !== undefined ? [before.const] : undefined), after.enum]
  if (is && !(was as unknown[] | undefined)?.every((value) => (is as unknown[]).includes(value))) return true
  if (after.pattern !== undefined && after.pattern !== before.pattern) return true
  return bounds.some(([keyword, holds]) => {
    const [old, now] = [before[keyword], after[keyword]]
    return now !== undefined && (old === undefined || !holds(old as number, now as number))
  })
}

/**
 * What breaks a client between two versions of an API. New operations, optional parameters and members, statuses and
 * looser bounds do not.
 * @returns one sentence per break: which operation, which member, what of it
 */
export function apiBreaks(published: Document, candidate: Document): string[] {
  function schemaBreaks(pair: Pair<Schema>, side: Side, at: string, seen: readonly Schema[] = []): string[] {
    const before = resolve(published, pair.before)
    const after = resolve(candidate, pair.after)
    if (seen.includes(before)) return []
    const { properties = {}, required = [] } = before
    const { properties: now = {}, required: must = [] } = after
    const changed =
      !same([before.type, before.format], [after.type, after.format]) ||
      (side === "sent" && isNarrower({ before, after })) ||
      ["anyOf", "oneOf", "allOf"].some((keyword) => !same(before[keyword], after[keyword]))
    return [
      ...(changed ? [`${at} changed`] : []),
      ...Object.keys(properties).flatMap((name) => (now[name] ? [] : [`${at}.${name} is gone`])),
      ...(side === "sent"
        ? must.filter((name) => !required.includes(name)).map((name) => `${at}.${name} must be sent now`)
        : required
            .filter((name) => now[name] && !must.includes(name))
            .map((name) => `${at}.${name} may be missing now`)),
      ...Object.entries(properties).flatMap(([name, member]) =>
        now[name]
          ? schemaBreaks({ before: member, after: now[name] }, side, `${at}.${name}`, [...seen, before])
          : [],
      ),
      ...(before.items && after.items
        ? schemaBreaks({ before: before.items, after: after.items }, side, `${at}[]`, [...seen, before])
        : []),
    ]
  }

  function contentBreaks({ before, after }: Pair<Content>, side: Side, at: string): string[] {
    return Object.entries(before.content ?? {}).flatMap(([type, { schema }]) => {
      const now = after.content?.[type]
      if (!now) return [`${at} has no ${type} any more`]
      return schema && now.schema ? schemaBreaks({ before: schema, after: now.schema }, side, at) : []
    })
  }

  function parameterBreaks({ before, after }: Pair<Operation>, at: string): string[] {
    const all = (document: Document, { parameters = [] }: Operation) =>
      new Map(
        parameters.map((parameter) => {
          const found = resolve(document, parameter) as Parameter
          return [`${found.in} parameter ${found.name}`, found]
        }),
      )
    const [was, now] = [all(published, before), all(candidate, after)]
    return [
      ...[...was].flatMap(([name, { schema }]) => {
        const still = now.get(name)
        if (!still) return [`${at}: ${name} is gone`]
        return schema && still.schema
          ? schemaBreaks({ before: schema, after: still.schema }, "sent", `${at}: ${name}`)
          : []
      }),
      ...[...now].flatMap(([name, { required }]) =>
        required && !was.get(name)?.required ? [`${at}: ${name} must be sent now`] : [],
      ),
    ]
  }

  function operationBreaks({ before, after }: Pair<Operation>, at: string): string[] {
    const { requestBody: body, responses } = before
    const bodies: string[] =
      body && after.requestBody
        ? contentBreaks({ before: body, after: after.requestBody }, "sent", `${at}: body`)
        : !body === !after.requestBody
          ? []
          : [`${at}: ${body ? "takes no body any more" : "a body must be sent now"}`]
    const successes = Object.keys(responses).filter((status) => status < "400")
    return [
      ...(mayStillCall({ before: before.security, after: after.security })
        ? []
        : [`${at}: who may call it changed`]),
      ...parameterBreaks({ before, after }, at),
      ...bodies,
      ...successes.flatMap((status) => {
        const [was, now] = [responses[status], after.responses[status]]
        if (!now) return [`${at}: answers ${status} no more`]
        const pair = { before: resolve(published, was as Content), after: resolve(candidate, now as Content) }
        return contentBreaks(pair, "answered", `${at}: ${status}`)
      }),
    ]
  }

  return Object.entries(published.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, before]) => {
      const at = `${method.toUpperCase()} ${path}`
      const after = candidate.paths[path]?.[method]
      return after ? operationBreaks({ before, after }, at) : [`${at} is gone`]
    }),
  )
}
