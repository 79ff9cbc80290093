import type { Binding, HostExtension, HostRuntime, RegisteredFunction } from "../contract.ts"
import { isSubMinute, nextOccurrences, parseSchedule, type Schedule } from "./schedule.ts"
import { openScheduleStatusStore } from "./schedule-status.ts"
import { formatOffset, type TimeZone, timeZone, UTC } from "./time-zone.ts"
import { startTimerListener, type TimerListener } from "./timer-listener.ts"

/** Timer triggers: one listener per function, schedules kept in `<stateDir>/timers`. */
export function createTimerExtension(): HostExtension {
  let listeners: TimerListener[] = []
  return {
    name: "timers",
    bindingTypes: ["timertrigger"],
    async start(host) {
      const timers = host.functions.filter((fn) => fn.trigger.type.toLowerCase() === "timertrigger")
      if (timers.length === 0) return
      const zone = zoneOf(host)
      const store = openScheduleStatusStore(host.stateDir)
      const readable = timers.flatMap((fn) => {
        try {
          return [{ fn, schedule: scheduleOf(fn, host) }]
        } catch (error) {
          // As the real host does at indexing: this function does not run, the others do.
          host.log.log("error", `The '${fn.name}' function is in error: ${(error as Error).message}`)
          return []
        }
      })
      listeners = readable.map(({ fn, schedule }) => {
        const useMonitor = flag(fn.trigger, "useMonitor", true) && !isSubMinute(schedule, Date.now())
        const occurrences = nextOccurrences(schedule, 5, Date.now(), zone)
        host.log.log(
          occurrences.length === 0 ? "warning" : "debug",
          `The next 5 occurrences of the '${fn.name}' schedule (${schedule.text}) will be:\n` +
            (occurrences.map((at) => formatOccurrence(at, zone)).join("\n") || "never"),
        )
        return startTimerListener({
          host,
          fn,
          schedule,
          zone,
          store: useMonitor ? store : undefined,
          runOnStartup: flag(fn.trigger, "runOnStartup", false),
        })
      })
    },
    async stop() {
      const stopping = listeners
      listeners = []
      await Promise.all(stopping.map((listener) => listener.stop()))
    },
  }
}

function zoneOf(host: HostRuntime): TimeZone {
  const name = host.settings.get("WEBSITE_TIME_ZONE")
  return name === undefined || name === "" || name === "UTC" ? UTC : timeZone(name)
}

function scheduleOf(fn: RegisteredFunction, host: HostRuntime): Schedule {
  const expression = fn.trigger.schedule
  if (typeof expression !== "string" || expression === "") {
    throw new Error("The timer trigger has no schedule.")
  }
  return parseSchedule(host.settings.expand(expression))
}

/** function.json flags may come as booleans or as text. */
function flag(binding: Binding, name: string, byDefault: boolean): boolean {
  const value = binding[name]
  return value === undefined || value === null ? byDefault : String(value).toLowerCase() === "true"
}

/** "MM/dd/yyyy HH:mm:ssZ", with the zone's own time in front when it is not UTC. */
function formatOccurrence(at: number, zone: TimeZone): string {
  const format = (wall: number, suffix: string) => {
    const [date, time] = new Date(wall).toISOString().slice(0, 19).split("T") as [string, string]
    const [year, month, day] = date.split("-")
    return `${month}/${day}/${year} ${time}${suffix}`
  }
  const utc = format(at, "Z")
  if (zone === UTC) return utc
  const offset = zone.offsetAt(at)
  return `${format(at + offset, formatOffset(offset))} (${utc})`
}
