import { availableParallelism } from "node:os"
import type { HostJson, Logger } from "../contract.ts"
import { parseTimeSpan } from "../timer/schedule.ts"

/** host.json `extensions.serviceBus`, times in milliseconds; the defaults are those of the public extension. */
export type ServiceBusOptions = {
  prefetchCount: number
  autoCompleteMessages: boolean
  /** Undefined means renew for as long as the function runs. */
  maxAutoLockRenewalDuration: number | undefined
  maxConcurrentCalls: number
  maxConcurrentSessions: number
  maxConcurrentCallsPerSession: number
  maxMessageBatchSize: number
  minMessageBatchSize: number
  maxBatchWaitTime: number
  sessionIdleTimeout: number
  transportType: "amqpTcp" | "amqpWebSockets"
  clientRetryOptions: {
    mode: "fixed" | "exponential"
    tryTimeout: number
    delay: number
    maxDelay: number
    maxRetries: number
  }
}

const MAX_BATCH_WAIT_MS = 150_000

/**
 * Reads the section as .NET configuration does: names without case, numbers and flags also as text. Unknown
 * and not supported keys are warned of; a value out of range throws.
 */
export function readServiceBusOptions(hostJson: HostJson, log: Logger): ServiceBusOptions {
  const section = member(hostJson.extensions, "serviceBus")
  const path = "extensions.serviceBus"
  const root = reader(section, path, log)
  // The layout of extension 4.x and its names still count where the new name is not given.
  const message = reader(root.object("messageHandlerOptions"), `${path}.messageHandlerOptions`, log)
  const session = reader(root.object("sessionHandlerOptions"), `${path}.sessionHandlerOptions`, log)
  const batch = reader(root.object("batchOptions"), `${path}.batchOptions`, log)
  const retry = reader(root.object("clientRetryOptions"), `${path}.clientRetryOptions`, log)

  const tryTimeout = retry.timeSpan("tryTimeout") ?? 60_000
  const legacyAutoComplete = [message, session, batch].map((options) => options.flag("autoComplete"))
  const legacyRenewal = [message, session].map((options) => options.timeSpan("maxAutoRenewDuration"))
  const renewal =
    root.timeSpan("maxAutoLockRenewalDuration") ?? legacyRenewal.find((ms) => ms !== undefined) ?? 300_000
  const options: ServiceBusOptions = {
    prefetchCount: root.count("prefetchCount", 0) ?? 0,
    autoCompleteMessages:
      root.flag("autoCompleteMessages") ?? legacyAutoComplete.find((flag) => flag !== undefined) ?? true,
    maxAutoLockRenewalDuration: renewal < 0 ? undefined : renewal,
    maxConcurrentCalls:
      root.count("maxConcurrentCalls", 1) ??
      message.count("maxConcurrentCalls", 1) ??
      16 * availableParallelism(),
    maxConcurrentSessions:
      root.count("maxConcurrentSessions", 1) ?? session.count("maxConcurrentSessions", 1) ?? 8,
    maxConcurrentCallsPerSession: root.count("maxConcurrentCallsPerSession", 1) ?? 1,
    maxMessageBatchSize: root.count("maxMessageBatchSize", 1) ?? batch.count("maxMessageCount", 1) ?? 1000,
    minMessageBatchSize: root.count("minMessageBatchSize", 1) ?? 1,
    maxBatchWaitTime: root.timeSpan("maxBatchWaitTime") ?? 30_000,
    sessionIdleTimeout:
      root.timeSpan("sessionIdleTimeout") ?? session.timeSpan("messageWaitTime") ?? tryTimeout,
    transportType: root.choice("transportType", ["amqpTcp", "amqpWebSockets"]) ?? "amqpTcp",
    clientRetryOptions: {
      mode: retry.choice("mode", ["fixed", "exponential"]) ?? "exponential",
      tryTimeout,
      delay: retry.timeSpan("delay") ?? 800,
      maxDelay: retry.timeSpan("maxDelay") ?? 60_000,
      maxRetries: retry.count("maxRetries", 0) ?? 3,
    },
  }
  batch.timeSpan("operationTimeout")
  for (const name of ["webProxy", "enableCrossEntityTransactions", "jsonSerializerSettings"]) {
    if (root.has(name)) log.log("warning", `host.json: ${path}.${name} has no effect in this host.`)
  }
  for (const part of [root, message, session, batch, retry]) part.warnOfUnknown()
  if (options.minMessageBatchSize > options.maxMessageBatchSize) {
    throw new Error(`host.json: ${path}.minMessageBatchSize must not be greater than maxMessageBatchSize.`)
  }
  if (options.maxBatchWaitTime > MAX_BATCH_WAIT_MS) {
    throw new Error(`host.json: ${path}.maxBatchWaitTime must not be longer than 00:02:30.`)
  }
  return options
}

function member(object: unknown, name: string): unknown {
  const key = Object.keys((object ?? {}) as object).find((key) => key.toLowerCase() === name.toLowerCase())
  return key === undefined ? undefined : (object as Record<string, unknown>)[key]
}

function reader(section: unknown, path: string, log: Logger) {
  const known = new Set<string>()
  const raw = (name: string): unknown => {
    known.add(name.toLowerCase())
    return member(section, name) ?? undefined
  }
  const fail = (name: string, expected: string, value: unknown): never => {
    throw new Error(`host.json: ${path}.${name} must be ${expected}, not ${JSON.stringify(value)}.`)
  }
  return {
    object(name: string): Record<string, unknown> | undefined {
      const value = raw(name)
      if (value === undefined) return undefined
      if (typeof value !== "object" || Array.isArray(value)) return fail(name, "an object", value)
      return value as Record<string, unknown>
    },
    count(name: string, least: number): number | undefined {
      const value = raw(name)
      if (value === undefined) return undefined
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value
      if (typeof number !== "number" || !Number.isInteger(number) || number < least) {
        return fail(name, `a whole number of at least ${least}`, value)
      }
      return number
    },
    flag(name: string): boolean | undefined {
      const value = raw(name)
      if (value === undefined) return undefined
      const text = String(value).toLowerCase()
      return text === "true" || (text === "false" ? false : fail(name, "true or false", value))
    },
    timeSpan(name: string): number | undefined {
      const value = raw(name)
      if (value === undefined) return undefined
      const ms = typeof value === "string" ? parseTimeSpan(value) : undefined
      const isInfinite = name.startsWith("maxAuto") && value === "-00:00:00.0010000"
      if (ms === undefined || (ms < 0 && !isInfinite)) {
        return fail(name, 'a time span such as "00:05:00"', value)
      }
      return ms
    },
    choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
      const value = raw(name)
      if (value === undefined) return undefined
      const found = choices.find((choice) => choice.toLowerCase() === String(value).toLowerCase())
      return found ?? fail(name, `one of ${choices.join(", ")}`, value)
    },
    has: (name: string): boolean => raw(name) !== undefined,
    warnOfUnknown(): void {
      for (const key of Object.keys((section ?? {}) as object)) {
        if (!known.has(key.toLowerCase()))
          log.log("warning", `host.json: unknown key ${path}.${key} is ignored.`)
      }
    },
  }
}
