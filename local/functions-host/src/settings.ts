/** App settings: the environment over `local.settings.json`, as `func start` merges them. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Settings } from "./contract.ts"
import { parseJsonFile } from "./json.ts"

/** The content of local.settings.json that matters to the host. */
export type LocalSettings = {
  values: Record<string, string>
  host: { port?: number; cors?: string; corsCredentials: boolean }
}

/** Reads local.settings.json of the folder, if there is one. Throws when it is encrypted or no JSON. */
export function readLocalSettings(scriptRoot: string): LocalSettings {
  const file = join(scriptRoot, "local.settings.json")
  if (!existsSync(file)) return { values: {}, host: { corsCredentials: false } }
  const parsed = parseJsonFile(readFileSync(file, "utf8"), "local.settings.json")
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Error("local.settings.json must hold a JSON object")
  }
  const content = parsed as Record<string, unknown>
  if (content.IsEncrypted === true) {
    throw new Error(
      "local.settings.json is encrypted (IsEncrypted: true): decrypt it with `func settings decrypt` first",
    )
  }
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries((content.Values ?? {}) as Record<string, unknown>)) {
    if (typeof value === "object" && value !== null) {
      throw new Error(`local.settings.json: the value of "${name}" must be a string`)
    }
    if (value !== null) values[name] = String(value)
  }
  for (const [name, value] of Object.entries((content.ConnectionStrings ?? {}) as Record<string, unknown>)) {
    const text = typeof value === "object" && value !== null ? Reflect.get(value, "ConnectionString") : value
    values[`ConnectionStrings:${name}`] = String(text)
  }
  const host = (content.Host ?? {}) as Record<string, unknown>
  return {
    values,
    host: {
      port: typeof host.LocalHttpPort === "number" ? host.LocalHttpPort : undefined,
      cors: typeof host.CORS === "string" ? host.CORS : undefined,
      corsCredentials: host.CORSCredentials === true,
    },
  }
}

/**
 * Settings over a set of variables. Names compare as in .NET configuration: without case, `__` equal to `:`.
 */
export function createSettings(variables: Record<string, string>): Settings {
  const normalized = new Map<string, string>()
  for (const [name, value] of Object.entries(variables)) normalized.set(normalize(name), value)
  const get = (name: string) => variables[name] ?? normalized.get(normalize(name))
  return {
    get,
    expand: (text) =>
      text.replace(/%([^%]+)%/g, (match, name: string) => {
        const value = get(name)
        if (value === undefined) {
          throw new Error(`'${match}' does not resolve to a value: the app setting "${name}" is not set`)
        }
        return value
      }),
    connection(name) {
      // Order of the WebJobs SDK: the prefixed name first, in plain settings and in the ConnectionStrings section.
      for (const candidate of [`AzureWebJobs${name}`, name]) {
        const value = get(candidate) ?? get(`ConnectionStrings:${candidate}`)
        if (value) return value
      }
      const identity = Object.keys(variables).find((key) => normalize(key).startsWith(`${normalize(name)}:`))
      if (identity) {
        throw new Error(
          `The connection "${name}" is identity-based (${identity}): locally there is no identity to sign in ` +
            `with, set "${name}" to a connection string`,
        )
      }
      throw new Error(
        `The connection "${name}" is not set: set the app setting "${name}" (or "AzureWebJobs${name}") to a ` +
          "connection string",
      )
    },
    withPrefix(prefix) {
      const start = normalize(prefix)
      return Object.fromEntries(
        Object.entries(variables).filter(([name]) => normalize(name).startsWith(start)),
      )
    },
  }
}

function normalize(name: string): string {
  return name.replaceAll("__", ":").toLowerCase()
}

/** Whether a setting's text means yes, as the host reads `AzureWebJobs.<function>.Disabled`. */
export function isTrue(value: string | undefined): boolean {
  return value === "1" || value?.toLowerCase() === "true"
}
