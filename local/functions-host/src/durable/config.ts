/** The `extensions.durableTask` section of host.json. */

import { availableParallelism } from "node:os"
import type { HostJson, Settings } from "../contract.ts"

export type DurableConfig = {
  hubName: string
  maxConcurrentActivityFunctions: number
  maxConcurrentOrchestratorFunctions: number
  maxConcurrentEntityFunctions: number
  maxEntityOperationBatchSize: number
  /** A start may replace an instance that is still running. */
  overridesRunningInstances: boolean
  /** Name that management URLs print as `connection`. */
  connectionName: string
  httpPollingInterval: number
  defaultVersion: string | null
  /** Flush to disk at every commit. */
  synchronous: "full" | "off"
}

/** Known keys that have no meaning here: another storage, scaling, telemetry. Accepted in silence. */
const withoutMeaning = new Set(
  [
    "storageProvider",
    "tracing",
    "notifications",
    "extendedSessionsEnabled",
    "extendedSessionIdleTimeoutInSeconds",
    "maxOrchestrationActions",
    "entityMessageReorderWindowInMinutes",
    "useGracefulShutdown",
    "rollbackEntityOperationsOnExceptions",
    "throwStatusExceptionsOnRaiseEvent",
    "useAppLease",
    "appLeaseOptions",
    "storeInputsInOrchestrationHistory",
    "localRpcEndpointEnabled",
    "maxGrpcMessageSizeInBytes",
    "grpcHttpClientTimeout",
    "versionMatchStrategy",
    "versionFailureStrategy",
    "logReplayEvents",
    "traceInputsAndOutputs",
    "traceReplayEvents",
  ].map((key) => key.toLowerCase()),
)

const known = new Set(
  [
    "hubName",
    "maxConcurrentActivityFunctions",
    "maxConcurrentOrchestratorFunctions",
    "maxConcurrentEntityFunctions",
    "maxEntityOperationBatchSize",
    "overridableExistingInstanceStates",
    "httpSettings",
    "defaultVersion",
  ].map((key) => key.toLowerCase()),
)

/** Reads the section; `warn` gets a sentence for every unknown key. Throws on values that cannot be meant. */
export function readDurableConfig(
  hostJson: HostJson,
  settings: Settings,
  warn: (message: string) => void,
): DurableConfig {
  const section = hostJson.extensions.durableTask ?? {}
  for (const key of Object.keys(section)) {
    const name = key.toLowerCase()
    if (!known.has(name) && !withoutMeaning.has(name)) {
      warn(`host.json: extensions.durableTask.${key} is not known and has no effect.`)
    }
  }
  const provider = object(member(section, "storageProvider"))
  const type = member(provider, "type")
  if (type !== undefined && type !== "AzureStorage") {
    warn(
      `host.json: the task hub is kept in a local SQLite file; storageProvider.type "${type}" applies in Azure only.`,
    )
  }
  const concurrency = 10 * availableParallelism()
  const hubName = settings.expand(
    string(section, "hubName") ?? settings.get("WEBSITE_SITE_NAME") ?? "TestHubName",
  )
  if (!/^[A-Za-z][A-Za-z0-9]{2,44}$/.test(hubName)) {
    throw new Error(
      `host.json: extensions.durableTask.hubName "${hubName}" is not valid: 3 to 45 letters and digits, beginning with a letter.`,
    )
  }
  const states = string(section, "overridableExistingInstanceStates") ?? "NonRunningStates"
  if (!/^(AnyState|NonRunningStates)$/i.test(states)) {
    throw new Error(
      `host.json: extensions.durableTask.overridableExistingInstanceStates is "${states}"; AnyState and NonRunningStates are possible.`,
    )
  }
  return {
    hubName,
    maxConcurrentActivityFunctions: count(section, "maxConcurrentActivityFunctions") ?? concurrency,
    maxConcurrentOrchestratorFunctions: count(section, "maxConcurrentOrchestratorFunctions") ?? concurrency,
    maxConcurrentEntityFunctions: count(section, "maxConcurrentEntityFunctions") ?? concurrency,
    maxEntityOperationBatchSize: count(section, "maxEntityOperationBatchSize") ?? 5000,
    overridesRunningInstances: states.toLowerCase() === "anystate",
    connectionName:
      string(provider, "connectionName") ?? string(provider, "connectionStringName") ?? "Storage",
    httpPollingInterval:
      count(object(member(section, "httpSettings")), "defaultAsyncRequestSleepTimeMilliseconds") ?? 30_000,
    defaultVersion: string(section, "defaultVersion") ?? null,
    synchronous:
      settings.get("FUNCTIONS_HOST_TASK_HUB_SYNCHRONOUS")?.toLowerCase() === "off" ? "off" : "full",
  }
}

function member(section: Record<string, unknown>, key: string): unknown {
  const found = Object.keys(section).find((candidate) => candidate.toLowerCase() === key.toLowerCase())
  return found === undefined ? undefined : section[found]
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}

function string(section: Record<string, unknown>, key: string): string | undefined {
  const value = member(section, key)
  return typeof value === "string" && value !== "" ? value : undefined
}

function count(section: Record<string, unknown>, key: string): number | undefined {
  const value = member(section, key)
  if (value === undefined || value === null) return undefined
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new Error(`host.json: extensions.durableTask.${key} must be a whole number above 0.`)
  }
  return value
}
