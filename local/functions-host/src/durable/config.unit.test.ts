import { expect, test } from "vitest"
import type { HostJson, Settings } from "../contract.ts"
import { readDurableConfig } from "./config.ts"

const settings: Settings = {
  get: (name) => (name === "HUB" ? "FromSetting" : undefined),
  expand: (text) => text.replace("%HUB%", "FromSetting"),
  connection: () => "",
  withPrefix: () => ({}),
}
const read = (durableTask?: Record<string, unknown>) => {
  const warnings: string[] = []
  const hostJson: HostJson = { version: "2.0", extensions: durableTask ? { durableTask } : {} }
  return { ...readDurableConfig(hostJson, settings, (message) => warnings.push(message)), warnings }
}

test("an empty host.json gives the defaults of the extension and a flushed store", () => {
  expect(read()).toMatchObject({
    hubName: "TestHubName",
    connectionName: "Storage",
    overridesRunningInstances: false,
    httpPollingInterval: 30_000,
    synchronous: "full",
    warnings: [],
  })
})

test("names are read without regard to case, settings are expanded, Azure's own keys are accepted", () => {
  const config = read({
    HubName: "%HUB%",
    MaxConcurrentActivityFunctions: 3,
    overridableExistingInstanceStates: "AnyState",
    storageProvider: { connectionName: "Mine", partitionCount: 4 },
    tracing: {},
    maxGrpcMessageSizeInBytes: 1,
  })
  expect(config).toMatchObject({
    hubName: "FromSetting",
    maxConcurrentActivityFunctions: 3,
    overridesRunningInstances: true,
    connectionName: "Mine",
    warnings: [],
  })
})

test("unknown keys and another storage provider are pointed out", () => {
  expect(read({ hubname: "abc", bogus: 1, storageProvider: { type: "mssql" } }).warnings).toEqual([
    "host.json: extensions.durableTask.bogus is not known and has no effect.",
    'host.json: the task hub is kept in a local SQLite file; storageProvider.type "mssql" applies in Azure only.',
  ])
})

test("values that cannot be meant stop the host", () => {
  expect(() => read({ hubName: "no-hyphens" })).toThrow('hubName "no-hyphens" is not valid')
  expect(() => read({ maxConcurrentActivityFunctions: 0 })).toThrow("must be a whole number above 0")
  expect(() => read({ overridableExistingInstanceStates: "Some" })).toThrow(
    "AnyState and NonRunningStates are possible",
  )
})
