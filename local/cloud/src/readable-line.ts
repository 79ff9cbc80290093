/** What the terminal does not show: it is in the line's place, or for machines alone. */
const HIDDEN = new Set(["level", "time", "msg", "service", "span", "stack"])

/**
 * An app's line as a person reads it: its text, then what it is about, then the stack. The log keeps it as it came.
 * @param text a line of a part; one that is no JSON of an app stays as it is
 */
export function readableLine(text: string): string {
  const [, place = "", json] = /^((?:\[[^\]]*\] )*)(\{"level":.*\})$/.exec(text) ?? []
  const line = json && parsed(json)
  if (!line) return text
  const about = Object.entries(line).flatMap(([name, value]) =>
    HIDDEN.has(name) ? [] : [` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`],
  )
  const stack = typeof line.stack === "string" ? `\n${line.stack.replace(/^/gm, "    ")}` : ""
  return `${place}${line.msg}${about.length > 0 ? ` (${about.join("").trim()})` : ""}${stack}`
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
