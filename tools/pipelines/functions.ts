// Functions of Azure Pipelines' expressions, as far as the templates need them, and the conversions between its types.
import type { Value } from "./value.ts"

/** Text of a value as Azure writes it: booleans are `True` and `False`, null is empty. */
export function toText(value: Value): string {
  if (value === null) return ""
  if (typeof value === "boolean") return value ? "True" : "False"
  if (typeof value === "object") throw new Error("an object or a list cannot become text: use join")
  return String(value)
}

/** Whether a value counts as true: not false, 0, null or empty text. */
export const isTrue = (value: Value): boolean =>
  value !== null && value !== false && value !== 0 && value !== "" && !Number.isNaN(value)

function toNumber(value: Value): number {
  if (value === null || value === "") return 0
  return typeof value === "object" ? Number.NaN : Number(value)
}

/** Compares as Azure does: the right side is converted to the type of the left one; text ignores case, nothing is empty text. */
function equal(left: Value, right: Value): boolean {
  if (left === null || right === null) return (left ?? "") === (right ?? "")
  if (typeof left === "object" || typeof right === "object") return left === right
  if (typeof left === "boolean") return left === (typeof right === "string" ? right !== "" : isTrue(right))
  if (typeof left === "number") return left === toNumber(right)
  return left.toLowerCase() === toText(right).toLowerCase()
}

const elements = (value: Value): Value[] =>
  Array.isArray(value) ? value : value !== null && typeof value === "object" ? Object.values(value) : [value]

type Lazy = () => Value
interface Definition {
  readonly arity: readonly [least: number, most: number]
  readonly call: (...args: Lazy[]) => Value
}

/** A function that wants all its arguments. */
const eager = (least: number, most: number, call: (...args: Value[]) => Value): Definition => ({
  arity: [least, most],
  call: (...args) => call(...args.map((argument) => argument())),
})
const text = (value: Value | undefined) => toText(value ?? null)
const lower = (value: Value | undefined) => text(value).toLowerCase()

const functions: Record<string, Definition> = {
  and: { arity: [2, 99], call: (...args) => args.every((argument) => isTrue(argument())) },
  or: { arity: [2, 99], call: (...args) => args.some((argument) => isTrue(argument())) },
  iif: {
    arity: [3, 3],
    call: (test, yes, no) => (isTrue(test?.() ?? null) ? (yes?.() ?? null) : (no?.() ?? null)),
  },
  not: eager(1, 1, (value = null) => !isTrue(value)),
  eq: eager(2, 2, (left = null, right = null) => equal(left, right)),
  ne: eager(2, 2, (left = null, right = null) => !equal(left, right)),
  in: eager(1, 99, (value = null, ...others) => others.some((other) => equal(value, other))),
  notin: eager(1, 99, (value = null, ...others) => !others.some((other) => equal(value, other))),
  contains: eager(2, 2, (whole, part) => lower(whole).includes(lower(part))),
  startswith: eager(2, 2, (whole, part) => lower(whole).startsWith(lower(part))),
  endswith: eager(2, 2, (whole, part) => lower(whole).endsWith(lower(part))),
  join: eager(2, 2, (separator, list = null) => elements(list).map(toText).join(text(separator))),
  lower: eager(1, 1, lower),
  upper: eager(1, 1, (value) => text(value).toUpperCase()),
}

/**
 * Calls a function by its name, which is not case-sensitive.
 * @throws Error for an unknown function or a wrong number of arguments
 */
export function callFunction(name: string, args: Lazy[]): Value {
  const found = functions[name.toLowerCase()]
  if (!found) throw new Error(`unknown function "${name}"`)
  const [least, most] = found.arity
  if (args.length < least || args.length > most) {
    throw new Error(
      `${name} takes ${least === most ? least : `at least ${least}`} arguments, not ${args.length}`,
    )
  }
  return found.call(...args)
}
