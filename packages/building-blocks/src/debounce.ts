import { ambient, withoutAmbient } from "./telemetry/ambient.ts"
import { inSharedSpan } from "./telemetry/spans.ts"
import { traceIdOf } from "./telemetry/traceparent.ts"

export type Debounced = {
  /** Asks for a run. */
  (): void
  /** Resolves when no run is under way. */
  idle(): Promise<void>
}

/**
 * Runs the work in the background, one run at a time: a call during a run leads to one further run after it. A run
 * belongs to no call that asked for it, and reads none's surroundings.
 * @param onError hears of a failed run; nobody awaits it
 * @param pauseMs how long a run waits for further calls before it begins
 */
export function debounce(
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
  pauseMs = 0,
): Debounced {
  let running = false
  let again = false
  let finished: Promise<void> = Promise.resolve()
  const run = async () => {
    running = true
    do {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
      again = false
      await work().catch(onError)
    } while (again)
    running = false
  }
  const ask = () => {
    if (running) again = true
    else finished = withoutAmbient(run)
  }
  return Object.assign(ask, { idle: () => finished })
}

/**
 * The same, and each trace that a run serves gets a span of it.
 * @param name of the span
 */
export function tracedDebounce(
  name: string,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
  pauseMs = 0,
): Debounced {
  const served = new Map<string, string>()
  const ask = debounce(
    () => {
      const traceparents = [...served.values()]
      served.clear()
      return inSharedSpan(name, traceparents, work)
    },
    onError,
    pauseMs,
  )
  const askFor = () => {
    const traceparent = ambient()?.traceparent
    if (traceparent) served.set(traceIdOf(traceparent), traceparent)
    ask()
  }
  return Object.assign(askFor, { idle: ask.idle })
}
