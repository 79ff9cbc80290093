import { drawn } from "@eshop/faults/chance"
import type { Fault, Point, Script } from "@eshop/faults/fault"
import type { Replay } from "@eshop/faults/replay"
import type { Strike } from "@eshop/faults/switchboard"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { eventually, products, type RunningShop, runShop } from "./running-shop.ts"

type State = {
  readonly armed: readonly unknown[]
  readonly strikes: readonly Strike[]
  readonly orders: readonly { readonly status?: string; readonly cancelReason?: string }[]
  readonly counted: number
  readonly replay?: Replay
}

/** A killed app takes its time to come back where many processes want the processor. */
const PATIENCE_MS = 120_000
const FILE_MS = 300_000

let running: RunningShop

async function ask<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  // As the page does: through the gateway.
  const answer = await running.shop.send<T>(undefined, method, `/console/faults/api/${path}`, {
    ...(body !== undefined && { body }),
  })
  return { status: answer.status, body: answer.body }
}
const state = async () => (await ask<State>("GET", "state")).body
/** When so many faults have struck, and what became of the orders is known: Ordering may be away for a while. */
const stateAfter = (strikes: number) =>
  eventually(
    state,
    (now) => now.strikes.length === strikes && now.orders.every(({ status }) => status !== undefined),
    PATIENCE_MS,
  )
const order = (paymentMethod = "pm_card_visa") => ({
  lines: [{ sku: products.iphone, quantity: 1 }],
  paymentMethod,
})
const place = async () => (await ask<{ orderId: string }>("POST", "orders", order())).body.orderId
const arm = (fault: Fault, point: Point, repeat = "once") =>
  ask<{ id: number }>("POST", "switches", { fault, point, repeat })
/** Places orders one after the other, as a replay does, and waits until all have ended. */
async function placeAll(count: number) {
  const ids: string[] = []
  for (let placed = 1; placed <= count; placed++) {
    ids.push(await place())
    const { counted } = await eventually(state, (now) => now.counted === placed, PATIENCE_MS)
    expect(counted).toBe(placed)
  }
  const countEnded = async () => {
    const query =
      "SELECT count(*)::int AS ended FROM orders WHERE id = ANY ($1) AND status IN ('Paid', 'Cancelled')"
    return (await running.sql<{ ended: number }>("ordering", query, [ids]))[0]?.ended
  }
  expect(await eventually(countEnded, (ended) => ended === count, PATIENCE_MS)).toBe(count)
}
/** What struck which order where. */
const struck = ({ strikes }: Pick<State, "strikes">) =>
  strikes
    .map(
      ({ order, place, activity, run, fault }) =>
        `${order} ${place} ${activity} ${run} ${JSON.stringify(fault)}`,
    )
    .sort()
const replayed = async (script: Script) => {
  expect((await ask("POST", "replays", script)).status).toBe(201)
  await eventually(state, ({ replay }) => replay?.state !== "running", PATIENCE_MS)
}

beforeAll(async () => {
  running = await runShop({ faults: true })
  await running.cloud.part("faults").whenReady()
}, 120_000)
afterAll(() => running.stop())
beforeEach(async () => {
  await ask("POST", "beginning", {})
})

const declined: Fault = { kind: "payment", what: "declined" }
const beforePayment: Point = { place: "before", activity: "authorise-payment" }

test(
  "a declined payment and a killed app come again by the script, at the same steps of the same orders",
  async () => {
    await arm(declined, beforePayment)
    await arm({ kind: "killed", part: "ordering" }, { place: "after", activity: "capture-payment" })
    await ask("PUT", "messages", { messages: "twice" })
    await placeAll(2)
    const first = await stateAfter(2)
    expect(struck(first)).toEqual([
      '1 before authorise-payment 1 {"kind":"payment","what":"declined"}',
      '2 after capture-payment 1 {"kind":"killed","part":"ordering"}',
    ])
    expect(first.orders).toMatchObject([
      { status: "Cancelled", cancelReason: "payment.declined" },
      { status: "Paid" },
    ])
    const { body: script } = await ask<Script>("GET", "script")
    expect(script.orders).toEqual([
      { ...order(), messages: "twice" },
      { ...order(), messages: "twice" },
    ])
    await replayed(script)
    const second = await stateAfter(2)
    expect(second.replay).toMatchObject({ state: "done", struck: 2, missed: [] })
    expect(struck(second)).toEqual(struck(first))
    expect(second.orders).toMatchObject([{ status: "Cancelled" }, { status: "Paid" }])
  },
  FILE_MS,
)

test(
  "chance hits the orders that the seed says, at the steps that it says, each time",
  async () => {
    const chance = { seed: 152, percent: 70 }
    const expected = [1, 2, 3].flatMap((number) => {
      const { fault, point } = drawn(chance, number) ?? {}
      return fault && point ? [`${number} ${point.place} ${point.activity} 1 ${JSON.stringify(fault)}`] : []
    })
    expect(expected).toHaveLength(2)
    for (const _ of ["once", "again"]) {
      await ask("POST", "beginning", {})
      await ask("PUT", "chance", chance)
      await placeAll(3)
      expect(struck(await stateAfter(expected.length))).toEqual(expected)
    }
  },
  FILE_MS,
)

test("a switch that is off strikes nobody, and what cannot be read is refused", async () => {
  const { body } = await arm(declined, beforePayment, "every-order")
  expect((await ask("DELETE", `switches/${body.id}`)).status).toBe(200)
  expect((await ask("DELETE", `switches/${body.id}`)).status).toBe(404)
  expect((await ask("POST", "switches", { fault: { kind: "fire" } })).status).toBe(400)
  expect((await ask("POST", "replays", { version: 2 })).status).toBe(400)
  await placeAll(1)
  expect(await state()).toMatchObject({ counted: 1, armed: [], strikes: [] })
})
