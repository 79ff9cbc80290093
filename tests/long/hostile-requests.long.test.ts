import { afterAll, beforeAll, expect, test } from "vitest"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { attack, memoryTable } from "../fixtures/hostile-run.ts"

const REQUESTS = 10_000
const SEED = 20_261_126

let running: RunningShop
beforeAll(async () => {
  running = await runShop()
})
afterAll(() => running?.stop())

test(`${REQUESTS} hostile requests: no failure, no process lost, and the memory of each is told`, async () => {
  const { sent, wrong, statuses, before, after } = await attack(running, REQUESTS, SEED)
  console.log(`${sent} requests answered with ${JSON.stringify(Object.fromEntries(statuses))}`)
  console.table(memoryTable(before, after))
  expect(wrong.slice(0, 20)).toEqual([])
  expect(after.map(({ name, pid }) => [name, pid])).toEqual(before.map(({ name, pid }) => [name, pid]))
})
