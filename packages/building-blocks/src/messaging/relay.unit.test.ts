import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Outbox, OutboxMessage } from "./outbox.ts"
import { LEASE_SECONDS, outboxRelay } from "./relay.ts"

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const messageOf = (id: string) => ({ id, topic: "things", event: { data: {} } }) as unknown as OutboxMessage
const leaseMs = LEASE_SECONDS * 1_000

/** An outbox in memory, a broker that is there or not, and the relay of one process between them. */
function relayed() {
  const rows = new Map<string, { message: OutboxMessage; leasedUntil: number }>()
  const broken = { broker: false, release: false, remove: false }
  const tries: number[] = []
  const sent: string[] = []
  const errors: unknown[] = []
  const out = (what: keyof typeof broken) => {
    if (broken[what]) throw new Error(`${what}: out`)
  }
  const outbox = {
    claim: async (limit: number, seconds: number) => {
      const free = [...rows.values()].filter(({ leasedUntil }) => leasedUntil < Date.now()).slice(0, limit)
      for (const row of free) row.leasedUntil = Date.now() + seconds * 1_000
      return free.map(({ message }) => message)
    },
    remove: async (ids: readonly string[]) => {
      out("remove")
      for (const id of ids) rows.delete(id)
    },
    release: async (ids: readonly string[]) => {
      out("release")
      for (const id of ids) Object.assign(rows.get(id) ?? {}, { leasedUntil: 0 })
    },
  } as unknown as Outbox
  const began = Date.now()
  const broker = {
    publish: async (_: string, messages: readonly OutboxMessage[]) => {
      tries.push(Math.round((Date.now() - began) / 1_000))
      out("broker")
      sent.push(...messages.map(({ id }) => id))
    },
    close: async () => {},
  }
  const relay = outboxRelay(outbox, broker, (error) => errors.push(error))
  /** What a commit leaves: leased to the process that made it. */
  const add = (...ids: string[]) => {
    const messages = ids.map(messageOf)
    for (const message of messages) rows.set(message.id, { message, leasedUntil: Date.now() + leaseMs })
    return messages
  }
  return { relay, add, rows, broken, tries, sent, errors }
}

test("what a commit left is sent at once, and nothing is tried after it", async () => {
  const { relay, add, rows, tries, sent } = relayed()
  relay.send(add("a", "b"))
  await vi.advanceTimersByTimeAsync(100)
  expect([sent, rows.size]).toEqual([["a", "b"], 0])
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(tries).toEqual([0])
})

test("the broker is away at the commit and comes back 20 seconds later: sent without a timer, in order", async () => {
  const { relay, add, rows, broken, tries, sent } = relayed()
  broken.broker = true
  relay.send(add("a"))
  await vi.advanceTimersByTimeAsync(10_000)
  relay.send(add("b"))
  await vi.advanceTimersByTimeAsync(10_000)
  broken.broker = false
  await vi.advanceTimersByTimeAsync(5_100)
  expect([sent, rows.size]).toEqual([["a", "b"], 0])
  // With growing pauses, ten seconds at the most; at 10 it is the second commit.
  expect(tries).toEqual([0, 1, 3, 7, 10, 15, 25])
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(tries).toHaveLength(7)
})

test("what cannot even be given back is sent when its lease is over", async () => {
  const { relay, add, rows, broken, sent } = relayed()
  broken.broker = true
  broken.release = true
  relay.send(add("a"))
  await vi.advanceTimersByTimeAsync(500)
  broken.broker = false
  broken.release = false
  await vi.advanceTimersByTimeAsync(leaseMs - 1_000)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  expect([sent, rows.size]).toEqual([["a"], 0])
})

test("what is sent and cannot be forgotten is forgotten later, and not sent again", async () => {
  const { relay, add, rows, broken, sent } = relayed()
  broken.remove = true
  relay.send(add("a"))
  await vi.advanceTimersByTimeAsync(500)
  expect(rows.size).toBe(1)
  broken.remove = false
  await vi.advanceTimersByTimeAsync(2 * leaseMs)
  expect([sent, rows.size]).toEqual([["a"], 0])
})

test("a start sends what a process before it left over, also what that one was sending when it died", async () => {
  const { relay, add, rows, sent } = relayed()
  add("leased")
  add("waits")
  Object.assign(rows.get("waits") ?? {}, { leasedUntil: 0 })
  relay.start()
  await vi.advanceTimersByTimeAsync(1_100)
  expect(sent).toEqual(["waits"])
  await vi.advanceTimersByTimeAsync(leaseMs)
  expect([sent, rows.size]).toEqual([["waits", "leased"], 0])
})

test("a stop tries nothing any more", async () => {
  const { relay, add, rows, broken, tries } = relayed()
  broken.broker = true
  relay.send(add("a"))
  await vi.advanceTimersByTimeAsync(500)
  await relay.stop()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect([tries, rows.get("a")?.leasedUntil]).toEqual([[0], 0])
})
