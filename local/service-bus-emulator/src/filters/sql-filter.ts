import type { MessageProperties } from "../message/edit.ts"
import { evaluatePredicate, type Truth } from "./sql-evaluate.ts"
import { parseFilter } from "./sql-parser.ts"

/** Compiles a SQL filter. Throws a SqlSyntaxError; the result throws a SqlEvaluationError when it fails on a message. */
export function compileFilter(expression: string): (message: MessageProperties) => Truth {
  const predicate = parseFilter(expression)
  return (message) => evaluatePredicate(predicate, message)
}
