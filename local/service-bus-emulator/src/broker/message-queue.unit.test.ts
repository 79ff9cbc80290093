import fc from "fast-check"
import { beforeEach, describe, expect, test } from "vitest"
import { type Journal, type JournalRecord, memoryJournal } from "../storage/record.ts"
import type { StoredMessage } from "./message.ts"
import { MessageQueue } from "./message-queue.ts"
import type { DeadLetterCause } from "./queue-contract.ts"
import type { SessionHolder } from "./session-lane.ts"

const LOCK = 1000
const dead: { message: StoredMessage; cause: DeadLetterCause }[] = []
const expired: StoredMessage[] = []
const due: StoredMessage[] = []

beforeEach(() => {
  dead.length = 0
  expired.length = 0
  due.length = 0
})

function newQueue(requiresSession = false, journal: Journal = memoryJournal): MessageQueue {
  const settings = { name: "q", lockDuration: LOCK, maxDeliveryCount: 3, requiresSession }
  return new MessageQueue(settings, journal, {
    deadLetter: (message, cause) => dead.push({ message, cause }),
    expired: (message) => expired.push(message),
    due: (message) => due.push(message),
  })
}

function newMessage(sequenceNumber: number, fields: Partial<StoredMessage> = {}): StoredMessage {
  return {
    content: Buffer.alloc(0),
    annotations: Buffer.alloc(0),
    annotationCount: 0,
    durable: false,
    priority: 4,
    messageId: `m${sequenceNumber}`,
    sequenceNumber,
    enqueuedSequenceNumber: 0,
    enqueuedAt: 0,
    expiresAt: Number.POSITIVE_INFINITY,
    state: "active",
    deliveryCount: 0,
    hops: 0,
    ...fields,
  }
}

/** Locks the next message at a time; its number and token, or undefined. */
function receive(queue: MessageQueue, now: number, sessionId?: string) {
  const message = queue.next(now, sessionId)
  if (!message) return undefined
  return {
    number: message.sequenceNumber,
    count: message.deliveryCount,
    token: queue.lock(message, now).token,
  }
}

describe("locks", () => {
  test("end exactly at their time; the message comes again with one delivery more", () => {
    const queue = newQueue()
    queue.put(newMessage(1))
    const first = receive(queue, 0)
    queue.expire(LOCK - 1)
    expect(receive(queue, LOCK - 1)).toBeUndefined()
    queue.expire(LOCK)
    expect(receive(queue, LOCK)).toMatchObject({ number: 1, count: 1 })
    expect(() => queue.settle(first?.token as string, { kind: "complete" }, LOCK)).toThrow(
      /lock supplied is invalid/,
    )
  })

  test("last longer when renewed, also when a later lock ends before", () => {
    const queue = newQueue()
    queue.put(newMessage(1))
    queue.put(newMessage(2))
    const first = receive(queue, 0)
    receive(queue, 10)
    expect(queue.renew(first?.token as string, 500)).toBe(1500)
    queue.expire(1010)
    expect(receive(queue, 1010)).toMatchObject({ number: 2 })
    queue.settle(first?.token as string, { kind: "complete" }, 1499)
    expect(queue.counts.active).toBe(1)
  })

  test("cannot be used twice", () => {
    const queue = newQueue()
    queue.put(newMessage(1))
    const { token } = receive(queue, 0) as { token: string }
    queue.settle(token, { kind: "abandon" }, 1)
    for (const kind of ["complete", "abandon", "defer", "deadLetter"] as const) {
      expect(() => queue.settle(token, { kind }, 2)).toThrow(/lock supplied is invalid/)
    }
    expect(() => queue.renew(token, 2)).toThrow(/lock supplied is invalid/)
    expect(queue.counts.active).toBe(1)
  })

  test("stay when a property to modify cannot be written", () => {
    const queue = newQueue()
    queue.put(newMessage(1))
    const { token } = receive(queue, 0) as { token: string }
    const properties = { bad: Symbol("no AMQP type") }
    expect(() => queue.settle(token, { kind: "abandon", properties }, 1)).toThrow()
    queue.settle(token, { kind: "complete" }, 2)
    expect(queue.counts.active).toBe(0)
  })
})

