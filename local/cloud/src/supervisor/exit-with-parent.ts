const STOP_DEADLINE_MS = 5_000

/**
 * Ties a child process of the launcher to its parent: the launcher holds the other end of stdin, so its end
 * (Ctrl-C, a crash, kill -9) arrives here as end-of-file. SIGTERM and SIGINT stop the process in the same way.
 * `stop` has five seconds to finish what is under way.
 */
export function exitWithParent(stop: () => Promise<void> | void): void {
  let stopping = false
  const end = async () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref()
    try {
      await stop()
      process.exit(0)
    } catch (error) {
      console.error(error)
      process.exit(1)
    }
  }
  process.stdin.on("end", end).on("close", end).on("error", end).resume()
  process.on("SIGTERM", end)
  process.on("SIGINT", end)
}
