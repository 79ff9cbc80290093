/** The `$filter` of the Durable Functions Monitor: times, runtime statuses and at most one condition on a field. */

export type Filter = {
  /** Milliseconds since 1970; `timestamp ge` of a history counts as well. */
  readonly from?: number
  readonly till?: number
  /** In lower case; `durableentities` stands for all entities. */
  readonly statuses?: readonly string[]
  readonly condition?: Condition
}

/** What the text of a field must be. */
export type Condition = { readonly field: string; holds(value: string): boolean }

type Clause = Filter | undefined

/** Words, texts in single quotes (none inside), and the signs between them. */
const TOKEN = /\s*(?:'([^']*)'|([\w-]+)|([(),]))/y
const EMPTY = "null"

type Token = { readonly kind: "text" | "word" | "sign"; readonly value: string }

/**
 * Reads a filter: `clause and clause …`, each of them at most once. Keywords and times are those that the monitor's page
 * sends (Common/FilterClause.cs of microsoft/DurableFunctionsMonitor).
 * @returns undefined when the text is no filter: then nothing is found
 */
export function parseFilter(text: string): Filter | undefined {
  const tokens = tokensOf(text)
  if (tokens === undefined) return undefined
  let filter: Filter = {}
  let at = 0
  const next = (): Token | undefined => tokens[at++]
  while (at < tokens.length) {
    if (at > 0 && !isWord(next(), "and")) return undefined
    const clause = readClause(next)
    if (clause === undefined || Object.keys(clause).some((key) => key in filter)) return undefined
    const [negation, value] = [tokens[at], tokens[at + 1]]
    if (isWord(negation, "eq") && (isWord(value, "true") || isWord(value, "false"))) {
      if (clause.condition === undefined) return undefined
      at += 2
      filter = { ...filter, condition: isWord(value, "false") ? not(clause.condition) : clause.condition }
    } else filter = { ...filter, ...clause }
  }
  return filter
}

function readClause(next: () => Token | undefined): Clause {
  const first = next()
  if (first?.kind !== "word") return undefined
  const word = first.value.toLowerCase()
  const second = next()
  if (isSign(second, "(") && (word === "startswith" || word === "contains")) return readCall(word, next)
  switch (second?.kind === "word" ? second.value.toLowerCase() : "") {
    case "in":
      return readList(first.value, next)
    case "ge":
      return readTime(word === "createdtime" || word === "timestamp" ? "from" : undefined, next)
    case "le":
      return readTime(word === "createdtime" ? "till" : undefined, next)
    case "eq":
      return readComparison(first.value, next)
    case "ne": {
      const condition = readComparison(first.value, next)?.condition
      return condition && { condition: not(condition) }
    }
    default:
      return undefined
  }
}

function readCall(name: "startswith" | "contains", next: () => Token | undefined): Clause {
  const [field, comma, argument, end] = [next(), next(), next(), next()]
  if (field?.kind !== "word" || argument?.kind !== "text") return undefined
  if (!isSign(comma, ",") || !isSign(end, ")")) return undefined
  const { value } = argument
  const holds = (text: string) => (name === "contains" ? text.includes(value) : text.startsWith(value))
  return { condition: { field: field.value, holds } }
}

function readComparison(field: string, next: () => Token | undefined): { condition: Condition } | undefined {
  const given = next()
  if (given?.kind !== "text") return undefined
  const { value } = given
  return { condition: { field, holds: (text) => text === (value === EMPTY ? "" : value) } }
}

function readList(field: string, next: () => Token | undefined): Clause {
  if (!isSign(next(), "(")) return undefined
  const values: string[] = []
  for (let item = next(); !isSign(item, ")"); item = next()) {
    if (item === undefined || item.kind === "sign") return undefined
    values.push(item.value)
    const separator = next()
    if (isSign(separator, ")")) break
    if (!isSign(separator, ",")) return undefined
  }
  if (field.toLowerCase() === "runtimestatus") return { statuses: values.map((value) => value.toLowerCase()) }
  return { condition: { field, holds: (text) => values.includes(text) } }
}

function readTime(bound: "from" | "till" | undefined, next: () => Token | undefined): Clause {
  const given = next()
  const time = given?.kind === "text" ? Date.parse(given.value) : Number.NaN
  return bound === undefined || Number.isNaN(time) ? undefined : { [bound]: time }
}

const not = ({ field, holds }: Condition): Condition => ({ field, holds: (text) => !holds(text) })
const isWord = (token: Token | undefined, word: string) =>
  token?.kind === "word" && token.value.toLowerCase() === word
const isSign = (token: Token | undefined, sign: string) => token?.kind === "sign" && token.value === sign

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const trimmed = text.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < trimmed.length) {
    const [whole, quoted, word, sign] = TOKEN.exec(trimmed) ?? []
    if (whole === undefined) return undefined
    if (quoted !== undefined) tokens.push({ kind: "text", value: quoted })
    else if (word !== undefined) tokens.push({ kind: "word", value: word })
    else tokens.push({ kind: "sign", value: sign as string })
  }
  return tokens
}