test("a message given back untouched comes again without counting a delivery", () => {
  const queue = newQueue()
  queue.put(newMessage(1))
  queue.settle(receive(queue, 0)?.token as string, { kind: "release" }, 1)
  expect(receive(queue, 2)).toMatchObject({ number: 1, count: 0 })
})

test("dead-letters at the last allowed delivery, whether abandoned or expired", () => {
  const queue = newQueue()
  queue.put(newMessage(1, { deliveryCount: 1 }))
  queue.settle(receive(queue, 0)?.token as string, { kind: "abandon" }, 0)
  expect(dead).toEqual([])
  receive(queue, 0)
  queue.expire(LOCK)
  expect(dead).toMatchObject([
    { message: { deliveryCount: 3 }, cause: { reason: "MaxDeliveryCountExceeded" } },
  ])
  expect(queue.counts.active).toBe(0)
})

describe("time to live", () => {
  test("is looked at before a delivery, and not while a message is locked", () => {
    const queue = newQueue()
    queue.put(newMessage(1, { expiresAt: 500 }))
    queue.put(newMessage(2, { expiresAt: 500 }))
    const { token } = receive(queue, 0) as { token: string }
    expect(queue.next(500)).toBeUndefined()
    queue.expire(600)
    expect(expired.map(({ sequenceNumber }) => sequenceNumber)).toEqual([2])
    queue.settle(token, { kind: "abandon" }, 700)
    queue.expire(700)
    expect(expired.map(({ sequenceNumber }) => sequenceNumber)).toEqual([2, 1])
    expect(queue.counts.active).toBe(0)
  })

  test("ends deferred messages and spares scheduled ones", () => {
    const queue = newQueue()
    queue.put(newMessage(1, { state: "deferred", expiresAt: 100 }))
    queue.put(newMessage(2, { state: "scheduled", scheduledAt: 1000, expiresAt: 100 }))
    queue.expire(100)
    expect(queue.counts).toEqual({ active: 0, deferred: 0, scheduled: 1 })
    queue.expire(1000)
    expect(due).toHaveLength(1)
    expect(queue.counts.scheduled).toBe(0)
  })
})

describe("sessions", () => {
  const holder = (linkName: string, lost: string[] = []): SessionHolder => ({
    linkName,
    sessionLost: (sessionId) => lost.push(sessionId),
  })

  test("are held by one receiver until closed or expired", () => {
    const queue = newQueue(true)
    const lost: string[] = []
    queue.put(newMessage(1, { sessionId: "s" }))
    const first = holder("a", lost)
    const lane = queue.acceptSession("s", first, 0)
    expect(() => queue.acceptSession("s", holder("b"), 10)).toThrow(/cannot be accepted/)
    expect(queue.acceptSession(undefined, holder("b"), 10)).toBeUndefined()
    expect(receive(queue, 10, "s")).toMatchObject({ number: 1 })
    queue.expire(LOCK)
    expect(lost).toEqual(["s"])
    expect(queue.acceptSession(undefined, holder("b"), LOCK)?.sessionId).toBe("s")
    // The first receiver's link closes late: the session is not its own any more.
    queue.releaseSession(lane as never, first)
    expect(() => queue.lockedSession("s", "a", LOCK)).toThrow(/session lock has expired/)
    expect(queue.lockedSession("s", "b", LOCK)).toBe(lane)
    expect(receive(queue, LOCK, "s")).toMatchObject({ number: 1, count: 1 })
  })

  test("are forgotten when nothing is left of them, and kept while they have state", () => {
    const queue = newQueue(true)
    for (const name of ["plain", "stateful"]) {
      queue.put(newMessage(name.length, { sessionId: name }))
      const holding = holder(name)
      const lane = queue.acceptSession(name, holding, 0)
      if (name === "stateful") queue.setSessionState(lane as never, Buffer.from("x"), 5)
      queue.settle(receive(queue, 0, name)?.token as string, { kind: "complete" }, 0)
      queue.releaseSession(lane as never, holding)
    }
    expect(queue.sessionIds(4)).toEqual(["stateful"])
    expect(queue.sessionIds(5)).toEqual([])
    expect([...queue.contents()]).toHaveLength(1)
  })
})

