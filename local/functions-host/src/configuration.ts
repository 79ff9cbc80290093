/** Everything that the host reads before it loads an app: local.settings.json, environment, host.json. */
import type { HostJson, Settings } from "./contract.ts"
import { readHostJson, timeSpan } from "./host-json.ts"
import { type HttpSettings, httpSettings } from "./http/settings.ts"
import { logLevels } from "./output.ts"
import { createSettings, readLocalSettings } from "./settings.ts"

export type Configuration = {
  hostJson: HostJson
  settings: Settings
  /** The environment of the worker. */
  workerEnv: Record<string, string>
  http: HttpSettings
  /** `Host.LocalHttpPort` of local.settings.json. */
  localPort: number | undefined
  /** functionTimeout in milliseconds; undefined means without limit. */
  timeoutMs: number | undefined
  logLevels: Record<string, string>
  warnings: string[]
}

/** Reads the configuration of an app. Throws with a message that names the file and the fault. */
export function readConfiguration(options: {
  scriptRoot: string
  hostJsonFile: string
  env: Record<string, string | undefined>
  /** Origins that may call, instead of those of local.settings.json. */
  cors: string | undefined
  port: number
  instanceId: string
}): Configuration {
  const { scriptRoot, port } = options
  const local = readLocalSettings(scriptRoot)
  const environment: Record<string, string> = { ...local.values }
  for (const [name, value] of Object.entries(options.env)) {
    if (value !== undefined) environment[name] = value
  }
  const { hostJson, warnings } = readHostJson(options.hostJsonFile, environment)
  const cors = options.cors ?? local.host.cors
  const http = httpSettings(hostJson, environment, { ...local.host, cors }, (warning) =>
    warnings.push(warning),
  )
  const workerEnv: Record<string, string> = {
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    FUNCTIONS_WORKER_RUNTIME: "node",
    FUNCTIONS_EXTENSION_VERSION: "~4",
    ...environment,
    WEBSITE_HOSTNAME: `localhost:${port}`,
    WEBSITE_INSTANCE_ID: options.instanceId,
    AzureWebJobsScriptRoot: scriptRoot,
  }
  return {
    hostJson,
    settings: createSettings(workerEnv),
    workerEnv,
    http,
    localPort: local.host.port,
    timeoutMs: functionTimeout(hostJson),
    logLevels: logLevels(hostJson, environment),
    warnings,
  }
}

/** 30 minutes unless given, the default outside the Consumption plan (ScriptJobHostOptionsSetup of the host). */
function functionTimeout(hostJson: HostJson): number | undefined {
  const timeout = timeSpan(String(hostJson.functionTimeout ?? "00:30:00"), "functionTimeout")
  if (timeout !== undefined && timeout < 1000) {
    throw new Error("FunctionTimeout must be greater than 00:00:01 (host.json: functionTimeout).")
  }
  return timeout
}
