import type { Cloud } from "@eshop/local-cloud/cloud"
import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientOf, type Send } from "../fixtures/http.ts"
import { importerToken, importParts, sendImport } from "../fixtures/import-file.ts"
import { startParts } from "../fixtures/local-parts.ts"
import { startSecondProcess } from "../fixtures/second-process.ts"
import { eventually, runTimer } from "./running-shop.ts"

const PRODUCTS = 500
const LINES = 4 * PRODUCTS

let cloud: Cloud
let database: pg.Pool
let send: Send

beforeAll(async () => {
  cloud = await startParts(["identity", "catalog", "gateway"])
  database = new pg.Pool({ connectionString: cloud.connections.postgres.catalog })
  send = clientOf(`${cloud.connections.gateway}/catalog`, await importerToken(cloud.connections.identity))
})
afterAll(async () => {
  await database?.end()
  await cloud?.stop()
})

const counted = async (text: string) => (await database.query<{ count: number }>(text)).rows
const positionOf = async (path: string): Promise<number> => (await send("GET", path)).body.position
const isDone = async (path: string, timeoutMs: number) =>
  await eventually(
    async () => (await send("GET", path)).body,
    ({ status }) => status === "done",
    timeoutMs,
  )

test("2,000 lines with two processes, one of which is killed amid them: each line is in once", async () => {
  const parts = [...importParts(PRODUCTS, 100)]
  expect(parts).toHaveLength(2)
  const second = await startSecondProcess("catalog", cloud)
  try {
    const path = await sendImport(send, parts)
    await eventually(
      () => positionOf(path),
      (position) => position >= 100,
      60_000,
    )
    cloud.part("catalog").kill("SIGKILL")
    await cloud.part("catalog").whenReady()
    // As if the time of the one that may be dead were over.
    await database.query("UPDATE upload_job SET leased_until = now() WHERE status = 'running'")
    await runTimer(cloud, "catalog", "catch-up")
    expect(await isDone(path, 150_000)).toMatchObject({
      ...{ status: "done", lines: LINES, position: LINES, taken: LINES, refused: 0 },
    })
    expect(
      await counted("SELECT outcome, count(*)::int FROM upload_result GROUP BY outcome ORDER BY outcome"),
    ).toEqual([
      { outcome: "changed", count: 3 * PRODUCTS },
      { outcome: "created", count: PRODUCTS },
    ])
    expect(
      await counted(
        "SELECT version, status, count(*)::int FROM product WHERE slug LIKE 'bulk-%' GROUP BY version, status",
      ),
    ).toEqual([{ version: 3, status: "published", count: PRODUCTS }])
    expect(
      await counted(
        "SELECT action, count(*)::int FROM audit WHERE caller_kind = 'customer' GROUP BY action ORDER BY action",
      ),
    ).toEqual(
      ["prices.set", "product.created", "product.updated", "stock.adjusted"].map((action) => ({
        ...{ action, count: PRODUCTS },
      })),
    )
    const again = await sendImport(send, parts)
    expect(await isDone(again, 150_000)).toMatchObject({ status: "done", taken: LINES, refused: 0 })
    expect(await counted("SELECT count(*)::int FROM audit WHERE caller_kind = 'customer'")).toEqual([
      { count: 4 * PRODUCTS },
    ])
  } finally {
    await second.stop()
  }
}, 400_000)
