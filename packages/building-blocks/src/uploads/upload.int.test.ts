import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import * as z from "zod"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { app } from "../app/app.ts"
import type { Caller } from "../app/call.ts"
import { functionsOf } from "../app/functions.ts"
import { type AppUnderTest, appUnderTest } from "../app/testing/app-under-test.ts"
import { command } from "../app/use-case.ts"
import { DependencyUnavailableError } from "../failure.ts"
import { newId } from "../ids.ts"
import { applyMigrations } from "../store/postgres/migrations.ts"
import { inTransaction } from "../store/postgres/pool.ts"
import { type PostgresStore, postgresStore } from "../store/postgres/postgres-store.ts"
import { postgresUploadJobs } from "../store/postgres/upload-jobs.ts"
import { LineOutcome, refusedLine } from "./run-upload.ts"
import { upload } from "./upload.ts"

const negative = defineRefusal("thing.negative", "rule", "Less than nothing.")
type Ports = { readonly before: (n: number, caller: Caller) => Promise<void> }

/** Writes numbers, each once. */
const importThings = command("thing.import-lines", {
  input: z.array(z.strictObject({ n: z.int(), name: z.string().optional() })),
  result: z.array(LineOutcome),
  handle:
    ({ before }: Ports) =>
    (lines, { commit, caller }) =>
      commit(async (tx) => {
        const outcomes: LineOutcome[] = []
        for (const { n } of lines) {
          await before(n, caller)
          if (n < 0) {
            outcomes.push(refusedLine(negative()))
            continue
          }
          const { rowCount } = await inTransaction(tx).query(
            "INSERT INTO effect VALUES ($1) ON CONFLICT DO NOTHING",
            [n],
          )
          outcomes.push({ outcome: rowCount === 1 ? "created" : "unchanged" })
        }
        return outcomes
      }),
})
const things = app(
  "thing",
  upload("things/import", importThings, {
    ...{ name: "thing.import", access: "signed-in", url: "/thing/things/import", maxPartBytes: 100_000 },
  }),
  { transactional: false },
)

let url: string
let store: PostgresStore
let running: AppUnderTest
let before: Ports["before"]
/** How often a complete upload asked to be taken. */
let asked = 0
beforeAll(async () => {
  url = await newDatabase("basket")
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(url, none)
  await rm(none, { recursive: true })
  store = postgresStore(url)
  await store.pool.query("CREATE TABLE effect (n int PRIMARY KEY)")
  const ports = {
    uploads: postgresUploadJobs(store.pool, () => asked++),
    before: (n: number, caller: Caller) => before(n, caller),
  }
  running = appUnderTest(things, { ports, store })
})
afterAll(() => store?.close())
beforeEach(async () => {
  before = async () => {}
  asked = 0
  await store.pool.query("DELETE FROM effect; DELETE FROM upload_job")
})

const customer = (id: string) => running.as({ kind: "customer", id, roles: [] })
const ndjson = { "content-type": "application/x-ndjson" }
const begin = async (parts: number, key: string = newId()) =>
  await customer("ada")("POST", "things/import", { parts }, { "idempotency-key": key })
const putPart = (id: string, part: number, body: string | Buffer, headers = ndjson) =>
  customer("ada")("PUT", `things/import/${id}/parts/${part}`, body, headers)
/** An upload of these parts, complete. @returns its id */
async function send(...parts: (string | Buffer)[]): Promise<string> {
  const { body } = await begin(parts.length)
  for (const [index, part] of parts.entries())
    expect((await putPart(body.id, index + 1, part)).status).toBe(200)
  return body.id
}
const tick = () => running.tick("thing.run-import")
const progress = async (id: string) => (await customer("ada")("GET", `things/import/${id}`)).body
const resultsOf = async (id: string, query = "") =>
  (await customer("ada")("GET", `things/import/${id}/results${query}`)).body
const effects = async () => (await store.pool.query("SELECT n FROM effect ORDER BY n")).rows.map(({ n }) => n)
const linesOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `{"n":${from + index}}`).join("\n")
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

test("an upload is five routes of its app, and follows its commits", () => {
  expect(
    functionsOf(things)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    ...[
      "catch-up",
      "forget-old-keys",
      "health-live",
      "health-ready",
      "metrics",
      "openapi",
      "thing-begin-import",
      "thing-get-import",
    ],
    ...["thing-list-import-results", "thing-list-imports", "thing-put-import-part"],
  ])
})

