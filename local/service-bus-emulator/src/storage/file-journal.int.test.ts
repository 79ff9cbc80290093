import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, expect, test } from "vitest"
import { FileJournal } from "./file-journal.ts"
import type { JournalRecord } from "./record.ts"

let directory: string
const logged: string[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "journal-"))
  logged.length = 0
})
afterEach(() => rm(directory, { recursive: true }))

function open(fsync = false) {
  const records: JournalRecord[] = []
  const options = { directory, fsync, log: (message: string) => logged.push(message) }
  const journal = FileJournal.open(options, (record) => records.push(record))
  return { journal, records }
}

const committed = (journal: FileJournal) => new Promise<void>((resolve) => journal.afterCommit(resolve))
const seen = (messageId: string): JournalRecord => ({ kind: "seen", entity: "q", messageId, at: 1 })
const path = () => join(directory, "journal-1.log")

const message = {
  content: Buffer.from([1, 2, 3]),
  annotations: Buffer.alloc(0),
  annotationCount: 0,
  durable: true,
  priority: 4,
  messageId: "m",
  sequenceNumber: 1,
  enqueuedSequenceNumber: 0,
  enqueuedAt: 5,
  expiresAt: Number.POSITIVE_INFINITY,
  state: "active" as const,
  deliveryCount: 0,
  hops: 0,
}
const everyKind: JournalRecord[] = [
  { kind: "put", entity: "q", message },
  { kind: "put", entity: "q", message: { ...message, expiresAt: 9, ttl: 4, sessionId: "s", scheduledAt: 7 } },
  { kind: "change", entity: "q", sequenceNumber: 1, state: "deferred", deliveryCount: 2 },
  { kind: "remove", entity: "q", sequenceNumber: 1 },
  { kind: "sequence", entity: "q", next: 3 },
  seen("ü"),
  { kind: "session", entity: "q", sessionId: "s", state: Buffer.from("x"), updatedAt: 2 },
  { kind: "session", entity: "q", sessionId: "s", state: undefined, updatedAt: 3 },
  {
    kind: "rules",
    entity: "t/subscriptions/s",
    declared: "[]",
    rules: [{ name: "r", filter: { kind: "sql", expression: "1=1" }, action: "REMOVE a" }],
  },
]

test.each([true, false])("gives every kind of fact back in order (fsync %s)", async (fsync) => {
  const { journal } = open(fsync)
  for (const record of everyKind) journal.append(record)
  await committed(journal)
  await journal.close()
  expect(open().records).toEqual(everyKind)
})

test("commits facts that arrive while a sync is under way", async () => {
  const { journal } = open(true)
  const order: string[] = []
  await new Promise<void>((resolve) => {
    journal.append(seen("a"))
    journal.afterCommit(() => order.push("a"))
    setImmediate(() =>
      setImmediate(() => {
        journal.append(seen("b"))
        journal.afterCommit(() => {
          order.push("b")
          resolve()
        })
      }),
    )
  })
  journal.append(seen("c"))
  await journal.close()
  expect(order).toEqual(["a", "b"])
  expect(open().records).toEqual([seen("a"), seen("b"), seen("c")])
})

test("calls back at once when nothing is pending", () => {
  const { journal } = open()
  let called = false
  journal.afterCommit(() => {
    called = true
  })
  expect(called).toBe(true)
})

test("drops exactly the unfinished group, wherever the file was cut, and goes on from there", async () => {
  const { journal } = open()
  const ends = [(await readFile(path())).length]
  for (const group of [["a"], ["b", "c"], ["d"]]) {
    for (const id of group) journal.append(seen(id))
    await committed(journal)
    ends.push((await readFile(path())).length)
  }
  await journal.close()
  const whole = await readFile(path())
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 8, max: whole.length }), async (length) => {
      await writeFile(path(), whole)
      await truncate(path(), length)
      const groups = ends.filter((end) => end <= length).length - 1
      const expected = ["a", "b", "c", "d"].slice(0, [0, 1, 3, 4][groups]).map(seen)
      const cut = open()
      expect(cut.records).toEqual(expected)
      cut.journal.append(seen("new"))
      await cut.journal.close()
      expect(open().records).toEqual([...expected, seen("new")])
    }),
    { numRuns: 60 },
  )
})

test("drops what was damaged at the end and says so", async () => {
  const { journal } = open()
  journal.append(seen("a"))
  await journal.close()
  await appendFile(path(), Buffer.alloc(100, 0xff))
  expect(open().records).toEqual([seen("a")])
  expect(logged).toEqual([expect.stringContaining("Dropped 100 bytes")])
})

test("refuses a file of another kind", async () => {
  await writeFile(path(), "something else")
  expect(() => open()).toThrow("another format")
})

test("replaces the file by a snapshot when it has grown, and keeps what comes later", async () => {
  const { journal } = open()
  journal.onCompaction(() => [seen("snapshot")])
  const content = Buffer.alloc(1_000_000, 1)
  for (let i = 0; i < 17; i++) journal.append({ kind: "put", entity: "q", message: { ...message, content } })
  await committed(journal)
  journal.append(seen("later"))
  await journal.close()
  expect(await readdir(directory)).toEqual(["journal-2.log"])
  expect(open().records).toEqual([seen("snapshot"), seen("later")])
})

test("ignores an unfinished compaction and removes an older generation", async () => {
  const { journal } = open()
  journal.append(seen("old"))
  await journal.close()
  await writeFile(join(directory, "journal-2.log.tmp"), "half")
  expect(open().records).toEqual([seen("old")])
  await writeFile(join(directory, "journal-3.log"), await readFile(path()))
  expect(open().records).toEqual([seen("old")])
  expect(await readdir(directory)).toEqual(["journal-3.log"])
})
