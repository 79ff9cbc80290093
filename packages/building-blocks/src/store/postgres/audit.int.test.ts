import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { startParts } from "../../../../../tests/fixtures/local-parts.ts"
import { app } from "../../app/app.ts"
import type { Caller } from "../../app/call.ts"
import { appUnderTest } from "../../app/testing/app-under-test.ts"
import { type Audit, auditRoutes } from "../../audit/audit.ts"
import { postgresAudit } from "./audit.ts"
import { applyMigrations } from "./migrations.ts"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"

let cloud: Cloud
let store: PostgresStore
let audit: Audit

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(cloud.connections.postgres.basket, none)
  await rm(none, { recursive: true })
  store = postgresStore(cloud.connections.postgres.basket)
  audit = postgresAudit(store.pool)
})
afterAll(async () => {
  await store?.close()
  await cloud?.stop()
})
beforeEach(async () => {
  await store.pool.query("TRUNCATE audit RESTART IDENTITY")
})

const merchant: Caller = { kind: "customer", id: "merchant-1", roles: ["catalog.write"] }
const timer: Caller = { kind: "system", id: "catalog.start-prices" }
const now = new Date("2026-11-01T10:00:00.000Z")
const entry = (subject: string, change: unknown) => ({ subject, action: "thing.changed", change })
const write = (caller: Caller, ...entries: ReturnType<typeof entry>[]) =>
  store.unitOfWork.transaction((tx) => audit.add(tx, { caller, now }, entries))

test("an entry says who, when and what, the newest first", async () => {
  await write(merchant, entry("thing 1", { from: 1, to: 2 }), entry("thing 2", "a text"))
  await write(timer, entry("thing 1", null))
  const at = now.toISOString()
  expect(await audit.list({ limit: 10 })).toEqual([
    { position: 3, at, by: timer, ...entry("thing 1", null) },
    { position: 2, at, by: { kind: "customer", id: "merchant-1" }, ...entry("thing 2", "a text") },
    { position: 1, at, by: { kind: "customer", id: "merchant-1" }, ...entry("thing 1", { from: 1, to: 2 }) },
  ])
  expect((await audit.list({ subject: "thing 1", limit: 10 })).map(({ position }) => position)).toEqual([
    3, 1,
  ])
})

test("a change that was rolled back leaves no entry", async () => {
  await expect(
    store.unitOfWork.transaction(async (tx) => {
      await audit.add(tx, { caller: merchant, now }, [entry("thing 1", 1)])
      throw new Error("no")
    }),
  ).rejects.toThrow("no")
  expect(await audit.list({ limit: 10 })).toEqual([])
})

test("the role reads it page by page, each entry once, and nobody else reads it", async () => {
  const shop = appUnderTest(app("things", auditRoutes("catalog.write")), { ports: { audit }, store })
  await write(merchant, ...Array.from({ length: 5 }, (_, index) => entry(`thing ${index % 2}`, index)))
  const send = shop.as(merchant)
  const changes: unknown[][] = []
  for (let path: string | undefined = "audit?limit=2"; path; ) {
    const { status, body } = await send("GET", path)
    expect(status).toBe(200)
    changes.push(body.items.map(({ change }: { change: unknown }) => change))
    path = body.nextCursor ? `audit?limit=2&cursor=${body.nextCursor}` : undefined
  }
  expect(changes).toEqual([[4, 3], [2, 1], [0]])
  expect((await send("GET", "audit?subject=thing%201")).body.items).toHaveLength(2)
  const other = shop.as({ kind: "customer", id: "shopper", roles: [] })
  expect((await other("GET", "audit")).status).toBe(403)
  expect((await shop.as({ kind: "anonymous" })("GET", "audit")).status).toBe(401)
})
