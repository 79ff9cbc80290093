/** The `extensions.http` section of host.json and the `Host` section of local.settings.json. */
import type { HostJson } from "../contract.ts"
import type { LocalSettings } from "../settings.ts"

export type HttpSettings = {
  routePrefix: string
  maxBodyBytes: number
  /** Headers of every response unless the function sets them itself. */
  customHeaders: [string, string][]
  cors: { origins: ReadonlySet<string>; credentials: boolean } | undefined
  /** Takes a place for a request; "rejected" when too many are outstanding (429). */
  throttle(): "rejected" | { entered: Promise<void> | undefined; leave(): void }
}

const knownKeys = new Set([
  "routePrefix",
  "maxOutstandingRequests",
  "maxConcurrentRequests",
  "dynamicThrottlesEnabled",
  "hsts",
  "customHeaders",
])

/** The default of the real host (ScriptConstants.DefaultMaxRequestBodySize), 100 MiB. */
const defaultMaxBodyBytes = 104_857_600

/** Reads the section; what is wrong or without effect here is told to `warn`. */
export function httpSettings(
  hostJson: HostJson,
  environment: Record<string, string>,
  local: LocalSettings["host"],
  warn: (message: string) => void,
): HttpSettings {
  const section = (hostJson.extensions.http ?? {}) as Record<string, unknown>
  for (const key of Object.keys(section)) {
    if (!knownKeys.has(key)) warn(`host.json: unknown key "extensions.http.${key}" is ignored`)
  }
  if (section.dynamicThrottlesEnabled === true) {
    warn('host.json: "extensions.http.dynamicThrottlesEnabled" has no effect here')
  }
  const hsts = section.hsts as { isEnabled?: boolean } | undefined
  if (hsts?.isEnabled) warn('host.json: "extensions.http.hsts" applies to https only; this host serves http')
  const limit = Number(environment.FUNCTIONS_REQUEST_BODY_SIZE_LIMIT)
  const origins = local.cors?.split(",").map((origin) => origin.trim().replace(/\/$/, ""))
  return {
    routePrefix: typeof section.routePrefix === "string" ? section.routePrefix : "api",
    maxBodyBytes: Number.isInteger(limit) && limit > 0 ? limit : defaultMaxBodyBytes,
    customHeaders: Object.entries((section.customHeaders ?? {}) as Record<string, unknown>).map(
      ([name, value]) => [name, String(value)],
    ),
    cors: origins && { origins: new Set(origins), credentials: local.corsCredentials },
    throttle: createThrottle(count(section.maxConcurrentRequests), count(section.maxOutstandingRequests)),
  }
}

/** -1 and absent mean without limit, the host's default outside the Consumption plan. */
function count(value: unknown): number {
  return typeof value === "number" && value > 0 ? value : Number.POSITIVE_INFINITY
}

function createThrottle(maxConcurrent: number, maxOutstanding: number): HttpSettings["throttle"] {
  let running = 0
  const waiting: (() => void)[] = []
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
  return () => {
    if (running + waiting.length >= maxOutstanding) return "rejected"
    if (running < maxConcurrent) {
      running++
      return { entered: undefined, leave }
    }
    return { entered: new Promise((resolve) => waiting.push(resolve)), leave }
  }
}
