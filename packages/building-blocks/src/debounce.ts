import { withoutAmbient } from "./telemetry/ambient.ts"

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
