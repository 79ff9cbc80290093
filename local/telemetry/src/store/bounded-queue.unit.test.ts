import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { boundedQueue } from "./bounded-queue.ts"

function queueOf(maxBytes: number, maxAgeMs: number) {
  const clock = { time: 0 }
  const dropped: string[] = []
  const queue = boundedQueue<string>(
    { maxBytes, maxAgeMs },
    () => clock.time,
    (item) => dropped.push(item),
  )
  return { clock, dropped, queue, kept: () => [...queue.newestFirst()].reverse() }
}

describe("a bounded queue", () => {
  it("drops the oldest when it is too much", () => {
    const { queue, dropped, kept } = queueOf(10, 1_000)
    queue.push("a", 4)
    queue.push("b", 4)
    queue.push("c", 2)
    expect([kept(), dropped, queue.bytes]).toEqual([["a", "b", "c"], [], 10])
    queue.push("d", 3)
    expect([kept(), dropped, queue.bytes]).toEqual([["b", "c", "d"], ["a"], 9])
  })

  it("drops what is too old, also while nothing comes", () => {
    const { queue, clock, dropped, kept } = queueOf(10, 1_000)
    queue.push("a", 1)
    clock.time = 1
    queue.push("b", 1)
    clock.time = 999
    queue.expire()
    expect(kept()).toEqual(["a", "b"])
    clock.time = 1_000
    queue.expire()
    expect([kept(), dropped]).toEqual([["b"], ["a"]])
  })

  it("keeps what it has when something comes that is larger than all of it", () => {
    const { queue, dropped, kept } = queueOf(10, 1_000)
    queue.push("a", 10)
    queue.push("giant", 11)
    expect([kept(), dropped, queue.bytes]).toEqual([["a"], ["giant"], 10])
  })

  it("keeps the same ones when thousands have come and gone", () => {
    const { queue, dropped, kept } = queueOf(3, 1_000)
    for (let index = 0; index < 5_000; index++) queue.push(String(index), 1)
    expect([kept(), queue.size, dropped.length]).toEqual([["4997", "4998", "4999"], 3, 4_997])
  })

  const change = fc.record({
    bytes: fc.integer({ min: 0, max: 40 }),
    waitedMs: fc.integer({ min: 0, max: 30 }),
  })

  it("never holds more than its bounds, and always the newest that fit into them", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200, size: "max" }), (changes) => {
        const { queue, clock, dropped, kept } = queueOf(100, 100)
        let most = 0
        const all: { name: string; bytes: number; at: number }[] = []
        for (const [index, { bytes, waitedMs }] of changes.entries()) {
          clock.time += waitedMs
          all.push({ name: String(index), bytes, at: clock.time })
          queue.push(String(index), bytes)
          most = Math.max(most, queue.bytes)
        }
        expect(most).toBeLessThanOrEqual(100)
        const young = all.filter(({ at }) => at > clock.time - 100)
        let room = 100
        const newest = []
        for (const { name, bytes } of young.toReversed()) {
          room -= bytes
          if (room < 0) break
          newest.unshift(name)
        }
        expect(kept()).toEqual(newest)
        expect(queue.size).toBe(newest.length)
        // Each that is gone was told of once, the oldest first.
        expect(dropped).toEqual(all.slice(0, all.length - newest.length).map(({ name }) => name))
      }),
    )
  })
})
