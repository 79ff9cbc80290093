export type LockRenewalOptions = {
  lockedUntil: Date | undefined
  /** Renews the lock and gives its new end. */
  renew(): Promise<Date>
  /** No renewal happens after this instant (milliseconds since the epoch). */
  deadline(): number
  onError(error: unknown): void
}

/**
 * Renews a message's or a session's lock at half of its remaining time, until the returned function is called,
 * the deadline is over or a renewal fails, which is reported.
 */
export function keepLocked({ lockedUntil, renew, deadline, onError }: LockRenewalOptions): () => void {
  let ended = false
  let timer: NodeJS.Timeout | undefined

  const schedule = (until: Date | undefined) => {
    const delay = ((until?.getTime() ?? 0) - Date.now()) / 2
    if (ended || delay <= 0) return
    timer = setTimeout(async () => {
      if (Date.now() > deadline()) return
      try {
        schedule(await renew())
      } catch (error) {
        if (!ended) onError(error)
      }
    }, delay)
  }

  schedule(lockedUntil)
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
