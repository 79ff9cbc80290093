import type { InvalidField } from "./problem.ts"

/** No schema of ours nests deeper, and what reads JSON recursively must not run out of stack. */
const MAX_DEPTH = 32

/**
 * Members that no schema should ever see: text that PostgreSQL cannot keep (U+0000, or a surrogate without its
 * other half) and values nested too deep.
 * @param input parsed JSON
 */
export function unacceptableFields(input: unknown, path: readonly PropertyKey[] = []): InvalidField[] {
  if (typeof input === "string") {
    if (input.isWellFormed() && !input.includes("\u0000")) return []
    return [{ path, code: "invalid_text", message: "Text must be Unicode without U+0000" }]
  }
  if (typeof input !== "object" || input === null) return []
  if (path.length >= MAX_DEPTH) return [{ path, code: "too_deep", message: "Nested too deep" }]
  return Object.entries(input).flatMap(([key, value]) => unacceptableFields(value, [...path, key]))
}
