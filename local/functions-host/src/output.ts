/** The host's console output in the manner of `func start`: `[timestamp] message`, filtered by level and category. */
import type { HostJson, Logger, LogLevel } from "./contract.ts"

const order = ["trace", "debug", "information", "warning", "error", "critical", "none"]

export type HostOutput = {
  /** Writes a line if the level of its category lets it through. */
  write(level: string, category: string, message: string): void
  /** A line without timestamp and filter: banner, list of functions. */
  plain(text: string): void
  /** Sets the least level per category; "default" is for all others. */
  configure(levels: Record<string, string>): void
  logger(category: string): Logger
}

/**
 * Creates the output. `sink` takes finished lines; `verbose` lets debug lines of the host through.
 */
export function createOutput(
  sink: (line: string, level: LogLevel) => void,
  options: { verbose?: boolean; color?: boolean } = {},
): HostOutput {
  let levels: [string, number][] = []
  const thresholds = new Map<string, number>()

  const threshold = (category: string) => {
    let found = thresholds.get(category)
    if (found === undefined) {
      // The longest category that is a prefix wins, as in Microsoft.Extensions.Logging.
      const rule = levels
        .filter(([prefix]) => category.toLowerCase().startsWith(prefix))
        .sort(([a], [b]) => b.length - a.length)[0]
      found = rule?.[1] ?? (options.verbose ? order.indexOf("debug") : order.indexOf("information"))
      thresholds.set(category, found)
    }
    return found
  }

  const output: HostOutput = {
    write(level, category, message) {
      if (order.indexOf(level) < threshold(category)) return
      const line = `[${new Date().toISOString()}] ${message}`
      const color =
        level === "error" || level === "critical" ? "\x1b[31m" : level === "warning" ? "\x1b[33m" : ""
      sink(options.color && color ? `${color}${line}\x1b[0m` : line, level as LogLevel)
    },
    plain: (text) => sink(text, "information"),
    configure(names) {
      levels = Object.entries(names).flatMap(([category, name]) => {
        const level = order.indexOf(String(name).toLowerCase())
        return level < 0 ? [] : [[category.toLowerCase() === "default" ? "" : category.toLowerCase(), level]]
      })
      thresholds.clear()
    },
    logger: (category) => ({ log: (level, message) => output.write(level, category, message) }),
  }
  return output
}

/** `logging.logLevel` of host.json, overridden by app settings such as `logging__logLevel__Worker`. */
export function logLevels(hostJson: HostJson, environment: Record<string, string>): Record<string, string> {
  const logging = hostJson.logging as { logLevel?: Record<string, string> } | undefined
  const levels = { ...logging?.logLevel }
  for (const [name, value] of Object.entries(environment)) {
    const category = /^logging(?:__|:)loglevel(?:__|:)(.+)$/i.exec(name)?.[1]
    if (category) levels[category] = value
  }
  return levels
}