test("it is begun once per key, sent in parts in any order, and done when it is asked for: once, by the last part", async () => {
  const key = newId()
  const first = await begin(3, key)
  const { id } = first.body
  expect([first.status, first.headers.get("location")]).toEqual([202, `/thing/things/import/${id}`])
  expect((await begin(3, key)).body).toEqual(first.body)
  await putPart(id, 3, linesOf(400, 450))
  await putPart(id, 1, "lost on the way")
  const sent = await putPart(id, 1, `${linesOf(0, 150)}\n`)
  expect(sent.body).toMatchObject({ status: "open", parts: 3, received: 2, lines: 200 })
  await tick()
  expect(await progress(id)).toMatchObject({ status: "open", position: 0 })
  expect(asked).toBe(0)
  expect((await putPart(id, 2, linesOf(150, 400))).body).toMatchObject({ status: "waiting", lines: 450 })
  expect(asked).toBe(1)
  await tick()
  const done = { status: "done", position: 450, taken: 450, refused: 0 }
  expect(await progress(id)).toMatchObject(done)
  expect(await effects()).toEqual(upTo(450))
  const { rows } = await store.pool.query("SELECT number, lines, content FROM upload_part ORDER BY number")
  expect(rows).toEqual([150, 250, 50].map((lines, index) => ({ number: index + 1, lines, content: null })))
  // The answer to the last part may have been lost.
  expect((await putPart(id, 2, linesOf(150, 400))).body).toMatchObject(done)
  expect(codeOf(await putPart(id, 2, linesOf(0, 1)))).toBe("upload.complete")
  expect(asked).toBe(1)
})

test("each line has a result, also where it is bad; the others are taken", async () => {
  const id = await send(
    '{"n":0}\r\n{"n":"1"}\n\n{"n":-2}\n{"n":3,"m\\u0000":1}',
    'none\n{"n":5,"name":"\\u0000"}\n{"n":6}\n{"n":0}',
  )
  await tick()
  expect(await progress(id)).toMatchObject({ status: "done", lines: 9, position: 9, taken: 3, refused: 5 })
  const results = (await resultsOf(id)).items.map(({ detail: _, ...result }: { detail: string }) => result)
  expect(results).toEqual([
    { line: 1, outcome: "created" },
    { line: 2, outcome: "refused", code: "line.invalid", pointer: "/n" },
    { line: 4, outcome: "refused", code: "thing.negative" },
    { line: 5, outcome: "refused", code: "line.invalid", pointer: "" },
    { line: 6, outcome: "refused", code: "line.malformed" },
    { line: 7, outcome: "refused", code: "line.invalid", pointer: "/name" },
    { line: 8, outcome: "created" },
    { line: 9, outcome: "unchanged" },
  ])
  expect(await effects()).toEqual([0, 6])
})

test("every result can be read to the end, however many lines are bad", async () => {
  const id = await send(`${"none\n".repeat(450)}{"n":1}\n${"none\n".repeat(3)}`)
  await tick()
  expect(await progress(id)).toMatchObject({ status: "done", taken: 1, refused: 453 })
  const seen: number[] = []
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await resultsOf(id, `?outcome=refused&limit=100${cursor && `&cursor=${cursor}`}`)
    seen.push(...page.items.map(({ line }: { line: number }) => line))
    cursor = page.nextCursor
  }
  expect(seen).toEqual([...upTo(450).map((n) => n + 1), 452, 453, 454])
  expect((await resultsOf(id, "?outcome=created")).items).toEqual([{ line: 451, outcome: "created" }])
})

test("a line is taken on behalf of whoever sent it", async () => {
  const callers: unknown[] = []
  before = async (_, caller) => void callers.push(caller)
  await send('{"n":1}')
  await tick()
  expect(callers).toEqual([{ kind: "customer", id: "ada", roles: [] }])
})

test("a crash amid lines repeats nothing; an outage gives the job back at once", async () => {
  const id = await send(linesOf(0, 850))
  let isOut = true
  before = async (n) => {
    if (n === 500 && isOut) throw new DependencyUnavailableError("catalog")
  }
  await expect(tick()).rejects.toThrow("catalog is not available")
  expect([await progress(id), await effects()]).toMatchObject([
    { status: "running", position: 400, taken: 400 },
    upTo(400),
  ])
  isOut = false
  await tick()
  expect(await progress(id)).toMatchObject({ status: "done", position: 850, taken: 850, refused: 0 })
  expect(await effects()).toEqual(upTo(850))
})

test("a line that fails whenever it is taken keeps none of those before it back", async () => {
  const id = await send(linesOf(0, 850))
  let isBroken = true
  before = async (n) => {
    if (n === 613 && isBroken) throw new Error("a bug")
  }
  await tick()
  expect([await progress(id), await effects()]).toMatchObject([
    { status: "running", position: 613 },
    upTo(613),
  ])
  isBroken = false
  await tick()
  expect([await progress(id), await effects()]).toMatchObject([{ status: "done", taken: 850 }, upTo(850)])
})

