/** A syntax error in a SQL filter or action, with its place (1-based column). */
export class SqlSyntaxError extends Error {
  readonly position: number

  constructor(message: string, offset: number) {
    super(`${message} (position ${offset + 1})`)
    this.name = "SqlSyntaxError"
    this.position = offset + 1
  }
}

export type Token =
  | { kind: "word"; text: string; at: number }
  /** An identifier in [brackets] or "double quotes": never a keyword. */
  | { kind: "quoted"; text: string; at: number }
  | { kind: "string"; text: string; at: number }
  | { kind: "number"; value: number | bigint; at: number }
  | { kind: "symbol"; text: string; at: number }
  | { kind: "end"; at: number }

/** Azure limits filter and action expressions to 1,024 characters. */
const MAX_LENGTH = 1024

const space = /\s+/y
const word = /\p{L}[_\p{L}\p{Nd}]*/uy
const number = /\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y
const symbol = /<>|!=|<=|>=|[=<>+\-*/%(),.;]/y
const closers: Record<string, string> = { "'": "'", '"': '"', "[": "]" }

/**
 * Splits a Service Bus SQL expression into tokens. A quote inside a string, a double quote inside a quoted identifier
 * and a right bracket inside a bracketed one are doubled.
 */
export function tokenize(source: string): Token[] {
  if (source.length > MAX_LENGTH)
    throw new SqlSyntaxError(`The expression exceeds ${MAX_LENGTH} characters`, MAX_LENGTH)
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  while (at < source.length) {
    const blank = match(space)
    if (blank) {
      at += blank.length
      continue
    }
    const opener = source.charAt(at)
    const closer = closers[opener]
    if (closer) {
      const { text, next } = readDelimited(source, at, closer)
      tokens.push({ kind: opener === "'" ? "string" : "quoted", text, at })
      at = next
      continue
    }
    const token = readToken(match, at)
    if (!token) throw new SqlSyntaxError(unexpected(source, at), at)
    tokens.push(token.token)
    at += token.length
  }
  tokens.push({ kind: "end", at: source.length })
  return tokens
}

function readToken(match: (pattern: RegExp) => string | undefined, at: number) {
  const name = match(word)
  if (name) return { token: { kind: "word", text: name, at } as Token, length: name.length }
  const digits = match(number)
  if (digits) {
    const value = /^\d+$/.test(digits) ? BigInt(digits) : Number(digits)
    return { token: { kind: "number", value, at } as Token, length: digits.length }
  }
  const sign = match(symbol)
  if (sign) return { token: { kind: "symbol", text: sign, at } as Token, length: sign.length }
  return undefined
}

function readDelimited(source: string, start: number, closer: string): { text: string; next: number } {
  let text = ""
  for (let at = start + 1; at < source.length; at++) {
    const character = source.charAt(at)
    if (character !== closer) text += character
    else if (source.charAt(at + 1) === closer) {
      text += closer
      at++
    } else return { text, next: at + 1 }
  }
  throw new SqlSyntaxError(`Missing closing ${closer}`, start)
}

function unexpected(source: string, at: number): string {
  if (source.charAt(at) === "@")
    return "Parameters (@name) are not supported: write the value into the expression"
  return `Unexpected character '${String.fromCodePoint(source.codePointAt(at) ?? 0)}'`
}
