import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { HttpRequest, InvocationContext } from "@azure/functions"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import * as z from "zod"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { app } from "../app/app.ts"
import type { Caller } from "../app/call.ts"
import { functionsOf } from "../app/functions.ts"
import { pipeline } from "../app/invoke.ts"
import { command } from "../app/use-case.ts"
import { DependencyUnavailableError } from "../failure.ts"
import { routeHandler } from "../http/route.ts"
import { applyMigrations } from "../store/postgres/migrations.ts"
import { inTransaction } from "../store/postgres/pool.ts"
import { type PostgresStore, postgresStore } from "../store/postgres/postgres-store.ts"
import { postgresUploadJobs } from "../store/postgres/upload-jobs.ts"
import { ChunkResult, upload } from "./upload.ts"

const tooMany = defineRefusal("thing.too-many", "rule", "Too many.")
type Ports = { before: (ns: number[]) => Promise<unknown> }
const importThings = command("thing.import-chunk", {
  input: z.strictObject({ rows: z.array(z.strictObject({ n: z.int(), name: z.string().optional() })) }),
  result: ChunkResult,
  refusals: [tooMany],
  handle:
    ({ before }: Ports) =>
    async ({ rows }, { commit }) => {
      const ns = rows.map(({ n }) => n)
      if ((await before(ns)) === "refuse") return tooMany()
      return await commit(async (tx) => {
        await inTransaction(tx).query("INSERT INTO effect SELECT unnest($1::int[])", [
          ns.filter((n) => n >= 0),
        ])
        return { refused: ns.flatMap((n, row) => (n < 0 ? [{ row, code: "thing.negative" }] : [])) }
      })
    },
})
const access = "signed-in"
const entries = upload("things/import", importThings, {
  name: "thing.import",
  access,
  contentType: "application/x-ndjson",
  maxBytes: 100_000,
})
const [begin, look, run] = entries

let cloud: Cloud
let store: PostgresStore
let before: Ports["before"]
beforeAll(async () => {
  cloud = await startParts(["postgres"])
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(cloud.connections.postgres.basket, none)
  await rm(none, { recursive: true })
  store = postgresStore(cloud.connections.postgres.basket)
  await store.pool.query("CREATE TABLE effect (n int)")
})
afterAll(async () => {
  await store?.close()
  await cloud?.stop()
})
beforeEach(async () => {
  before = async () => {}
  await store.pool.query("DELETE FROM effect; DELETE FROM upload_job")
})

const context = new InvocationContext({ logHandler: () => {} })
const invokeOf = () =>
  pipeline({
    ports: { uploads: postgresUploadJobs(store.pool), before: (ns: number[]) => before(ns) },
    store,
    checkResults: true,
  })
const tokens = {
  verify: async (name: string | null): Promise<Caller> =>
    name ? { kind: "customer", id: name, roles: [] } : { kind: "anonymous" },
}
async function send(body: string | Buffer, type = "application/x-ndjson", authorization = "ada") {
  const response = await routeHandler(begin, { invoke: invokeOf(), tokens })(
    new HttpRequest({
      method: "POST",
      url: "http://localhost/things/import",
      body: { bytes: Buffer.from(body) },
      headers: { "content-type": type, authorization },
    }),
    context,
  )
  const headers = response.headers as Record<string, string>
  return { status: response.status, location: headers.location, json: JSON.parse(response.body as string) }
}
async function progress(id: string, authorization = "ada") {
  const response = await routeHandler(look, { invoke: invokeOf(), tokens })(
    new HttpRequest({
      method: "GET",
      url: `http://localhost/things/import/${id}`,
      params: { id },
      headers: { authorization },
    }),
    context,
  )
  return response.status === 200 ? JSON.parse(response.body as string) : response.status
}
const tick = () =>
  invokeOf()({
    useCase: run.useCase,
    trigger: "timer",
    caller: { kind: "system", id: "timer" },
    read: () => ({ input: {} }),
    traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    context,
  })
const effects = async () => (await store.pool.query("SELECT n FROM effect ORDER BY n")).rows.map(({ n }) => n)
const linesUpTo = (count: number) => Array.from({ length: count }, (_, n) => `{"n":${n}}`).join("\n")
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

test("an upload is two routes and a timer of its app", () => {
  expect(
    functionsOf(app("thing", [...entries], { transactional: false }))
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    "health-live",
    "health-ready",
    "openapi",
    "thing-import",
    "thing-import-progress",
    "thing-import-run",
  ])
})

