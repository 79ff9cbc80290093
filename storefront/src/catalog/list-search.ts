/** The orders that the list knows, as the API names them. */
export const sorts = ["relevance", "price-asc", "price-desc", "name", "newest"] as const
export type Sort = (typeof sorts)[number]

/** What the address of a list says. `category`, `brand` and `attributes` are written as the API takes them. */
export type ListSearch = {
  readonly q?: string
  readonly category?: string
  readonly brand?: string
  readonly attributes?: string
  readonly minPrice?: number
  readonly maxPrice?: number
  readonly inStock?: boolean
  readonly sort?: Sort
  readonly cursor?: string
}

const text = (value: unknown): string | undefined => {
  const written = typeof value === "number" || typeof value === "string" ? String(value).trim() : ""
  return written === "" ? undefined : written.slice(0, 1_000)
}

const amount = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined

/** Reads an address that anybody may have written; what it does not understand it leaves out. */
export function listSearch(search: Record<string, unknown>): ListSearch {
  const found: Record<keyof ListSearch, unknown> = {
    q: text(search.q)?.slice(0, 200),
    category: text(search.category),
    brand: text(search.brand),
    attributes: text(search.attributes),
    minPrice: amount(search.minPrice),
    maxPrice: amount(search.maxPrice),
    inStock: search.inStock === true ? true : undefined,
    sort: sorts.find((sort) => sort === search.sort && sort !== "relevance"),
    cursor: text(search.cursor),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** Splits at a separator that no backslash stands before; takes no backslash away. */
function splitAt(written: string, separator: string): string[] {
  const parts = [""]
  for (let at = 0; at < written.length; at++) {
    const letter = written[at] as string
    if (letter === separator) parts.push("")
    else parts[parts.length - 1] += letter === "\\" ? letter + (written[++at] ?? "") : letter
  }
  return parts.filter((part) => part !== "")
}

const escapeValue = (value: string): string => value.replace(/[,;:\\]/g, "\\$&")
const unescapeValue = (written: string): string => written.replace(/\\(.)/g, "$1")

/** The values of a filter: `Nimbus,Velto` is two. */
export const valuesOf = (written = ""): string[] => splitAt(written, ",").map(unescapeValue)

const writeValues = (values: readonly string[]): string | undefined =>
  values.length === 0 ? undefined : values.map(escapeValue).join(",")

const toggled = (values: readonly string[], value: string): string[] =>
  values.includes(value) ? values.filter((other) => other !== value) : [...values, value]

/** The filter with a value put in, or taken out if it is there. */
export const toggleValue = (written: string | undefined, value: string): string | undefined =>
  writeValues(toggled(valuesOf(written), value))

/** The values of each attribute: `colour:Black,White;storage:128 GB`. */
export function attributesOf(written = ""): Map<string, string[]> {
  const pairs = splitAt(written, ";").map((part) => splitAt(part, ":"))
  return new Map(pairs.map(([name = "", values]) => [unescapeValue(name), valuesOf(values)]))
}

/** The filter by attributes with a value of one of them put in, or taken out if it is there. */
export function toggleAttribute(
  written: string | undefined,
  name: string,
  value: string,
): string | undefined {
  const attributes = attributesOf(written)
  attributes.set(name, toggled(attributes.get(name) ?? [], value))
  const parts = [...attributes].filter(([, values]) => values.length > 0)
  if (parts.length === 0) return undefined
  return parts.map(([key, values]) => `${escapeValue(key)}:${writeValues(values)}`).join(";")
}
