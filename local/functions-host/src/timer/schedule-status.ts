import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { nextOccurrence, type Schedule } from "./schedule.ts"
import type { TimeZone } from "./time-zone.ts"

/** What the real host keeps in storage per timer; instants in milliseconds, undefined for "never". */
export type ScheduleStatus = {
  last: number | undefined
  /** Undefined when the schedule has no further occurrence. */
  next: number | undefined
  lastUpdated: number | undefined
}

export type ScheduleStatusStore = {
  read(timer: string): ScheduleStatus | undefined
  write(timer: string, status: ScheduleStatus): void
}

/** Schedule statuses as one small JSON file per timer below the folder; written by rename, so never half. */
export function openScheduleStatusStore(stateDir: string): ScheduleStatusStore {
  const dir = join(stateDir, "timers")
  mkdirSync(dir, { recursive: true })
  const file = (timer: string) => join(dir, `${encodeURIComponent(timer)}.json`)
  return {
    read(timer) {
      try {
        const { Last, Next, LastUpdated } = JSON.parse(readFileSync(file(timer), "utf8"))
        return { last: instant(Last), next: instant(Next), lastUpdated: instant(LastUpdated) }
      } catch {
        return undefined
      }
    },
    write(timer, { last, next, lastUpdated }) {
      const text = JSON.stringify({ Last: iso(last), Next: iso(next), LastUpdated: iso(lastUpdated) })
      writeFileSync(`${file(timer)}.tmp`, text)
      renameSync(`${file(timer)}.tmp`, file(timer))
    },
  }
}

const iso = (instant: number | undefined) => (instant === undefined ? null : new Date(instant).toISOString())
const instant = (text: unknown) => (typeof text === "string" ? Date.parse(text) : undefined)

/**
 * The status to start with and whether an occurrence was missed, by the rule of the real ScheduleMonitor:
 * past due when the recorded next occurrence is over and still is what the schedule would have given; a
 * changed schedule starts anew and is not past due.
 */
export function checkPastDue(
  schedule: Schedule,
  now: number,
  zone: TimeZone,
  recorded: ScheduleStatus | undefined,
): { status: ScheduleStatus; isPastDue: boolean; changed: boolean } {
  if (recorded === undefined) {
    const status = { last: undefined, next: nextOccurrence(schedule, now, zone), lastUpdated: now }
    return { status, isPastDue: false, changed: true }
  }
  const from = recorded.last ?? recorded.lastUpdated ?? now
  const expected = nextOccurrence(schedule, from, zone)
  if (expected !== recorded.next) {
    const stale = expected === undefined || now > expected
    const status = {
      last: undefined,
      next: stale ? nextOccurrence(schedule, now, zone) : expected,
      lastUpdated: stale ? now : from,
    }
    return { status, isPastDue: false, changed: true }
  }
  return { status: recorded, isPastDue: recorded.next !== undefined && now > recorded.next, changed: false }
}