test("it is taken as a job, and done in chunks by the timer", async () => {
  const { status, location, json } = await send(`${linesUpTo(450)}\n`)
  expect([status, location, json.lines]).toEqual([202, `things/import/${json.id}`, 450])
  expect(await progress(json.id)).toMatchObject({ status: "waiting", lines: 450, position: 0, taken: 0 })
  const chunks: number[] = []
  before = async (ns) => chunks.push(ns.length)
  await tick()
  expect(chunks).toEqual([200, 200, 50])
  expect(await progress(json.id)).toMatchObject({
    status: "done",
    position: 450,
    taken: 450,
    failed: 0,
    errors: [],
  })
  expect(await effects()).toEqual(upTo(450))
  expect((await store.pool.query("SELECT content FROM upload_job")).rows).toEqual([{ content: null }])
})

test("a line that is not taken is told with its number and its reason, the others are taken", async () => {
  const { json } = await send(
    '{"n":0}\r\n{"n":"1"}\n\n{"n":-2}\n{"n":3,"m":1}\nnone\n{"n":5,"name":"\\u0000"}\n{"n":6}',
  )
  await tick()
  expect(await progress(json.id)).toMatchObject({
    status: "done",
    lines: 8,
    taken: 2,
    failed: 5,
    errors: [
      { line: 2, code: "invalid", pointer: "/n" },
      { line: 4, code: "thing.negative" },
      { line: 5, code: "invalid", pointer: "" },
      { line: 6, code: "malformed" },
      { line: 7, code: "invalid", pointer: "/name" },
    ],
  })
  expect(await effects()).toEqual([0, 6])
})

test("a chunk that is refused as a whole takes nothing, and the job goes on; 100 errors are kept", async () => {
  const { json } = await send(linesUpTo(201))
  before = async (ns) => (ns.length === 200 ? "refuse" : undefined)
  await tick()
  const { status, taken, failed, errors } = await progress(json.id)
  expect([status, taken, failed, errors.length]).toEqual(["done", 1, 200, 100])
  expect(errors[99]).toEqual({ line: 100, code: "thing.too-many" })
  expect(await effects()).toEqual([200])
})

test("a crash between two chunks repeats nothing; an outage gives the job back at once", async () => {
  const { json } = await send(linesUpTo(450))
  let isOut = true
  before = async ([first]) => {
    if (first === 200 && isOut) throw new DependencyUnavailableError("catalog")
  }
  await expect(tick()).rejects.toThrow("catalog is not available")
  expect(await progress(json.id)).toMatchObject({ status: "running", position: 200, taken: 200 })
  isOut = false
  await tick()
  expect([(await progress(json.id)).status, await effects()]).toEqual(["done", upTo(450)])
})

test("four runs at once do a job once", async () => {
  const jobs = await Promise.all([send(linesUpTo(450)), send(linesUpTo(10))])
  await Promise.all([tick(), tick(), tick(), tick()])
  for (const { json } of jobs) expect(await progress(json.id)).toMatchObject({ status: "done" })
  expect(await effects()).toEqual([...upTo(450), ...upTo(10)].sort((a, b) => a - b))
})

test("a runner that lost its lease moves nothing on", async () => {
  const { json } = await send(linesUpTo(450))
  before = async ([first]) => {
    if (first === 200) await store.pool.query("UPDATE upload_job SET position = 400")
  }
  await tick()
  expect([(await progress(json.id)).position, (await effects()).length]).toEqual([400, 200])
  await tick()
  expect([(await progress(json.id)).position, (await effects()).length]).toEqual([450, 250])
})

test("a job that fails five times in a row is given up", async () => {
  const { json } = await send(linesUpTo(1))
  before = async () => {
    throw new Error("a bug")
  }
  for (let run = 0; run < 4; run++) await tick()
  expect(await progress(json.id)).toMatchObject({ status: "running", position: 0 })
  await tick()
  expect([await progress(json.id), await effects()]).toMatchObject([{ status: "failed", position: 0 }, []])
})

test("what is no lines of text is refused", async () => {
  const codes = [
    await send(""),
    await send(Buffer.from([0xff])),
    await send("{}", "application/json"),
    await send("x".repeat(100_001)),
  ].map(({ status, json }) => [status, json.type])
  expect(codes).toEqual([
    [422, "urn:eshop:problem:upload.malformed"],
    [422, "urn:eshop:problem:upload.malformed"],
    [415, "urn:eshop:problem:request.media-type"],
    [413, "urn:eshop:problem:request.too-large"],
  ])
})

test("a job is its owner's", async () => {
  const { json } = await send(linesUpTo(1))
  expect([await progress(json.id, "bob"), await progress("018f0000-0000-7000-8000-000000000001")]).toEqual([
    404, 404,
  ])
})
