// Which parameters a template reads, when some of them are already decided: a profile takes these and no others.
import { isMap, isScalar, isSeq } from "yaml"
import { type Directive, expressionsIn, readDirective } from "./directives.ts"
import { type Expression, evaluate, parametersIn } from "./expression.ts"
import { isTrue } from "./functions.ts"
import { mistake, type Source } from "./source.ts"
import type { Value } from "./value.ts"

/**
 * The parameters that a template reads.
 * @param decided values of parameters that the profile fixes; branches that they exclude are not looked at
 * @returns names, each with a node that reads it
 * @throws PipelineError for an expression that cannot be read
 */
export function readsOf(source: Source, decided: Readonly<Record<string, Value>> = {}): Map<string, unknown> {
  const reads = new Map<string, unknown>()
  const note = (expression: Expression, node: unknown) => {
    for (const name of parametersIn(expression)) if (!reads.has(name)) reads.set(name, node)
  }

  /** True or false when the decided parameters settle it, undefined otherwise. */
  function settle(condition: Expression): boolean | undefined {
    const names = parametersIn(condition)
    if (names.length === 0 || !names.every((name) => name in decided)) return undefined
    return isTrue(evaluate(condition, { names: { parameters: { ...decided } } }))
  }

  /** Looks at a directive; answers whether its content counts, and whether the chain behind it is settled. */
  function enter(
    directive: Directive,
    settled: boolean,
    node: unknown,
  ): { visit: boolean; settled: boolean } {
    if (directive.kind === "each") note(directive.list, node)
    if (directive.kind === "else") return { visit: !settled, settled: false }
    if (directive.kind !== "if" && directive.kind !== "elseif") return { visit: true, settled: false }
    if (directive.kind === "elseif" && settled) return { visit: false, settled }
    note(directive.condition, node)
    const outcome = settle(directive.condition)
    return { visit: outcome !== false, settled: outcome === true }
  }

  function visit(node: unknown): void {
    if (isScalar(node)) {
      for (const expression of expressionsIn(String(node.value))) note(expression, node)
      return
    }
    if (!isMap(node) && !isSeq(node)) return
    let settled = false
    for (const item of node.items) {
      const pair = isMap(node) ? item : isMap(item) && item.items.length === 1 ? item.items[0] : undefined
      if (!pair) {
        visit(item)
        continue
      }
      const { key, value } = pair as { key: unknown; value: unknown }
      const directive = readDirective(String(key))
      if (!directive) {
        visit(key)
        visit(value)
        continue
      }
      const step = enter(directive, settled, key)
      settled = step.settled
      if (step.visit) visit(value)
    }
  }

  const { contents } = source.document
  if (!isMap(contents)) throw mistake(source, contents, "a pipeline file is a mapping")
  for (const { key, value } of contents.items) {
    if (String(key) === "parameters") continue
    try {
      visit(value)
    } catch (error) {
      throw mistake(source, key, (error as Error).message)
    }
  }
  return reads
}
