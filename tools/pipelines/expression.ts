// The expression language of Azure Pipelines, as far as templates and step conditions need it.
// https://learn.microsoft.com/azure/devops/pipelines/process/expressions
import { callFunction } from "./functions.ts"
import type { Value } from "./value.ts"

export type Expression =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "member"; readonly of: Expression; readonly key: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }

export interface Scope {
  /** Named values: `parameters`, `variables`, and the variables of `each`. */
  readonly names: Readonly<Record<string, Value>>
  /** Status functions of step conditions (`succeeded`, `always`, …); absent while templates are expanded. */
  readonly status?: Readonly<Record<string, () => boolean>>
}

const token =
  /\s*(?:(?<number>-?\d+(?:\.\d+)?)|'(?<string>(?:[^']|'')*)'|(?<name>[A-Za-z_]\w*)|(?<sign>[()[\].,*]))/y

interface Token {
  kind: "number" | "string" | "name" | "sign"
  text: string
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (!match?.groups)
      throw new Error(`unexpected "${text.slice(at).trim()}" in expression "${text.trim()}"`)
    const [kind, value] = Object.entries(match.groups).find(([, found]) => found !== undefined) ?? []
    tokens.push({ kind: kind as Token["kind"], text: value as string })
  }
  return tokens
}

/**
 * Parses the text between `${{` and `}}`.
 * @throws Error that says what is wrong
 */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text)
  let position = 0
  const next = () => tokens[position++]
  const at = (sign: string) => tokens[position]?.kind === "sign" && tokens[position]?.text === sign
  const expect = (sign: string) => {
    if (!at(sign)) throw new Error(`"${sign}" is missing in expression "${text.trim()}"`)
    position++
  }

  function list(): Expression[] {
    const args: Expression[] = []
    while (!at(")")) {
      if (args.length > 0) {
        if (!at(",")) throw new Error(`"," or ")" is missing in expression "${text.trim()}"`)
        position++
      }
      args.push(expression())
    }
    position++
    return args
  }

  function primary(): Expression {
    const found = next()
    if (!found) throw new Error(`expression "${text.trim()}" ends too early`)
    if (found.kind === "string") return { kind: "literal", value: found.text.replaceAll("''", "'") }
    if (found.kind === "number") return { kind: "literal", value: Number(found.text) }
    if (found.kind === "sign") throw new Error(`unexpected "${found.text}" in expression "${text.trim()}"`)
    if (at("(")) {
      position++
      return { kind: "call", name: found.text, args: list() }
    }
    const constant = { true: true, false: false, null: null }[found.text.toLowerCase()]
    return constant === undefined ? { kind: "name", name: found.text } : { kind: "literal", value: constant }
  }

  function expression(): Expression {
    let left = primary()
    for (;;) {
      if (at(".")) {
        position++
        const member = next()
        if (member?.kind !== "name") throw new Error(`a name is missing after "." in "${text.trim()}"`)
        left = { kind: "member", of: left, key: { kind: "literal", value: member.text } }
      } else if (at("[")) {
        position++
        const key = expression()
        expect("]")
        left = { kind: "member", of: left, key }
      } else return left
    }
  }

  const parsed = expression()
  if (position < tokens.length) {
    throw new Error(`unexpected "${tokens[position]?.text}" in expression "${text.trim()}"`)
  }
  return parsed
}

/** Reads a property or an element; names are compared without case, as Azure does. */
function member(of: Value, key: Value): Value | undefined {
  if (Array.isArray(of)) return of[Number(key)]
  if (of === null || typeof of !== "object") return undefined
  const wanted = String(key).toLowerCase()
  const found = Object.keys(of).find((name) => name.toLowerCase() === wanted)
  return found === undefined ? undefined : of[found]
}

/**
 * Evaluates an expression.
 * @throws Error for an unknown name, function or parameter
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value
    case "name": {
      const value = scope.names[expression.name]
      if (value === undefined) throw new Error(`unknown name "${expression.name}"`)
      return value
    }
    case "member": {
      const key = evaluate(expression.key, scope)
      const value = member(evaluate(expression.of, scope), key)
      if (value !== undefined) return value
      // An undefined variable is empty; an undeclared parameter is a mistake that Azure would hide.
      if (expression.of.kind === "name" && expression.of.name === "parameters") {
        throw new Error(`unknown parameter "${key}"`)
      }
      return null
    }
    case "call": {
      const status = scope.status?.[expression.name]
      if (status) return status()
      // `and`, `or` and `iif` look at an argument only when they need it.
      return callFunction(
        expression.name,
        expression.args.map((argument) => () => evaluate(argument, scope)),
      )
    }
  }
}

/** The parameters that an expression reads. */
export function parametersIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "member": {
      const { of, key } = expression
      if (of.kind === "name" && of.name === "parameters" && key.kind === "literal") return [String(key.value)]
      return [...parametersIn(of), ...parametersIn(key)]
    }
    case "call":
      return expression.args.flatMap(parametersIn)
    default:
      return []
  }
}
