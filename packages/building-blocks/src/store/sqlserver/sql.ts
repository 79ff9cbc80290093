/** A value of a statement, with the type that it is sent as. */
export type Parameter =
  | { readonly type: "text"; readonly value: string | null }
  | { readonly type: "int" | "bigint"; readonly value: number | null }
  | { readonly type: "flag"; readonly value: boolean }
  | { readonly type: "instant"; readonly value: Date | null }
  | { readonly type: "bytes"; readonly value: Buffer }

/** A statement or a part of one: its texts, with a parameter between each two. */
export type Sql = { readonly texts: readonly string[]; readonly parameters: readonly Parameter[] }

/** A text, for an `nchar` or `nvarchar` column: with one of another type the server would convert the whole column. */
export const text = (value: string | null): Parameter => ({ type: "text", value })
export const int = (value: number | null): Parameter => ({ type: "int", value })
/** A safe integer. It comes back as text, for {@link Number}. */
export const bigint = (value: number | null): Parameter => ({ type: "bigint", value })
export const flag = (value: boolean): Parameter => ({ type: "flag", value })
/** To the millisecond, in UTC. */
export const instant = (value: Date | null): Parameter => ({ type: "instant", value })
export const bytes = (value: Buffer): Parameter => ({ type: "bytes", value })

/**
 * A statement as a template: what is put in is a parameter, or a further part. So no value can be taken for SQL, and
 * none is missing or left over. The same parameter may be put in more than once.
 */
export function sql(texts: TemplateStringsArray, ...values: readonly (Parameter | Sql)[]): Sql {
  const joined: string[] = [texts[0] ?? ""]
  const parameters: Parameter[] = []
  const append = (text = "") => joined.push(`${joined.pop()}${text}`)
  values.forEach((value, index) => {
    if ("texts" in value) {
      append(value.texts[0])
      joined.push(...value.texts.slice(1))
      parameters.push(...value.parameters)
      append(texts[index + 1])
    } else {
      parameters.push(value)
      joined.push(texts[index + 1] ?? "")
    }
  })
  return { texts: joined, parameters }
}

/** Parts one after the other. @param separator SQL, such as `, ` or ` OR ` */
export function join(parts: readonly Sql[], separator: string): Sql {
  const [first, ...rest] = parts
  if (!first) throw new RangeError("a list without a part")
  const between = named(separator)
  return rest.reduce((joined, part) => sql`${joined}${between}${part}`, first)
}

type Columns = readonly (readonly [column: string, value: Parameter | Sql])[]

const named = (text: string): Sql => ({ texts: [text], parameters: [] })

/** `a = …, b = …`, for SET. */
export const assignments = (columns: Columns): Sql =>
  join(
    columns.map(([column, value]) => sql`${named(`${column} = `)}${value}`),
    ", ",
  )

/** `(a, b) VALUES (…, …)`, for INSERT. */
export const columnsOf = (columns: Columns): Sql =>
  sql`${named(`(${columns.map(([column]) => column).join(", ")})`)} VALUES (${join(
    columns.map(([, value]) => sql`${value}`),
    ", ",
  )})`

/** A statement has at most 2,100 parameters. */
const PART = 500

/** A list in parts that a statement takes, of at most four parameters for each entry. */
export const inParts = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / PART) }, (_, part) => all.slice(part * PART, (part + 1) * PART))

/** Ids as a list, for IN. */
export const ids = (values: readonly string[]): Sql =>
  join(
    values.map((id) => sql`${text(id)}`),
    ", ",
  )

/** The statement's text, with `@p1`, `@p2` … for its parameters; one that was put in twice has one name. */
export function render({ texts, parameters }: Sql): {
  readonly text: string
  readonly inputs: readonly Parameter[]
} {
  const inputs = [...new Set(parameters)]
  const names = new Map(inputs.map((parameter, index) => [parameter, `@p${index + 1}`]))
  const text = texts
    .map((part, index) => part + (parameters[index] ? names.get(parameters[index]) : ""))
    .join("")
  return { text, inputs }
}

/** The server's clock, in UTC. */
export const now = sql`SYSUTCDATETIME()`
/** A moment by the server's clock. @param seconds from now; negative ones are past */
export const inSeconds = (seconds: number): Sql => sql`DATEADD(second, ${int(seconds)}, ${now})`