test("four runs at once do each job once", async () => {
  const ids = [await send(linesOf(0, 300)), await send(linesOf(300, 310))]
  await Promise.all([tick(), tick(), tick(), tick()])
  for (const id of ids) expect(await progress(id)).toMatchObject({ status: "done" })
  const { rows } = await store.pool.query("SELECT outcome, count(*) FROM upload_result GROUP BY outcome")
  expect([rows, await effects()]).toEqual([[{ outcome: "created", count: 310 }], upTo(310)])
})

test("a runner that lost its lease moves nothing on, and gives nothing back", async () => {
  const id = await send(linesOf(0, 850))
  before = async (n) => {
    if (n === 500)
      await store.pool.query(
        "UPDATE upload_job SET position = 800, leased_until = now() + interval '1 minute'",
      )
  }
  await tick()
  await tick()
  const { rows } = await store.pool.query("SELECT failures, leased_until > now() AS leased FROM upload_job")
  expect([(await progress(id)).position, (await effects()).length, rows]).toEqual([
    ...[800, 400],
    [{ failures: 0, leased: true }],
  ])
  await store.pool.query("UPDATE upload_job SET leased_until = '-infinity'")
  await tick()
  expect([(await progress(id)).position, (await effects()).length]).toEqual([850, 450])
})

test("a job that fails five times in a row is given up", async () => {
  const id = await send(linesOf(0, 1))
  before = async () => {
    throw new Error("a bug")
  }
  for (let run = 0; run < 4; run++) await tick()
  expect(await progress(id)).toMatchObject({ status: "running", position: 0 })
  await tick()
  expect([await progress(id), await effects()]).toMatchObject([{ status: "failed", position: 0 }, []])
})

test("what is no lines of text, or no part of the upload, is refused", async () => {
  const { id } = (await begin(2)).body
  const replies = [
    await putPart(id, 1, ""),
    await putPart(id, 1, Buffer.from([0xff])),
    await putPart(id, 1, "{}", { "content-type": "application/json" }),
    await putPart(id, 1, "x".repeat(100_001)),
    await putPart(id, 3, "{}"),
    await putPart(id, 0, "{}"),
    await begin(0),
  ]
  expect(replies.map((reply) => [reply.status, codeOf(reply)])).toEqual([
    [422, "upload.malformed"],
    [422, "upload.malformed"],
    [415, "request.media-type"],
    [413, "request.too-large"],
    [404, "upload.part-unknown"],
    [400, "request.invalid"],
    [400, "request.invalid"],
  ])
  expect(await progress(id)).toMatchObject({ status: "open", received: 0, lines: 0 })
})

test("uploads are listed to their owner, the newest first, page by page", async () => {
  const ids: string[] = []
  for (let count = 0; count < 3; count++) ids.unshift((await begin(1)).body.id)
  const list = async (query: string) => (await customer("ada")("GET", `things/import?${query}`)).body
  const page = await list("limit=2")
  const next = await list(`limit=2&cursor=${page.nextCursor}`)
  expect(page.items[0]).toEqual(await progress(ids[0] as string))
  expect([...page.items, ...next.items].map(({ id }: { id: string }) => id)).toEqual(ids)
  expect(next.nextCursor).toBeNull()
  expect((await customer("bob")("GET", "things/import")).body).toEqual({ items: [], nextCursor: null })
})

test("a job is its owner's", async () => {
  const id = await send(linesOf(0, 1))
  const bob = customer("bob")
  const replies = [
    await bob("GET", `things/import/${id}`),
    await bob("GET", `things/import/${id}/results`),
    await bob("PUT", `things/import/${id}/parts/1`, "{}", ndjson),
    await customer("ada")("GET", `things/import/${newId()}`),
  ]
  expect(replies.map(codeOf)).toEqual(Array(4).fill("upload.unknown"))
})

test("a job is forgotten after 30 days, with all that belongs to it", async () => {
  const id = await send('{"n":1}')
  await tick()
  await store.pool.query("UPDATE upload_job SET created_at = now() - interval '30 days 1 minute'")
  const kept = await send('{"n":2}')
  await tick()
  expect([
    (await progress(kept)).status,
    codeOf(await customer("ada")("GET", `things/import/${id}`)),
  ]).toEqual(["done", "upload.unknown"])
  const { rows } = await store.pool.query(
    "SELECT job_id FROM upload_part UNION SELECT job_id FROM upload_result",
  )
  expect(rows).toEqual([{ job_id: kept }])
})
