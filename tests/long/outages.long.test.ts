import { setTimeout as sleep } from "node:timers/promises"
import type { PartName } from "@eshop/local-cloud/settings"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { buyersOf } from "../e2e/buyers.ts"
import { eventually, type RunningShop, runShop } from "../e2e/running-shop.ts"

/** Outages in seconds: `OUTAGES=15,120,600 npm run ci:long` has one of ten minutes as well. */
const outages = (process.env.OUTAGES ?? "15,120").split(",").map(Number)
const parts: PartName[] = [
  "postgres",
  "servicebus",
  "storage",
  "redis",
  "catalog",
  "basket",
  "discount",
  "ordering",
  "payments",
]

/** Longer than any of the apps waits for an answer. */
const STANDSTILL_MS = 30_000

let running: RunningShop
let buyers: Awaited<ReturnType<typeof buyersOf>>

beforeAll(async () => {
  running = await runShop()
  await running.sql("catalog", "UPDATE stock SET on_hand = 1000000")
  buyers = await buyersOf(running, 48)
})
afterAll(() => running.stop())

/** Waits for a part that was killed; the supervisor calls one that is killed again and again "keeps dying". */
async function isBack(name: PartName): Promise<void> {
  const state = await eventually(
    async () => running.cloud.part(name).state,
    (now) => now === "ready",
    60_000,
  )
  expect(state).toBe("ready")
}

describe.each(parts)("%s", (name) => {
  it("is there", () => {
    expect(running.cloud.parts.map((part) => part.name)).toContain(name)
  })

  it.each([1, 2])("is killed %i times amid the orders: all end for their own reason", async (times) => {
    const orders = await buyers.checkOut()
    for (let kill = 0; kill < times; kill++) {
      running.cloud.part(name).kill("SIGKILL")
      await isBack(name)
    }
    await buyers.expectRightEnds(orders, 120_000)
  })

  it.each(outages)("is away for %i s amid the orders: all end for their own reason", async (seconds) => {
    const orders = await buyers.checkOut()
    const back = running.cloud.part(name).takeAway()
    await sleep(seconds * 1_000)
    await back().catch(() => isBack(name))
    await buyers.expectRightEnds(orders, 180_000)
  })
  it("stands still for half a minute amid the orders: all end for their own reason", async () => {
    const orders = await buyers.checkOut()
    const goOn = running.cloud.part(name).holdStill()
    await sleep(STANDSTILL_MS)
    goOn()
    await buyers.expectRightEnds(orders, 180_000)
  })
})
