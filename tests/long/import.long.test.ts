import { readFile } from "node:fs/promises"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventually } from "../e2e/running-shop.ts"
import { clientOf, type Send } from "../fixtures/http.ts"
import { importerToken, importParts, sendImport } from "../fixtures/import-file.ts"
import { startParts } from "../fixtures/local-parts.ts"

/** `IMPORT_LINES=8000 npm run ci:long` has fewer. */
const LINES = Number(process.env.IMPORT_LINES ?? 100_000)
/** About 60 MB for 100,000 lines. */
const WORDS = 95

let cloud: Cloud
beforeAll(async () => {
  cloud = await startParts(["identity", "catalog", "gateway"])
})
afterAll(() => cloud?.stop())

const client = async (): Promise<Send> =>
  clientOf(`${cloud.connections.gateway}/catalog`, await importerToken(cloud.connections.identity))

/** The most memory that Catalog's process had since it began, in MB; Linux says it. */
async function peakMemory(): Promise<number | undefined> {
  const status = await readFile(`/proc/${cloud.part("catalog").pid}/status`, "utf8").catch(() => "")
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return peak === undefined ? undefined : Math.round(Number(peak) / 1_024)
}

test(`${LINES} lines are taken in bounded memory`, async () => {
  const parts = [...importParts(LINES / 4, WORDS)]
  const before = await peakMemory()
  const path = await sendImport(await client(), parts)
  const sent = await peakMemory()
  const started = performance.now()
  const ended = await eventually(
    async () => (await (await client())("GET", path)).body,
    ({ status }) => status === "done" || status === "failed",
    1_150_000,
  )
  const seconds = (performance.now() - started) / 1_000
  expect(ended).toMatchObject({ status: "done", lines: LINES, taken: LINES, refused: 0 })
  const after = await peakMemory()
  const megabytes = parts.reduce((sum, part) => sum + part.length, 0) / 1e6
  console.log(
    `${LINES} lines, ${megabytes.toFixed(0)} MB in ${parts.length} parts: ${(LINES / seconds).toFixed(0)} lines/s; ` +
      `peak memory of Catalog ${before} MB before, ${sent} MB once it was sent, ${after} MB in the end`,
  )
  if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(200)
  const found = await eventually(
    async () => (await (await client())("GET", "search?q=bulk+product&limit=1")).body.total,
    (total) => total === LINES / 4,
    600_000,
  )
  expect(found).toBe(LINES / 4)
  console.log(`all found ${((performance.now() - started) / 1_000 - seconds).toFixed(0)} s later`)
})