type Step =
  | { do: "put"; ttl: number | undefined }
  | { do: "receive" }
  | { do: "settle"; which: number; kind: "complete" | "abandon" | "defer" | "deadLetter" }
  | { do: "deferred"; which: number }
  | { do: "wait"; milliseconds: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("put" as const),
    ttl: fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined }),
  }),
  fc.record({ do: fc.constant("receive" as const) }),
  fc.record({
    do: fc.constant("settle" as const),
    which: fc.nat(20),
    kind: fc.constantFrom("complete" as const, "abandon" as const, "defer" as const, "deadLetter" as const),
  }),
  fc.record({ do: fc.constant("deferred" as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant("wait" as const), milliseconds: fc.integer({ min: 1, max: 1500 }) }),
)

test("no message is lost, doubled or delivered to two at once, and the journal rebuilds the same queue", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, sessions) => {
      dead.length = 0
      expired.length = 0
      const records: JournalRecord[] = []
      const journal: Journal = {
        append: (record) => records.push(record),
        afterCommit: (callback) => callback(),
      }
      const queue = newQueue(sessions, journal)
      const sessionId = sessions ? "s" : undefined
      let now = 0
      let last = 0
      const completed = new Set<number>()
      const tokens: { token: string; number: number; until: number }[] = []
      const deferred: number[] = []
      const hold = () => {
        if (!sessions) return
        try {
          queue.acceptSession("s", { linkName: "l", sessionLost: () => tokens.splice(0) }, now)
        } catch {
          queue.renewSession(queue.lockedSession("s", "l", now), now)
          for (const token of tokens) token.until = now + LOCK
        }
      }
      for (const action of steps) {
        hold()
        if (action.do === "put") {
          const expiresAt = action.ttl === undefined ? Number.POSITIVE_INFINITY : now + action.ttl
          queue.put(newMessage(++last, { expiresAt, ...(sessions ? { sessionId: "s" } : {}) }))
        } else if (action.do === "receive") {
          const received = receive(queue, now, sessionId)
          if (received) {
            expect(completed.has(received.number)).toBe(false)
            const holders = tokens.filter(({ number, until }) => number === received.number && until > now)
            expect(holders).toEqual([])
            tokens.push({ ...received, until: now + LOCK })
          }
        } else if (action.do === "settle" && tokens.length > 0) {
          const [{ token, number, until }] = tokens.splice(action.which % tokens.length, 1) as [
            (typeof tokens)[0],
          ]
          const settle = () => queue.settle(token, { kind: action.kind }, now)
          if (until <= now) expect(settle).toThrow()
          else {
            settle()
            if (action.kind === "complete") completed.add(number)
            if (action.kind === "defer") deferred.push(number)
          }
        } else if (action.do === "deferred" && deferred.length > 0) {
          const number = deferred[action.which % deferred.length] as number
          try {
            const [message] = queue.deferred([number], sessionId, now)
            tokens.push({ token: queue.lock(message as StoredMessage, now).token, number, until: now + LOCK })
          } catch (error) {
            expect(error).toMatchObject({ condition: "com.microsoft:message-not-found" })
          }
        } else if (action.do === "wait") {
          now += action.milliseconds
          queue.expire(now)
        }
        const { active, deferred: waiting } = queue.counts
        const gone = completed.size + dead.length + expired.length
        expect(active + waiting + gone).toBe(last)
      }
      const rebuilt = newQueue(sessions)
      for (const record of records) {
        if (record.kind === "put") rebuilt.restore(record.message)
        if (record.kind === "remove") rebuilt.restoreRemoval(record.sequenceNumber)
        if (record.kind === "change")
          rebuilt.restoreChange(record.sequenceNumber, record.state, record.deliveryCount)
      }
      const contents = (of: MessageQueue) =>
        ([...of.contents()] as StoredMessage[]).sort((a, b) => a.sequenceNumber - b.sequenceNumber)
      expect(contents(rebuilt)).toEqual(contents(queue))
      expect(rebuilt.counts).toEqual(queue.counts)
    }),
    { numRuns: 300 },
  )
})
