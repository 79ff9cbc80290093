// Template directives, as they stand in keys: `${{ if … }}`, `${{ elseif … }}`, `${{ else }}`, `${{ each … }}`, `${{ insert }}`.
import { type Expression, evaluate, parseExpression, type Scope } from "./expression.ts"
import { toText } from "./functions.ts"
import type { Value } from "./value.ts"

export type Directive =
  | { readonly kind: "if"; readonly condition: Expression }
  | { readonly kind: "elseif"; readonly condition: Expression }
  | { readonly kind: "else" }
  | { readonly kind: "insert" }
  | { readonly kind: "each"; readonly variable: string; readonly list: Expression }

const whole = /^\$\{\{([\s\S]*)\}\}$/
const parts = /\$\{\{((?:[^}']|'[^']*'|\}(?!\}))*)\}\}/g

/** The directive that a key is, or undefined for an ordinary key. */
export function readDirective(key: string): Directive | undefined {
  const inside = whole.exec(key.trim())?.[1]?.trim()
  if (inside === undefined) return undefined
  const [, word, rest = ""] = /^(if|elseif|else|each|insert)\b\s*([\s\S]*)$/.exec(inside) ?? []
  if (word === "if" || word === "elseif") return { kind: word, condition: parseExpression(rest) }
  if (word === "each") {
    const [, variable, list] = /^(\w+)\s+in\s+([\s\S]+)$/.exec(rest) ?? []
    if (!variable || !list) throw new Error(`"each" needs "<name> in <list>", not "${rest}"`)
    return { kind: "each", variable, list: parseExpression(list) }
  }
  if ((word === "else" || word === "insert") && rest === "") return { kind: word }
  return undefined
}

/** The expressions within a text. */
export function expressionsIn(text: string): Expression[] {
  return [...text.matchAll(parts)].map(([, inside = ""]) => parseExpression(inside))
}

/** A text with its expressions evaluated: a single expression keeps its type, among other text it becomes text. */
export function interpolate(text: string, scope: Scope): Value {
  const matches = [...text.matchAll(parts)]
  const [first] = matches
  if (first && matches.length === 1 && first[0] === text.trim()) {
    return evaluate(parseExpression(first[1] as string), scope)
  }
  const result = text.replace(parts, (_, inside: string) => toText(evaluate(parseExpression(inside), scope)))
  if (result.includes("${{") && matches.length === 0)
    throw new Error(`expression without end in "${text.trim()}"`)
  return result
}
