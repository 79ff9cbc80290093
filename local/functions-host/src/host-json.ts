/** host.json: parsed, completed with the overrides of the environment, checked for keys that the host does not know. */
import { existsSync, readFileSync } from "node:fs"
import type { HostJson } from "./contract.ts"
import { parseJsonFile } from "./json.ts"

/** Keys of host.json v2 (https://learn.microsoft.com/azure/azure-functions/functions-host-json). */
const knownKeys = new Set([
  "version",
  "aggregator",
  "applicationInsights",
  "concurrency",
  "customHandler",
  "extensionBundle",
  "extensions",
  "functions",
  "functionTimeout",
  "healthMonitor",
  "isDefaultHostConfig",
  "logging",
  "managedDependency",
  "retry",
  "singleton",
  "telemetryMode",
  "watchDirectories",
  "watchFiles",
  "$schema",
])

const knownExtensions = new Set([
  "blobs",
  "cosmosdb",
  "durabletask",
  "eventgrid",
  "eventhubs",
  "http",
  "kafka",
  "mcp",
  "queues",
  "sendgrid",
  "servicebus",
  "signalr",
  "sql",
  "tables",
  "warmup",
])

const overridePrefix = "azurefunctionsjobhost__"

/**
 * Reads host.json. `AzureFunctionsJobHost__a__b` among the variables overrides `a.b`; a number as the last part is
 * an array index. Throws with a clear message; warnings are returned.
 */
export function readHostJson(
  file: string,
  variables: Record<string, string>,
): { hostJson: HostJson; warnings: string[] } {
  const warnings: string[] = []
  let content: Record<string, unknown> = { version: "2.0" }
  if (existsSync(file)) {
    const parsed = parseJsonFile(readFileSync(file, "utf8"), "host.json")
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
      throw new Error("host.json must hold a JSON object")
    }
    content = parsed as Record<string, unknown>
  } else warnings.push(`No host.json found at ${file}: using the defaults`)
  if (content.version !== "2.0") {
    throw new Error(
      `The host.json file is missing the required 'version' property or it is not "2.0" (it is ` +
        `${JSON.stringify(content.version)}). See https://aka.ms/functions-hostjson for steps to migrate.`,
    )
  }
  for (const [name, value] of Object.entries(variables)) {
    if (name.toLowerCase().startsWith(overridePrefix)) {
      assign(content, name.slice(overridePrefix.length).split("__"), value)
    }
  }
  for (const key of Object.keys(content)) {
    if (!knownKeys.has(key)) warnings.push(`host.json: unknown key "${key}" is ignored`)
  }
  const extensions = (content.extensions ?? {}) as Record<string, Record<string, unknown>>
  if (typeof extensions !== "object") throw new Error('host.json: "extensions" must be an object')
  for (const key of Object.keys(extensions)) {
    if (!knownExtensions.has(key.toLowerCase())) {
      warnings.push(`host.json: unknown extension "extensions.${key}" is ignored`)
    }
  }
  return { hostJson: { ...content, version: "2.0", extensions }, warnings }
}

/** Sets the value at a path, finding existing members without regard to case as .NET configuration does. */
function assign(target: Record<string, unknown>, path: string[], value: string): void {
  let node: Record<string, unknown> = target
  path.forEach((part, index) => {
    const key = Object.keys(node).find((name) => name.toLowerCase() === part.toLowerCase()) ?? part
    if (index === path.length - 1) {
      node[key] = scalar(value)
      return
    }
    const next = node[key]
    if (typeof next !== "object" || next === null) {
      node[key] = /^\d+$/.test(path[index + 1] ?? "") ? [] : {}
    }
    node = node[key] as Record<string, unknown>
  })
}

function scalar(text: string): unknown {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true"
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** A .NET TimeSpan (`[d.]hh:mm:ss[.fff]`) in milliseconds; `-1` and infinite give undefined. Throws on other text. */
export function timeSpan(text: string, key: string): number | undefined {
  if (text === "-1" || text === "-00:00:00.0010000") return undefined
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(text.trim())
  if (!match) throw new Error(`host.json: "${key}" must be a time span such as "00:05:00", not "${text}"`)
  const [, days = "0", hours, minutes, seconds = "0", fraction = "0"] = match
  return (
    (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 +
    Math.floor(Number(`0.${fraction}`) * 1000)
  )
}
