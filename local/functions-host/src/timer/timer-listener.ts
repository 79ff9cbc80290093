import type { HostRuntime, RegisteredFunction } from "../contract.ts"
import { nextOccurrence, type Schedule } from "./schedule.ts"
import { checkPastDue, type ScheduleStatus, type ScheduleStatusStore } from "./schedule-status.ts"
import { formatOffset, type TimeZone } from "./time-zone.ts"

/** Node's timers take at most 2^31-1 ms; longer waits go in steps, as in the real host. */
const MAX_DELAY_MS = 24 * 86_400_000

export type TimerListener = {
  /** Fires no more and waits for a running invocation. */
  stop(): Promise<void>
}

export type TimerListenerOptions = {
  host: HostRuntime
  fn: RegisteredFunction
  schedule: Schedule
  zone: TimeZone
  /** Undefined when the schedule is not monitored. */
  store: ScheduleStatusStore | undefined
  runOnStartup: boolean
}

type Firing = { isPastDue: boolean; reason?: "IsPastDue" | "RunOnStartup" }

/**
 * Runs one timer function: at its occurrences, once at start when one was missed (past due) or when the
 * function asks for it (runOnStartup), never twice at once. What falls due while a run lasts happens once,
 * right after it.
 */
export function startTimerListener(options: TimerListenerOptions): TimerListener {
  const { host, fn, schedule, zone, store } = options
  const debug = (message: string) => host.log.log("debug", message)
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const startedAt = Date.now()
  const check = checkPastDue(schedule, startedAt, zone, store?.read(fn.id))
  let status: ScheduleStatus = check.status
  if (store === undefined) status.lastUpdated = undefined
  if (check.changed) save()

  if (check.isPastDue) {
    debug(`Function '${fn.name}' is past due on startup. Executing now.`)
    wait(startedAt, { isPastDue: true, reason: "IsPastDue" })
  } else if (options.runOnStartup) {
    debug(`Function '${fn.name}' is configured to run on startup. Executing now.`)
    wait(startedAt, { isPastDue: false, reason: "RunOnStartup" })
  } else {
    waitForNext()
  }

  function waitForNext(): void {
    if (status.next !== undefined) wait(status.next, { isPastDue: false })
  }

  function wait(until: number, firing: Firing): void {
    if (stopped) return
    const delay = Math.max(1, until - Date.now())
    timer =
      delay > MAX_DELAY_MS
        ? setTimeout(() => wait(until, firing), MAX_DELAY_MS)
        : setTimeout(() => {
            running = run(firing).then(waitForNext)
          }, delay)
  }

  async function run({ isPastDue, reason }: Firing): Promise<void> {
    const firedAt = Date.now()
    if (reason !== undefined) {
      const scheduled = isPastDue ? `, OriginalSchedule: ${formatInstant(status.next, zone)}` : ""
      host.log.log("information", `Trigger Details: UnscheduledInvocationReason: ${reason}${scheduled}`)
    }
    try {
      await host.invoke({
        function: fn,
        triggerValue: { json: JSON.stringify(timerInfo(options, status, isPastDue)) },
        reason: `Timer fired at ${formatInstant(firedAt, zone)}`,
      })
    } catch {
      // The host has printed the failure; a failed run never stops the schedule.
    }
    // A timer may fire a little before its occurrence: count from the occurrence, or it would fire twice.
    const counted =
      reason === undefined && status.next !== undefined ? Math.max(firedAt, status.next) : firedAt
    status = { last: counted, next: nextOccurrence(schedule, counted, zone), lastUpdated: counted }
    save()
  }

  function save(): void {
    if (store === undefined) return
    try {
      store.write(fn.id, status)
    } catch (error) {
      // Best effort, as in the real host: without it only a missed occurrence may go unnoticed.
      host.log.log("error", `Function '${fn.name}' failed to update the timer status: ${error}`)
    }
  }

  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

/** The worker's input, in the spelling of the .NET TimerInfo. */
function timerInfo(
  { schedule, store, zone }: TimerListenerOptions,
  status: ScheduleStatus,
  isPastDue: boolean,
) {
  return {
    // Constant schedules never adjust; a cron schedule always does.
    Schedule: { AdjustForDST: schedule.kind === "cron" },
    ScheduleStatus:
      store === undefined
        ? null
        : {
            Last: formatDate(status.last, zone),
            Next: formatDate(status.next, zone),
            LastUpdated: formatDate(status.lastUpdated, zone),
          },
    IsPastDue: isPastDue,
  }
}

/** .NET's "o" format: seven digits of a second and the zone's offset. */
function formatInstant(instant: number | undefined, zone: TimeZone): string {
  if (instant === undefined) return "0001-01-01T00:00:00.0000000+00:00"
  const offset = zone.offsetAt(instant)
  return `${new Date(instant + offset).toISOString().slice(0, 23)}0000${formatOffset(offset)}`
}

/** A date as Newtonsoft writes it: no trailing zeros in the fraction, `DateTime.MinValue` for "never". */
function formatDate(instant: number | undefined, zone: TimeZone): string {
  if (instant === undefined) return "0001-01-01T00:00:00+00:00"
  const offset = zone.offsetAt(instant)
  const local = new Date(instant + offset).toISOString().slice(0, 23)
  return `${local.replace(/\.000$|(?<=\.\d*[1-9])0+$/, "")}${formatOffset(offset)}`
}
