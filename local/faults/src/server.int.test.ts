import { afterAll, beforeAll, expect, test } from "vitest"
import type { PlacedOrder } from "./fault.ts"
import { faultsPart } from "./part.ts"
import { startFaults } from "./server.ts"
import type { HitOrder, ShopView } from "./shop.ts"

const asked: unknown[] = []
const wrong: string[] = []
const placed: Omit<PlacedOrder, "messages">[] = []
const id = (number: number) => `01a216c3-3aa0-755c-bc3f-9d59428f1c${String(number).padStart(2, "0")}`
const usual = { lines: [{ sku: "A", quantity: 1 }], paymentMethod: "pm_card_visa" }

/** A shop in which an order's saga comes by at its payment as soon as it is placed. */
const shop: ShopView = {
  hit: async (orderId): Promise<HitOrder> => ({
    id: orderId,
    number: "1",
    status: "Paid",
    cancelReason: undefined,
  }),
  placed: async () => usual,
  async place(order) {
    placed.push(order)
    const orderId = id(placed.length)
    await reach(orderId)
    return orderId
  },
  isReady: async () => true,
}
const part = faultsPart({
  launcher: {
    states: () => ({}),
    async ask(command) {
      asked.push(command)
      if (command.do === "freeze") throw new Error("redis does not run here.")
    },
  },
  payments: { goWrong: async (orderId, fault) => void wrong.push(`${orderId} ${fault}`) },
  shop,
  now: () => new Date("2026-11-26T08:00:00.000Z"),
})
let faults: Awaited<ReturnType<typeof startFaults>>
beforeAll(async () => {
  faults = await startFaults({ port: 0, part, shop, running: () => ["ordering", "postgres"] })
})
afterAll(() => faults.close())

const json = { "content-type": "application/json" }
async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = json) {
  const answer = await fetch(`${faults.url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) }
}
const reach = (orderId: string, headers: Record<string, string> = {}) =>
  send(
    "POST",
    "/fault-points",
    { place: "before", activity: "authorise-payment", instanceId: `${orderId}-checkout` },
    headers,
  )
const point = { place: "before", activity: "authorise-payment" }
const arm = (fault: object) => send("POST", "/api/switches", { fault, point, repeat: "once" })

test("each kind of fault is done by whoever can do it, and one that cannot be is told of", async () => {
  for (const fault of [
    { kind: "payment", what: "declined" },
    { kind: "webhook", what: "never" },
    { kind: "killed", part: "ordering" },
    { kind: "away", part: "postgres", seconds: 60 },
    { kind: "frozen", part: "redis", seconds: 5 },
  ])
    expect((await arm(fault)).status).toBe(201)
  expect((await send("GET", "/api/state")).body.choices).toEqual({
    parts: ["ordering", "postgres"],
    processes: ["ordering"],
  })
  await send("POST", "/api/orders", usual)
  expect(wrong).toEqual([`${id(1)} declined`, `${id(1)} webhook-never`])
  expect(asked).toEqual([
    { do: "kill", part: "ordering" },
    { do: "take-away", part: "postgres", seconds: 60 },
    { do: "freeze", part: "redis", seconds: 5 },
  ])
  const { strikes, orders, armed } = (await send("GET", "/api/state")).body
  expect(strikes.map(({ failed }: { failed?: string }) => failed)).toEqual([
    ...Array(4).fill(undefined),
    "redis does not run here.",
  ])
  expect([armed, orders]).toEqual([[], [{ id: id(1), number: "1", status: "Paid" }]])
})

test("messages come as the switch says, and as they are sent from the beginning on", async () => {
  asked.length = 0
  await send("PUT", "/api/messages", { messages: "twice" })
  await send("POST", "/api/beginning", {})
  expect(asked).toEqual([
    { do: "repeat", repetition: { times: 2, leastMs: 0, spreadMs: 2_000, seed: "0" } },
    { do: "repeat" },
  ])
})

test("a script is made of what happened and replayed; meanwhile nothing is switched", async () => {
  await arm({ kind: "payment", what: "declined" })
  await send("POST", "/api/orders", usual)
  const { body: script } = await send("GET", "/api/script")
  expect(script).toEqual({
    version: 1,
    seed: 0,
    orders: [{ ...usual, messages: "as-sent" }],
    faults: [{ order: 1, ...point, run: 1, fault: { kind: "payment", what: "declined" } }],
  })
  wrong.length = 0
  const { done } = part.replay(script)
  expect((await arm({ kind: "payment", what: "declined" })).status).toBe(409)
  expect((await send("POST", "/api/replays", script)).status).toBe(409)
  expect(await done).toEqual({ state: "done", orders: 1, placed: 1, faults: 1, struck: 1, missed: [] })
  expect(wrong).toEqual([`${id(3)} declined`])
})

test("what is no JSON, no fault, no switch, or from a page of another site is refused and changes nothing", async () => {
  await send("POST", "/api/beginning", {})
  const before = (await send("GET", "/api/state")).body
  const plain = { "content-type": "text/plain" }
  expect((await send("POST", "/api/switches", "{}", plain)).status).toBe(415)
  expect((await send("POST", "/api/switches", "{")).status).toBe(400)
  expect(await arm({ kind: "frozen", part: "postgres", seconds: 5 })).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("part") },
  })
  expect((await send("DELETE", "/api/switches/99")).status).toBe(404)
  expect((await send("GET", "/api/nothing")).status).toBe(404)
  expect((await reach(id(9), { origin: "https://example.com" })).status).toBe(403)
  expect((await send("GET", "/api/state")).body).toEqual(before)
})
