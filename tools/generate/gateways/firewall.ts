// What the managed rules of a web application firewall must know of our API: the same for Application Gateway (Microsoft's
// Default Rule Set) and for the test bench (OWASP Core Rule Set), whose rules have the same numbers.

/** A member of a request that takes what people write, in the names of the OpenAPI document's schemas. */
export type Prose = {
  readonly place: "body" | "query"
  /** `*` stands for any name, `[]` for any place in a list. */
  readonly path: readonly string[]
}

type Schema = {
  readonly $ref?: string
  readonly anyOf?: Schema[]
  readonly oneOf?: Schema[]
  readonly allOf?: Schema[]
  readonly properties?: Record<string, Schema>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly type?: string | string[]
  readonly format?: string
  readonly pattern?: string
  readonly enum?: unknown[]
  readonly const?: unknown
}
type Operation = {
  readonly parameters?: { readonly in: string; readonly name: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema?: Schema }> }
}
export type OpenApi = { readonly paths: Record<string, Record<string, Operation>> }

/** Members whose text people make up; what else has no pattern is a code, a date or a name from a list of ours. */
const WRITTEN_BY_PEOPLE = new Set([
  "addressLine",
  "alt",
  "attributes",
  "brand",
  "carrier",
  "description",
  "firstName",
  "lastName",
  "name",
  "options",
  "q",
  "reason",
  "state",
])

const isText = ({ type, format, pattern, enum: list, const: value }: Schema): boolean =>
  [type].flat().includes("string") &&
  format === undefined &&
  pattern === undefined &&
  list === undefined &&
  value === undefined

const isName = (segment: string): boolean => segment !== "*" && segment !== "[]"

/** Every member of a request that takes what people write, once, sorted. */
export function proseOf(document: OpenApi): Prose[] {
  const found = new Map<string, Prose>()
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined
      ? schema
      : resolve(
          schema.$ref
            .slice(2)
            .split("/")
            .reduce((part: never, name) => part[name], document as never),
        )
  const walk = (from: Schema, place: Prose["place"], path: readonly string[]): void => {
    const schema = resolve(from)
    for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
      walk(part, place, path)
    for (const [name, part] of Object.entries(schema.properties ?? {})) walk(part, place, [...path, name])
    if (typeof schema.additionalProperties === "object")
      walk(schema.additionalProperties, place, [...path, "*"])
    if (schema.items !== undefined) walk(schema.items, place, [...path, "[]"])
    if (isText(schema) && WRITTEN_BY_PEOPLE.has(path.findLast(isName) ?? ""))
      found.set(`${place} ${path.join(".")}`, { place, path })
  }
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  for (const { parameters = [], requestBody } of operations) {
    for (const parameter of parameters)
      if (parameter.in === "query") walk(parameter.schema, "query", [parameter.name])
    for (const { schema } of Object.values(requestBody?.content ?? {})) if (schema) walk(schema, "body", [])
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, prose]) => prose)
}

/** A managed rule that takes harmless prose for an attack. */
export type Misfit = {
  readonly rule: string
  /** The rule's group in Microsoft's Default Rule Set. */
  readonly group: string
  /** What a seller or a customer may well write, and the rule refuses. */
  readonly example: string
  /** The members that it does not look at, where these are not all that take prose. */
  readonly only?: readonly string[]
}

/** Whether a rule does not look at a member. */
export const overlooks = ({ only }: Misfit, { place, path }: Prose): boolean =>
  only === undefined || (place === "body" && only.includes(path.findLast(isName) ?? ""))

/**
 * Rules that do not look at prose. No app runs a shell, and every statement has its values as parameters; what recognises
 * scripts stays in force everywhere. What recognises a whole injection (942100) overlooks the two members that take
 * sentences, where {@link injections} are refused instead. A test shows that each is needed.
 */
export const misfits: readonly Misfit[] = [
  { rule: "932100", group: "RCE", example: "Cat food; cat litter; cat toys" },
  { rule: "932105", group: "RCE", example: "Rain or shine; time for a walk" },
  { rule: "932110", group: "RCE", example: "For him & her; date night; at home" },
  { rule: "932115", group: "RCE", example: "3D print; print it at home" },
  { rule: "932130", group: "RCE", example: "The price is $(5) for two" },
  {
    rule: "942100",
    group: "SQLI",
    example: "Unpack; drop the tab into the machine; done",
    only: ["description", "reason"],
  },
  { rule: "942190", group: "SQLI", example: "Can't decide: 'select' or 'union'? Drop me a line" },
  { rule: "942270", group: "SQLI", example: "A union of styles: select yours from the list" },
  { rule: "942350", group: "SQLI", example: "Insert the batteries; update the clock; delete old alarms" },
]

/** A quotation mark in a JSON text, what may close brackets after it, and what stands between the words of a statement. */
const GAP = String.raw`(?:\s|\\[nrt]|/\*\*/)`
const QUOTE = String.raw`(?:'|\\"|\\u002[27])`
const CLOSED = String.raw`${QUOTE}\)*${GAP}*`
const OBJECT = "(?:table|database|schema|view|user|role)"

/**
 * What of an SQL injection nobody writes into a sentence: patterns that no JSON body, in lower case, may match. Without
 * lookarounds and references back, which not every firewall has.
 */
export const injections: readonly { readonly name: string; readonly pattern: string }[] = [
  {
    name: "SqlTautology",
    pattern: String.raw`${CLOSED}(?:or|and)${GAP}+\(*(?:${QUOTE}?\w*${QUOTE}?${GAP}*(?:[=<>]|like${GAP}+${QUOTE})|\w+\()`,
  },
  { name: "SqlUnion", pattern: `union${GAP}+(?:all${GAP}+|distinct${GAP}+)?select${GAP}` },
  {
    name: "SqlStatement",
    pattern: String.raw`(?:${QUOTE}|[\d)])${GAP}*;${GAP}*(?:(?:drop|truncate|alter|create)${GAP}+${OBJECT}|delete${GAP}+from|insert${GAP}+into|update${GAP}+\w+${GAP}+set|copy${GAP}+\w+${GAP}+(?:to|from))${GAP}`,
  },
  { name: "SqlProcedure", pattern: `;${GAP}*exec(?:ute)?${GAP}+(?:xp|sp)_` },
  { name: "SqlOrder", pattern: String.raw`${CLOSED}order${GAP}+by${GAP}+\d` },
  { name: "SqlComment", pattern: String.raw`${CLOSED};?${GAP}*(?:--|/\*)` },
]
