/**
 * Runs the work in the background, one run at a time: a call during a run leads to one further run after it.
 * @param onError hears of a failed run; nobody awaits it
 * @returns the function that asks for a run
 */
export function coalesced(work: () => Promise<unknown>, onError: (error: unknown) => void): () => void {
  let running = false
  let again = false
  const run = async () => {
    running = true
    do {
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
