import { setTimeout as sleep } from "node:timers/promises"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"

const LONGEST_PAUSE_MS = 250
/** Below the deadline of those who call. */
const DEADLINE_MS = 8_000

/**
 * Tries a conditional write again until nobody else wrote in between.
 * @param what is written, for the error
 * @param attempt answers undefined when it was overtaken
 * @throws DependencyUnavailableError when others write for longer than a caller waits
 */
export async function untilNotOvertaken<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const until = performance.now() + deadlineMs
  for (let pause = 5; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const result = await attempt()
    if (result !== undefined) return result
    if (performance.now() > until) throw new DependencyUnavailableError(what)
    await sleep(Math.random() * pause)
  }
}
