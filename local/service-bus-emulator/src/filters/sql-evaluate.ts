import { randomUUID } from "node:crypto"
import type { MessageProperties } from "../message/edit.ts"
import type {
  ArithmeticOperator,
  ComparisonOperator,
  PropertyReference,
  SqlExpression,
  SqlPredicate,
  SqlValue,
} from "./sql-ast.ts"
import { systemProperties } from "./system-properties.ts"

/** True, false or unknown (`undefined`). */
export type Truth = boolean | undefined

/** An expression failed on a message, where Azure raises a FilterException. */
export class SqlEvaluationError extends Error {
  constructor(message: string) {
    super(message)
    this.name = "SqlEvaluationError"
  }
}

/** Evaluates a predicate with SQL's three-valued logic. Throws a SqlEvaluationError. */
export function evaluatePredicate(node: SqlPredicate, message: MessageProperties): Truth {
  switch (node.kind) {
    case "and": {
      const left = evaluatePredicate(node.left, message)
      if (left === false) return false
      const right = evaluatePredicate(node.right, message)
      return right === false ? false : left && right
    }
    case "or": {
      const left = evaluatePredicate(node.left, message)
      if (left === true) return true
      const right = evaluatePredicate(node.right, message)
      return right === true ? true : left === undefined ? undefined : right
    }
    case "not":
      return negate(evaluatePredicate(node.operand, message))
    case "compare":
      return compare(node.operator, evaluate(node.left, message), evaluate(node.right, message))
    case "like":
      return like(
        evaluate(node.operand, message),
        evaluate(node.pattern, message),
        node.escape && escapeCharacter(evaluate(node.escape, message)),
      )
    case "in":
      return isIn(
        evaluate(node.operand, message),
        node.items.map((item) => evaluate(item, message)),
      )
    case "isNull":
      return evaluate(node.operand, message) === undefined
    case "exists":
      return propertyExists(node.property, message)
  }
}

/** Evaluates a value expression. Unknown operands make the result unknown. Throws a SqlEvaluationError. */
export function evaluate(node: SqlExpression, message: MessageProperties): SqlValue {
  switch (node.kind) {
    case "constant":
      return node.value
    case "property":
      return lookUp(node, message)
    case "newid":
      return randomUUID()
    case "propertyCall": {
      const name = evaluate(node.name, message)
      return typeof name === "string" ? userProperty(name, message) : undefined
    }
    case "negate": {
      const value = evaluate(node.operand, message)
      return typeof value === "bigint" || typeof value === "number" ? -value : undefined
    }
    case "arithmetic":
      return arithmetic(node.operator, evaluate(node.left, message), evaluate(node.right, message))
  }
}

const negate = (truth: Truth): Truth => (truth === undefined ? undefined : !truth)

function lookUp(property: PropertyReference, message: MessageProperties): SqlValue {
  if (property.scope === "user") return userProperty(property.name, message)
  const field = systemProperties.get(property.name.toLowerCase())
  const value = field ? message.system[field] : undefined
  return typeof value === "number" ? BigInt(value) : ((value ?? undefined) as SqlValue)
}

/** Property names are case-insensitive; an exact match wins. */
function userProperty(name: string, message: MessageProperties): SqlValue {
  const key = propertyKey(name, message)
  return key === undefined ? undefined : ((message.application.get(key) ?? undefined) as SqlValue)
}

/** The name under which the message carries a user property, if it does. */
export function propertyKey(name: string, message: MessageProperties): string | undefined {
  if (message.application.has(name)) return name
  const lower = name.toLowerCase()
  for (const key of message.application.keys()) if (key.toLowerCase() === lower) return key
  return undefined
}

function propertyExists(property: PropertyReference, message: MessageProperties): boolean {
  if (property.scope === "sys") return lookUp(property, message) !== undefined
  return propertyKey(property.name, message) !== undefined
}

function compare(operator: ComparisonOperator, left: SqlValue, right: SqlValue): Truth {
  const order = orderOf(left, right)
  if (order === undefined) return undefined
  switch (operator) {
    case "=":
      return order === 0
    case "<>":
      return order !== 0
    case "<":
      return order < 0
    case "<=":
      return order <= 0
    case ">":
      return order > 0
    case ">=":
      return order >= 0
  }
}

/** Negative, zero or positive; unknown when an operand is unknown or the types do not compare. */
function orderOf(left: SqlValue, right: SqlValue): number | undefined {
  if (left === undefined || right === undefined) return undefined
  if (isNumber(left) && isNumber(right)) {
    return left < right ? -1 : left > right ? 1 : left >= right ? 0 : undefined
  }
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime()
  if (Buffer.isBuffer(left) && Buffer.isBuffer(right)) return Buffer.compare(left, right)
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right)
  return undefined
}

const isNumber = (value: SqlValue): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint"

function isIn(operand: SqlValue, items: SqlValue[]): Truth {
  if (operand === undefined) return undefined
  let unknown = false
  for (const item of items) {
    const equal = compare("=", operand, item)
    if (equal === true) return true
    if (equal === undefined && item === undefined) unknown = true
  }
  return unknown ? undefined : false
}

const escapeCharacter = (value: SqlValue): string => {
  if (typeof value === "string" && [...value].length === 1) return value
  throw new SqlEvaluationError("ESCAPE needs a string of one character.")
}

function like(operand: SqlValue, pattern: SqlValue, escapeWith: string | undefined): Truth {
  if (typeof operand !== "string" || typeof pattern !== "string") return undefined
  return likePattern(pattern, escapeWith).test(operand)
}

/** % matches any run of characters, _ exactly one; the escape character takes the next one literally. */
function likePattern(pattern: string, escapeWith: string | undefined): RegExp {
  let source = ""
  let literal = false
  for (const character of pattern) {
    if (!literal && character === escapeWith) {
      literal = true
      continue
    }
    if (!literal && character === "%") source += ".*"
    else if (!literal && character === "_") source += "."
    else source += character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&")
    literal = false
  }
  return new RegExp(`^${source}$`, "su")
}

function arithmetic(operator: ArithmeticOperator, left: SqlValue, right: SqlValue): SqlValue {
  if (typeof left === "string" && typeof right === "string" && operator === "+") return left + right
  if (typeof left === "bigint" && typeof right === "bigint") return integerArithmetic(operator, left, right)
  if (!isNumber(left) || !isNumber(right)) return undefined
  const [a, b] = [Number(left), Number(right)]
  switch (operator) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return a / b
    case "%":
      return a % b
  }
}

/** Integers are Int64: they wrap around, and a division drops the fraction. */
function integerArithmetic(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  if (right === 0n && (operator === "/" || operator === "%"))
    throw new SqlEvaluationError("Division by zero.")
  const results: Record<ArithmeticOperator, () => bigint> = {
    "+": () => left + right,
    "-": () => left - right,
    "*": () => left * right,
    "/": () => left / right,
    "%": () => left % right,
  }
  return BigInt.asIntN(64, results[operator]())
}
