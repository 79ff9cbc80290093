import { afterAll, beforeAll, expect, test } from "vitest"
import { attack } from "../fixtures/hostile-run.ts"
import { type RunningShop, runShop } from "./running-shop.ts"

// Ten thousand are in tests/long.
const REQUESTS = 2_000
const SEED = 20_261_101

let running: RunningShop
beforeAll(async () => {
  running = await runShop()
})
afterAll(() => running?.stop())

test(`${REQUESTS} hostile requests over all routes: no failure, and every answer is as the document says`, async () => {
  const { wrong, statuses, before, after } = await attack(running, REQUESTS, SEED)
  expect(wrong.slice(0, 20)).toEqual([])
  // Not all are refused at the door: some get to the rules behind it, some are even right.
  expect([200, 202, 400, 404, 409].filter((status) => !statuses.get(status))).toEqual([])
  expect(after.map(({ name, pid }) => [name, pid])).toEqual(before.map(({ name, pid }) => [name, pid]))
  for (const app of Object.values(running.cloud.connections.apps))
    expect((await fetch(`${app}/health/ready`)).status, app).toBe(200)
}, 300_000)
