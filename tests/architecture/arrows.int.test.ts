import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { cruise, type ICruiseResult } from "dependency-cruiser"
import { afterAll, beforeAll, expect, it } from "vitest"
import configuration from "../../.dependency-cruiser.mjs"

/** A small house with one arrow of each kind that points the wrong way, and one that is right. */
const files = {
  "node_modules/pg/package.json": '{ "name": "pg", "main": "index.js" }',
  "node_modules/pg/index.js": "exports.Pool = class {}",
  "packages/domain/src/order.ts": 'export const order = "order"',
  "packages/domain/src/leaky.ts": 'import { readFileSync } from "node:fs"\nexport const read = readFileSync',
  "packages/domain/src/kernel/refusal.ts": "export const refuse = 1",
  "packages/building-blocks/src/edge.ts": 'export { refuse } from "../../domain/src/kernel/refusal.ts"',
  "packages/building-blocks/src/knowing.ts": 'export { order } from "../../domain/src/order.ts"',
  "local/functions-host/src/host.ts": "export const host = 1",
  "functions/catalog/src/stock/reserve.ts":
    'export { order } from "../../../../packages/domain/src/order.ts"',
  "functions/catalog/src/stock/peeking.ts": 'export { postgres } from "../adapters/postgres.ts"',
  "functions/catalog/src/stock/querying.ts": 'export { Pool } from "pg"',
  "functions/catalog/src/stock/hosting.ts":
    'export { host } from "../../../../local/functions-host/src/host.ts"',
  "functions/catalog/src/adapters/postgres.ts": "export const postgres = 1",
  "functions/basket/src/cart/neighbour.ts": 'export { order } from "../../../catalog/src/stock/reserve.ts"',
  "functions/basket/src/cart/circle.ts": 'import "./round.ts"\nexport const circle = 1',
  "functions/basket/src/cart/round.ts": 'import "./circle.ts"\nexport const round = 1',
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "arrows-"))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), `${text}\n`)
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it("finds each wrong arrow, and no other", async () => {
  const { tsConfig: _, ...options } = configuration.options
  const { output } = await cruise(["packages", "functions"], {
    ...options,
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: configuration.forbidden },
  })
  const { violations } = (output as ICruiseResult).summary
  expect(violations.map(({ rule, from }) => `${rule.name}: ${from}`).sort()).toEqual([
    "apps-do-not-know-where-they-run: functions/catalog/src/stock/hosting.ts",
    "building-blocks-know-no-context: packages/building-blocks/src/knowing.ts",
    "capabilities-do-no-io: functions/catalog/src/stock/querying.ts",
    "capabilities-own-their-ports: functions/catalog/src/stock/peeking.ts",
    "domain-is-pure: packages/domain/src/leaky.ts",
    "no-circular: functions/basket/src/cart/circle.ts",
    "one-context-never-imports-another: functions/basket/src/cart/neighbour.ts",
  ])
})
