import { availableParallelism } from "node:os"
import { describe, expect, it } from "vitest"
import type { HostJson } from "../contract.ts"
import { readServiceBusOptions } from "./service-bus-options.ts"

function read(serviceBus: Record<string, unknown> | undefined) {
  const log: string[] = []
  const hostJson: HostJson = { version: "2.0", extensions: { serviceBus } }
  const options = readServiceBusOptions(hostJson, {
    log: (level, message) => log.push(`${level}: ${message}`),
  })
  return { options, log }
}

describe("readServiceBusOptions", () => {
  it("has the defaults of the public extension", () => {
    expect(read(undefined)).toEqual({
      options: {
        prefetchCount: 0,
        autoCompleteMessages: true,
        maxAutoLockRenewalDuration: 300_000,
        maxConcurrentCalls: 16 * availableParallelism(),
        maxConcurrentSessions: 8,
        maxConcurrentCallsPerSession: 1,
        maxMessageBatchSize: 1000,
        minMessageBatchSize: 1,
        maxBatchWaitTime: 30_000,
        sessionIdleTimeout: 60_000,
        transportType: "amqpTcp",
        clientRetryOptions: {
          mode: "exponential",
          tryTimeout: 60_000,
          delay: 800,
          maxDelay: 60_000,
          maxRetries: 3,
        },
      },
      log: [],
    })
  })

  it("reads names without case and numbers and flags also as text", () => {
    const { options, log } = read({
      PrefetchCount: "64",
      maxconcurrentcalls: 32,
      autoCompleteMessages: "False",
      maxAutoLockRenewalDuration: "-00:00:00.0010000",
      transportType: "AmqpWebSockets",
      sessionIdleTimeout: "00:00:05",
      clientRetryOptions: { mode: "Fixed", tryTimeout: "00:00:30", maxRetries: 0 },
    })
    expect(options).toMatchObject({
      prefetchCount: 64,
      maxConcurrentCalls: 32,
      autoCompleteMessages: false,
      maxAutoLockRenewalDuration: undefined,
      transportType: "amqpWebSockets",
      sessionIdleTimeout: 5000,
      clientRetryOptions: { mode: "fixed", tryTimeout: 30_000, maxRetries: 0 },
    })
    expect(log).toEqual([])
  })

  it("still reads the sections of extension 4.x, the new names first", () => {
    const { options } = read({
      maxConcurrentCalls: 5,
      messageHandlerOptions: {
        maxConcurrentCalls: 7,
        autoComplete: false,
        maxAutoRenewDuration: "00:01:00",
      },
      sessionHandlerOptions: { maxConcurrentSessions: 2, messageWaitTime: "00:00:10" },
      batchOptions: { maxMessageCount: 10, operationTimeout: "00:01:00" },
    })
    expect(options).toMatchObject({
      maxConcurrentCalls: 5,
      autoCompleteMessages: false,
      maxAutoLockRenewalDuration: 60_000,
      maxConcurrentSessions: 2,
      sessionIdleTimeout: 10_000,
      maxMessageBatchSize: 10,
    })
  })

  it("warns of unknown keys and of those without effect", () => {
    expect(
      read({ maxConcurentCalls: 1, webProxy: "http://x", clientRetryOptions: { retries: 1 } }).log,
    ).toEqual([
      "warning: host.json: extensions.serviceBus.webProxy has no effect in this host.",
      "warning: host.json: unknown key extensions.serviceBus.maxConcurentCalls is ignored.",
      "warning: host.json: unknown key extensions.serviceBus.clientRetryOptions.retries is ignored.",
    ])
  })

  it.each([
    [{ maxConcurrentCalls: 0 }, "maxConcurrentCalls must be a whole number of at least 1, not 0"],
    [{ prefetchCount: -1 }, "prefetchCount must be a whole number of at least 0"],
    [{ maxAutoLockRenewalDuration: "5 minutes" }, 'must be a time span such as "00:05:00"'],
    [{ autoCompleteMessages: "maybe" }, "must be true or false"],
    [{ transportType: "http" }, "must be one of amqpTcp, amqpWebSockets"],
    [{ minMessageBatchSize: 20, maxMessageBatchSize: 10 }, "must not be greater than maxMessageBatchSize"],
    [{ maxBatchWaitTime: "00:02:31" }, "must not be longer than 00:02:30"],
    [{ clientRetryOptions: 3 }, "clientRetryOptions must be an object"],
  ])("refuses %j", (section, message) => {
    expect(() => read(section)).toThrow(message)
  })
})
