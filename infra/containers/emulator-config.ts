// Fits infra/service-bus/entities.json to what Microsoft's Service Bus emulator accepts: one namespace of a fixed name,
// messages that live for an hour at most, and five minutes of duplicate detection.
//   node emulator-config.ts <entities.json> <Config.json to write>
import { readFileSync, writeFileSync } from "node:fs"

interface Config {
  UserConfig: {
    Namespaces: {
      Name: string
      Queues: { Properties: Properties }[]
      Topics: { Properties: Properties; Subscriptions: { Properties: Properties }[] }[]
    }[]
  }
}
type Properties = Record<string, unknown>

const namespaceName = "sbemulatorns"
/** The emulator's greatest durations, in the unit order of ISO 8601. */
const limits: Record<string, string> = {
  DefaultMessageTimeToLive: "PT1H",
  DuplicateDetectionHistoryTimeWindow: "PT5M",
}

/** Seconds of an ISO 8601 duration of days, hours, minutes and seconds. */
export function secondsOf(duration: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration)
  if (!parts) throw new Error(`${duration} is no duration of days, hours, minutes and seconds`)
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
}

/** The same entities within the emulator's limits. */
export function forEmulator(config: Config): Config {
  const result = structuredClone(config)
  const [namespace, ...others] = result.UserConfig.Namespaces
  if (!namespace || others.length > 0) throw new Error("the emulator has exactly one namespace")
  namespace.Name = namespaceName
  const all = [
    ...namespace.Queues,
    ...namespace.Topics,
    ...namespace.Topics.flatMap(({ Subscriptions }) => Subscriptions),
  ]
  for (const { Properties } of all) {
    for (const [name, limit] of Object.entries(limits)) {
      const value = Properties[name]
      if (typeof value === "string" && secondsOf(value) > secondsOf(limit)) Properties[name] = limit
    }
  }
  return result
}

if (import.meta.main) {
  const [from, to] = process.argv.slice(2)
  if (!from || !to) throw new Error("usage: node emulator-config.ts <entities.json> <Config.json>")
  writeFileSync(to, JSON.stringify(forEmulator(JSON.parse(readFileSync(from, "utf8"))), null, 2))
}
