/**
 * Runs the work in the background, one run at a time: a call during a run leads to one further run after it.
 * @param onError hears of a failed run; nobody awaits it
 * @param pauseMs how long a run waits for further calls before it begins
 * @returns the function that asks for a run
 */
export function coalesced(
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
  pauseMs = 0,
): () => void {
  let running = false
  let again = false
  const run = async () => {
    running = true
    do {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
      again = false
      await work().catch(onError)
    } while (again)
    running = false
  }
  return () => {
    if (running) again = true
    else void run()
  }
}
