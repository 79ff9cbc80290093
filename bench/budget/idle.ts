import { CATCH_UP_SCHEDULE } from "@eshop/building-blocks/app/follow-ups"
import { catchesUp, keepsStore } from "@eshop/building-blocks/app/functions"
import { nextWallTime, parseSchedule } from "@eshop/functions-host/timer/schedule"
import { apps } from "./apps.ts"

const DAY_MS = 86_400_000
/** A day like any other. */
const DAY = Date.UTC(2026, 10, 26)
/** What `start` adds to the timers of an app with a store. */
const FORGET = "0 17 3 * * *"

/** Seconds of a day in which a schedule fires. */
function firings(expression: string): number[] {
  const schedule = parseSchedule(expression)
  if (schedule.kind === "constant") throw new Error(`${expression} is no NCRONTAB expression`)
  const moments: number[] = []
  for (let at: number | undefined = DAY - 1; ; ) {
    at = nextWallTime(schedule, at)
    if (at === undefined || at >= DAY + DAY_MS) return moments
    moments.push(at)
  }
}

/** What an app does on a day on which nobody calls it. */
export type Idle = {
  /** Runs of its timers. */
  readonly executions: number
  /** Different seconds in which any of them runs: a run is billed as one second at least. */
  readonly activeSeconds: number
}

/** The timers of every app, counted from its data. */
export const idleOf = (): Record<string, Idle> =>
  Object.fromEntries(
    apps.map((app) => {
      const schedules = [
        ...app.entries.flatMap((entry) => (entry.kind === "timer" ? [entry.schedule] : [])),
        ...(catchesUp(app) ? [CATCH_UP_SCHEDULE] : []),
        ...(keepsStore(app) ? [FORGET] : []),
      ]
      const all = schedules.flatMap(firings)
      return [app.name, { executions: all.length, activeSeconds: new Set(all).size }]
    }),
  )
