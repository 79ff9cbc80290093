import { setTimeout as sleep } from "node:timers/promises"
import { debounce } from "../debounce.ts"
import { isUnavailable } from "../failure.ts"
import { ambient } from "../telemetry/ambient.ts"
import { traceIdOf } from "../telemetry/traceparent.ts"

/** How often an app catches up with what no process did right after its commit. */
export const CATCH_UP_MS = 60_000
export const CATCH_UP_SCHEDULE = "0 * * * * *"
/** After a run that found something unavailable the next one comes so much later. */
const UNAVAILABLE_MS = 10_000

/** What a follow-up may answer. */
export type FollowedUp = {
  /** There is more to do, or something falls due, in so many milliseconds; what lies beyond the next catch-up is its. */
  readonly againInMs?: number | undefined
  readonly [more: string]: unknown
}

/** @param traceparents of the calls whose commits it follows @param signal aborted when the process stops */
type Run = (traceparents: readonly string[], signal: AbortSignal) => Promise<FollowedUp>

type Named = { readonly name: string }
/** How a follow-up runs. */
type Running = Named & {
  readonly run: Run
  /** How long a run waits for further commits. */
  readonly pauseMs: number
  readonly onError: (error: unknown) => void
}

/** One follow-up in this process. */
type Follower = {
  ask(): void
  /** Resolves when no run is under way. */
  idle(): Promise<void>
  /** Begins no run by itself any more, and tells the one under way. */
  stop(): void
}

/**
 * Runs the follow-up when it is asked to, one run at a time: many commits during a run lead to one further run after it. A
 * run that fails is told, and left to the next one, which comes soon where it met an outage.
 */
function follow({ run, pauseMs, onError }: Omit<Running, "name">): Follower {
  const stopping = new AbortController()
  const served = new Map<string, string>()
  let due: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined
  /** Of several moments the first one counts: what else falls due its run names, or finds the next catch-up. */
  function wakeIn(ms: number): void {
    const at = performance.now() + ms
    if (stopping.signal.aborted || ms >= CATCH_UP_MS || (due && due.at <= at)) return
    clearTimeout(due?.timer)
    const timer = setTimeout(() => {
      due = undefined
      wake()
    }, ms).unref()
    due = { at, timer }
  }
  const wake = debounce(
    async () => {
      const traceparents = [...served.values()]
      served.clear()
      const { againInMs } = await run(traceparents, stopping.signal)
      if (againInMs !== undefined) wakeIn(againInMs)
    },
    (error) => {
      onError(error)
      if (isUnavailable(error)) wakeIn(UNAVAILABLE_MS)
    },
    pauseMs,
  )
  return {
    ask() {
      if (stopping.signal.aborted) return
      const traceparent = ambient()?.traceparent
      if (traceparent) served.set(traceIdOf(traceparent), traceparent)
      wake()
    },
    idle: wake.idle,
    stop() {
      stopping.abort()
      clearTimeout(due?.timer)
    },
  }
}

/**
 * What follows the commits of an app. Its ports ask, and `start` lets it run: right after the commit in the process that
 * committed, and as a net at the start of each process and every minute in one of them. So what is to be done must lie in the
 * store, and doing it twice, or in two processes at once, must be harmless.
 */
export type FollowUps = {
  /** @returns what asks for a run, to be called after a commit. It returns at once; before the app's start it does nothing */
  asks(useCase: Named): () => void
  /** Of `start` alone. @throws when one is asked for that does not run */
  begin(all: readonly Running[]): void
  /** Asks for a run of each, and resolves after these runs, or when the next catch-up is near. */
  runAll(): Promise<void>
  /** Lets no run begin by itself any more, and waits up to so long for those under way. */
  stop(withinMs: number): Promise<void>
}

/** What an app's main makes, gives its ports to ask, and starts the app with. */
export function followUps(): FollowUps {
  const followers = new Map<string, Follower>()
  const asked = new Set<string>()
  const idle = async (withinMs: number): Promise<void> => {
    const done = Promise.all([...followers.values()].map((follower) => follower.idle()))
    await Promise.race([done, sleep(withinMs, undefined, { ref: false })])
  }
  return {
    asks({ name }) {
      asked.add(name)
      return () => followers.get(name)?.ask()
    },

    begin(all) {
      for (const { name, ...running } of all) followers.set(name, follow(running))
      const missing = [...asked].find((name) => !followers.has(name))
      if (missing) throw new Error(`${missing} is asked for after commits, and is no follow-up of the app`)
    },

    async runAll() {
      for (const follower of followers.values()) follower.ask()
      await idle(CATCH_UP_MS - 5_000)
    },

    async stop(withinMs) {
      for (const follower of followers.values()) follower.stop()
      await idle(withinMs)
    },
  }
}
