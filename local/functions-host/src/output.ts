/** The host's console output in the manner of `func start`: `[timestamp] message`, filtered by level and category. */
import type { HostJson, Logger, LogLevel } from "./contract.ts"

const order = ["trace", "debug", "information", "warning", "error", "critical", "none"]

/** The level of a finished line; a notice is news that a person waits for, such as a reload that is done. */
export type LineLevel = LogLevel | "notice"

/** Priorities of syslog (RFC 5424) as sd-daemon(3) marks them. */
const priorities: Record<LineLevel, number> = {
  critical: 3,
  error: 3,
  warning: 4,
  notice: 5,
  information: 6,
  debug: 7,
  trace: 7,
}

/** Puts the level's mark (`<3>`) before every line of the text, for a program that reads the output. */
export function markLevel(text: string, level: LineLevel): string {
  return text.replace(/^/gm, `<${priorities[level]}>`)
}

export type HostOutput = {
  /** Writes a line if the level of its category lets it through. */
  write(level: string, category: string, message: string): void
  /** Writes a line of level information as news that a person waits for. */
  notice(category: string, message: string): void
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
  sink: (line: string, level: LineLevel) => void,
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

  const print = (level: string, category: string, message: string, as: LineLevel) => {
    if (order.indexOf(level) < threshold(category)) return
    const line = `[${new Date().toISOString()}] ${message}`
    const color =
      level === "error" || level === "critical" ? "\x1b[31m" : level === "warning" ? "\x1b[33m" : ""
    sink(options.color && color ? `${color}${line}\x1b[0m` : line, as)
  }

  const output: HostOutput = {
    write: (level, category, message) => print(level, category, message, level as LogLevel),
    notice: (category, message) => print("information", category, message, "notice"),
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
