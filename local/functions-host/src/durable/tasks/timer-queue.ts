/** Wakes callers at points in time: a binary heap and one timeout, whatever the number of timers. */

export type TimerQueue = {
  /** Calls back at `at` (milliseconds since 1970) or soon after, never before. Returns a function that cancels. */
  add(at: number, callback: () => void): () => void
  /** Forgets all timers. */
  clear(): void
}

/** Longest timeout that setTimeout takes. */
const longestTimeout = 2 ** 31 - 1

/** An empty queue. */
export function createTimerQueue(): TimerQueue {
  const heap: { at: number; callback: (() => void) | undefined }[] = []
  let cancelled = 0
  let timeout: NodeJS.Timeout | undefined
  let wakesAt = Number.POSITIVE_INFINITY

  const at = (index: number): number => heap[index]?.at ?? Number.POSITIVE_INFINITY
  const swap = (a: number, b: number): void => {
    const entry = heap[a] as (typeof heap)[number]
    heap[a] = heap[b] as (typeof heap)[number]
    heap[b] = entry
  }
  const removeFirst = (): (typeof heap)[number] => {
    const first = heap[0] as (typeof heap)[number]
    const last = heap.pop() as (typeof heap)[number]
    if (heap.length > 0) {
      heap[0] = last
      for (let index = 0; ; ) {
        const left = 2 * index + 1
        const smaller = at(left + 1) < at(left) ? left + 1 : left
        if (at(smaller) >= at(index)) break
        swap(index, smaller)
        index = smaller
      }
    }
    return first
  }
  const push = (entry: (typeof heap)[number]): void => {
    heap.push(entry)
    for (let index = heap.length - 1; index > 0; ) {
      const parent = (index - 1) >> 1
      if (at(parent) <= at(index)) break
      swap(parent, index)
      index = parent
    }
  }
  /** Cancelled entries stay until they are half of the heap. */
  const sweep = (): void => {
    if (cancelled < 1000 || cancelled < heap.length / 2) return
    const live = heap.filter((entry) => entry.callback)
    heap.length = 0
    cancelled = 0
    for (const entry of live) push(entry)
  }
  const arm = (): void => {
    if (at(0) >= wakesAt) return
    clearTimeout(timeout)
    wakesAt = at(0)
    timeout = setTimeout(fire, Math.min(Math.max(wakesAt - Date.now(), 0), longestTimeout))
  }
  const fire = (): void => {
    wakesAt = Number.POSITIVE_INFINITY
    while (at(0) <= Date.now()) {
      const entry = removeFirst()
      const { callback } = entry
      entry.callback = undefined
      if (callback) callback()
      else cancelled--
    }
    arm()
  }

  return {
    add(time, callback) {
      const entry: (typeof heap)[number] = { at: time, callback }
      push(entry)
      arm()
      return () => {
        if (!entry.callback) return
        entry.callback = undefined
        cancelled++
        sweep()
      }
    },
    clear() {
      clearTimeout(timeout)
      heap.length = 0
      cancelled = 0
      wakesAt = Number.POSITIVE_INFINITY
    },
  }
}
