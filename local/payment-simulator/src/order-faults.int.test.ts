import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { type PaymentSimulator, startPaymentSimulator } from "./server.ts"
import { apiKey, ask, order } from "./testing/client.ts"

let dataDir: string
let simulator: PaymentSimulator
const reports: { type: string; orderId: string }[] = []
const shop = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { type, data } = JSON.parse(Buffer.concat(chunks).toString())
  reports.push({ type, orderId: data.object.metadata.order_id })
  response.end()
})

beforeEach(async () => {
  reports.length = 0
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve))
  dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  const webhook = { url: `http://127.0.0.1:${(shop.address() as AddressInfo).port}`, secret: "whsec_test" }
  simulator = await startPaymentSimulator({ port: 0, apiKey, dataDir, withholdMs: 100, webhook })
})
afterEach(async () => {
  await simulator.close()
  await new Promise((resolve) => shop.close(resolve).closeAllConnections())
  await rm(dataDir, { recursive: true, force: true })
})

const call = (path: string, form?: Record<string, string>, key?: string) =>
  ask(simulator.url, path, form, key)
const fault = (orderId: string, name: string) =>
  call("/v1/test_helpers/order_faults", { order_id: orderId, fault: name })
const pay = (orderId: string, key = `${orderId}-pay`) =>
  call("/v1/payment_intents", order("pm_card_visa", orderId), key)
const intentsOf = async (orderId: string) =>
  (await call(`/v1/test_helpers/payment_intents?order_id=${orderId}`)).body.data

test("the card of this order is declined once, that of another is not", async () => {
  expect((await fault("a", "declined")).status).toBe(200)
  expect((await pay("b")).status).toBe(200)
  expect(await pay("a")).toMatchObject({ status: 402, body: { error: { code: "card_declined" } } })
  expect((await pay("a", "again")).status).toBe(200)
})

test("a request without an answer has had no effect, or all of it", async () => {
  await fault("a", "unanswered-before")
  await expect(pay("a")).rejects.toThrow()
  expect(await intentsOf("a")).toEqual([])
  const { body } = await pay("a")
  await fault("a", "unanswered-after")
  const captured = call(`/v1/payment_intents/${body.id}/capture`, {}, "capture")
  await vi.waitFor(async () => expect(await intentsOf("a")).toMatchObject([{ status: "succeeded" }]))
  expect((await call(`/v1/payment_intents/${body.id}/capture`, {}, "capture")).status).toBe(409)
  expect((await captured).body.status).toBe("succeeded")
})

test("reports of this order's changes come twice, late or never", async () => {
  await fault("twice", "webhook-twice")
  await fault("never", "webhook-never")
  await fault("late", "webhook-late")
  for (const orderId of ["never", "late", "twice", "usual"]) await pay(orderId)
  const heard = (type: string) =>
    reports.filter((report) => report.type === type).map(({ orderId }) => orderId)
  await vi.waitFor(() => expect(heard("payment_intent.created")).toHaveLength(3))
  expect(heard("payment_intent.created").sort()).toEqual(["twice", "twice", "usual"])
})

test("nobody hears of the dispute of a payment whose reports never come", async () => {
  await fault("never", "webhook-never")
  for (const orderId of ["never", "usual"]) {
    const { body } = await call("/v1/payment_intents", order("pm_card_createDispute", orderId))
    await call(`/v1/payment_intents/${body.id}/capture`, {})
  }
  const disputes = () => reports.filter(({ type }) => type === "charge.dispute.created").length
  await vi.waitFor(() => expect(disputes()).toBe(1))
  const listed = (await call("/v1/events?types[]=charge.dispute.created")).body.data
  expect([listed.length, disputes()]).toEqual([2, 1])
})

test("what is no fault is refused", async () => {
  expect((await fault("a", "nonsense")).status).toBe(400)
  expect((await call("/v1/test_helpers/order_faults", { fault: "declined" })).status).toBe(400)
})
