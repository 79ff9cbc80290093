import type { JsonValue } from "../otlp/records.ts"

/** What V8 takes for an object with a few members, for each further member, and for a text without its characters. */
const OBJECT_BYTES = 64
const MEMBER_BYTES = 24
const TEXT_BYTES = 24
const NUMBER_BYTES = 16

/** About how much memory a value takes, in bytes: names of members are shared, texts have one byte a character. */
export function sizeOf(value: JsonValue | undefined): number {
  if (typeof value === "string") return TEXT_BYTES + value.length
  if (typeof value !== "object" || value === null) return NUMBER_BYTES
  const values: readonly JsonValue[] = Array.isArray(value) ? value : Object.values(value)
  return values.reduce<number>((sum, member) => sum + MEMBER_BYTES + sizeOf(member), OBJECT_BYTES)
}
