/** A limit on how many things run at once. */

export type Slots = {
  /** Runs the work when a slot is free, in the order of the calls. */
  run<T>(work: () => Promise<T>): Promise<T>
}

/** At most `limit` at a time. */
export function createSlots(limit: number): Slots {
  let free = limit
  const queue: (() => void)[] = []
  return {
    async run(work) {
      if (free > 0) free--
      else await new Promise<void>((resolve) => queue.push(resolve))
      try {
        return await work()
      } finally {
        // The slot passes on to the next one directly, or becomes free.
        const next = queue.shift()
        if (next) next()
        else free++
      }
    },
  }
}
