import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { type PaymentSimulator, startPaymentSimulator } from "./server.ts"
import { apiKey, ask, order } from "./testing/client.ts"

let dataDir: string
let simulator: PaymentSimulator

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  simulator = await startPaymentSimulator({ port: 0, apiKey, dataDir, slowMs: 50 })
  simulator.deliver("never")
})
afterEach(async () => {
  await simulator.close()
  await rm(dataDir, { recursive: true, force: true })
})

const call = (path: string, form?: Record<string, string>) => ask(simulator.url, path, form)
const listed = async (query: string) => (await call(`/v1/events?${query}`)).body
const typesOf = (list: { data: { type: string }[] }) => list.data.map(({ type }) => type)
const LATE = ["refund.failed", "charge.dispute.created", "charge.dispute.closed"]
const late = LATE.map((type, index) => `types[${index}]=${type}`).join("&")

async function pay(method: string): Promise<string> {
  const { body } = await call("/v1/payment_intents", order(method))
  await call(`/v1/payment_intents/${body.id}/capture`, {})
  return body.id
}
const disputeOf = async (id: string) => (await call(`/v1/disputes?payment_intent=${id}`)).body.data[0].id

test("what no endpoint heard of is listed, the newest first: a refund that comes back, a dispute and its end", async () => {
  const refunded = await pay("pm_card_refundFail")
  await call("/v1/refunds", { payment_intent: refunded })
  await expect.poll(async () => typesOf(await listed(late))).toEqual(["refund.failed"])
  const dispute = await disputeOf(await pay("pm_card_createDispute"))
  await call(`/v1/disputes/${dispute}`, { "evidence[uncategorized_text]": "losing_evidence" })
  const list = await listed(late)
  expect(list).toMatchObject({ object: "list", url: "/v1/events", has_more: false })
  expect(typesOf(list)).toEqual(["charge.dispute.closed", "charge.dispute.created", "refund.failed"])
  expect(list.data[0]).toMatchObject({
    id: expect.stringMatching(/^evt_/),
    object: "event",
    data: { object: { id: dispute, status: "lost" } },
  })
})

test("a list has pages, and takes the time and the types of its events", async () => {
  await pay("pm_card_visa")
  const all = await listed("limit=100")
  expect(typesOf(all)).toEqual([
    "payment_intent.succeeded",
    "payment_intent.amount_capturable_updated",
    "payment_intent.created",
  ])
  const first = await listed("limit=2")
  expect(first).toEqual({ ...all, data: all.data.slice(0, 2), has_more: true })
  const rest = await listed(`limit=2&starting_after=${first.data[1].id}`)
  expect(rest).toEqual({ ...all, data: all.data.slice(2), has_more: false })
  const { created } = all.data[2]
  expect((await listed(`created[lt]=${created}`)).data).toEqual([])
  expect((await listed(`created[gte]=${created}`)).data).toHaveLength(3)
  expect(typesOf(await listed("types[]=payment_intent.created"))).toEqual(["payment_intent.created"])
})

test("what Stripe refuses is refused", async () => {
  const many = Array.from({ length: 21 }, (_, index) => `types[${index}]=refund.failed`).join("&")
  for (const query of ["limit=101", "type_of=refund.failed", many])
    expect((await call(`/v1/events?${query}`)).status).toBe(400)
  expect(await call("/v1/events?starting_after=evt_nobody")).toMatchObject({
    status: 404,
    body: { error: { code: "resource_missing", param: "starting_after" } },
  })
})
