import { STRUCK_OUT, scrubbed, struckOutNames } from "./telemetry/redaction.ts"

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, "")
/** An address that its holder confirms a payment at opens a door as well. */
const struckOut = new Set([...struckOutNames, "redirectUrl"].map(plain))
/** Nothing that a person reads lies deeper. */
const DEEPEST = 12
/** A person reads no more of it, and a list of a hundred stays a list. */
const LONGEST = 8_192

function redact(value: unknown, depth: number): unknown {
  if (typeof value === "string") return scrubbed(value)
  if (typeof value !== "object" || value === null) return value
  if (depth > DEEPEST) return "…"
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      struckOut.has(plain(name)) ? STRUCK_OUT : redact(member, depth + 1),
    ]),
  )
}

/**
 * A JSON value as an operator may see it: what a log line may not say is struck out, by its name and by its look.
 * @returns the value; the beginning of its text where it is longer than 8,192 characters
 */
export function redacted(value: unknown): unknown {
  const shown = redact(value, 0)
  const text = JSON.stringify(shown) ?? ""
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : shown
}
