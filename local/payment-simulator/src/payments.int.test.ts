import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type PaymentSimulator, startPaymentSimulator } from "./server.ts"
import { apiKey, ask, order } from "./testing/client.ts"

let dataDir: string
let simulator: PaymentSimulator

const start = (options: { slowMs?: number; withholdMs?: number } = {}) =>
  startPaymentSimulator({ port: 0, apiKey, dataDir, slowMs: 50, ...options })

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  simulator = await start()
})

afterEach(async () => {
  await simulator.close()
  await rm(dataDir, { recursive: true })
})

const call = (path: string, form?: Record<string, string>, key?: string, signal?: AbortSignal) =>
  ask(simulator.url, path, form, key, signal)

const authorise = async (method = "pm_card_visa", orderId = "order-1"): Promise<string> =>
  (await call("/v1/payment_intents", order(method, orderId))).body.id

const summary = async () => (await call("/v1/test_helpers/summary")).body
const nothing = { intents: 0, capturable: 0, captured: 0, refunded: 0 }

describe("authorise and capture", () => {
  it("authorises, captures once and counts the money once", async () => {
    const authorised = await call("/v1/payment_intents", order("pm_card_visa"))
    expect(authorised.status).toBe(200)
    expect(authorised.body).toMatchObject({
      object: "payment_intent",
      status: "requires_capture",
      amount: 2500,
      amount_capturable: 2500,
      amount_received: 0,
      currency: "eur",
      capture_method: "manual",
      metadata: { order_id: "order-1" },
    })
    expect(authorised.body.id).toMatch(/^pi_[A-Za-z0-9]{24}$/)
    expect(authorised.body.latest_charge).toMatch(/^ch_/)
    expect(await summary()).toEqual({ intents: 1, capturable: 2500, captured: 0, refunded: 0 })

    const captured = await call(`/v1/payment_intents/${authorised.body.id}/capture`, {})
    expect(captured.body).toMatchObject({ status: "succeeded", amount_capturable: 0, amount_received: 2500 })
    const again = await call(`/v1/payment_intents/${authorised.body.id}/capture`, {})
    expect(again.status).toBe(400)
    expect(again.body.error).toMatchObject({
      type: "invalid_request_error",
      code: "payment_intent_unexpected_state",
      payment_intent: { status: "succeeded" },
    })
    expect(await summary()).toEqual({ intents: 1, capturable: 0, captured: 2500, refunded: 0 })
  })

  it("captures a part and releases the rest", async () => {
    const id = await authorise()
    expect(
      (await call(`/v1/payment_intents/${id}/capture`, { amount_to_capture: "2501" })).body.error,
    ).toMatchObject({
      code: "amount_too_large",
      param: "amount_to_capture",
    })
    const part = await call(`/v1/payment_intents/${id}/capture`, { amount_to_capture: "1000" })
    expect(part.body).toMatchObject({ status: "succeeded", amount_received: 1000, amount_capturable: 0 })
  })

  it("captures by itself where the capture method is automatic", async () => {
    const { body } = await call("/v1/payment_intents", {
      ...order("pm_card_visa"),
      capture_method: "automatic",
    })
    expect(body).toMatchObject({ status: "succeeded", amount_received: 2500 })
  })

  it("refuses a declined card, leaving an intent that takes another card", async () => {
    const declined = await call("/v1/payment_intents", order("pm_card_chargeDeclined"))
    expect(declined.status).toBe(402)
    expect(declined.body.error).toMatchObject({
      type: "card_error",
      code: "card_declined",
      decline_code: "generic_decline",
      payment_intent: { status: "requires_payment_method", payment_method: null },
    })
    expect(await summary()).toEqual({ ...nothing, intents: 1 })
    const { id } = declined.body.error.payment_intent
    const second = await call(`/v1/payment_intents/${id}/confirm`, { payment_method: "pm_card_visa" })
    expect(second.body).toMatchObject({ id, status: "requires_capture", last_payment_error: null })
  })

  it("lets a slow card be processing first", async () => {
    await simulator.close()
    simulator = await start({ slowMs: 300 })
    const slow = await call("/v1/payment_intents", order("pm_card_slow"))
    expect(slow.body).toMatchObject({ status: "processing", amount_capturable: 0 })
    const early = await call(`/v1/payment_intents/${slow.body.id}/capture`, {})
    expect(early.body.error.code).toBe("payment_intent_unexpected_state")
    await expect
      .poll(async () => (await call(`/v1/payment_intents/${slow.body.id}`)).body.status)
      .toBe("requires_capture")
    expect((await call(`/v1/payment_intents/${slow.body.id}/capture`, {})).body.status).toBe("succeeded")
  })

  it("does the first capture but withholds its answer until the caller has gone", async () => {
    const id = await authorise("pm_card_timeoutAfterCapture")
    const path = `/v1/payment_intents/${id}/capture`
    const impatient = new AbortController()
    const unanswered = call(path, {}, "capture-1", impatient.signal)
    await expect.poll(async () => (await summary()).captured).toBe(2500)
    const meanwhile = await call(path, {}, "capture-1")
    expect(meanwhile.status).toBe(409)
    expect(meanwhile.body.error).toMatchObject({ type: "idempotency_error", code: "idempotency_key_in_use" })
    impatient.abort()
    await expect(unanswered).rejects.toThrow()
    await expect.poll(async () => (await call(path, {}, "capture-1")).status).toBe(200)
    const repeated = await call(path, {}, "capture-1")
    expect(repeated.body).toMatchObject({ id, status: "succeeded", amount_received: 2500 })
    expect(repeated.headers.get("idempotent-replayed")).toBe("true")
    expect((await summary()).captured).toBe(2500)
  })

  it("answers a withheld capture when its time is over", async () => {
    await simulator.close()
    simulator = await start({ withholdMs: 50 })
    const id = await authorise("pm_card_timeoutAfterCapture")
    expect((await call(`/v1/payment_intents/${id}/capture`, {})).body.status).toBe("succeeded")
  })
})

describe("cancel", () => {
  it("cancels what is authorised and refuses what is captured or cancelled", async () => {
    const open = await authorise()
    const cancelled = await call(`/v1/payment_intents/${open}/cancel`, { cancellation_reason: "abandoned" })
    expect(cancelled.body).toMatchObject({
      status: "canceled",
      cancellation_reason: "abandoned",
      amount_capturable: 0,
    })
    expect((await call(`/v1/payment_intents/${open}/cancel`, {})).status).toBe(400)
    expect((await call(`/v1/payment_intents/${open}/capture`, {})).status).toBe(400)

    const paid = await authorise()
    await call(`/v1/payment_intents/${paid}/capture`, {})
    const refused = await call(`/v1/payment_intents/${paid}/cancel`, {})
    expect(refused.body.error.code).toBe("payment_intent_unexpected_state")
    expect(await summary()).toEqual({ intents: 2, capturable: 0, captured: 2500, refunded: 0 })
  })
})

describe("refunds", () => {
  it("refunds in parts, never more than was captured", async () => {
    const id = await authorise()
    const tooEarly = await call("/v1/refunds", { payment_intent: id })
    expect(tooEarly.body.error).toMatchObject({ param: "payment_intent" })
    await call(`/v1/payment_intents/${id}/capture`, {})

    const part = await call("/v1/refunds", {
      payment_intent: id,
      amount: "1000",
      reason: "requested_by_customer",
    })
    expect(part.body).toMatchObject({
      object: "refund",
      status: "succeeded",
      amount: 1000,
      payment_intent: id,
    })
    const tooMuch = await call("/v1/refunds", { payment_intent: id, amount: "1501" })
    expect(tooMuch.body.error).toMatchObject({ code: "amount_too_large", param: "amount" })
    const rest = await call("/v1/refunds", { payment_intent: id })
    expect(rest.body.amount).toBe(1500)
    const none = await call("/v1/refunds", { payment_intent: id })
    expect(none.body.error.code).toBe("charge_already_refunded")
    expect(await summary()).toEqual({ intents: 1, capturable: 0, captured: 2500, refunded: 2500 })

    expect((await call(`/v1/refunds/${part.body.id}`)).body).toEqual(part.body)
    const { body } = await call(`/v1/refunds?payment_intent=${id}`)
    expect(body.data).toEqual([rest.body, part.body])
  })

  it("are listed by the time they were made, newest first, page by page, with their payment where it is asked for", async () => {
    const made: { id: string; created: number }[] = []
    for (const amount of ["100", "200", "300"]) {
      const id = await authorise()
      await call(`/v1/payment_intents/${id}/capture`, {})
      made.unshift((await call("/v1/refunds", { payment_intent: id, amount })).body)
    }
    const [newest, middle, oldest] = made as [
      { id: string; created: number },
      (typeof made)[0],
      (typeof made)[0],
    ]
    const list = async (query: string) => (await call(`/v1/refunds?${query}`)).body
    const within = `created[gte]=${oldest.created}&created[lt]=${newest.created + 1}`
    expect(await list(`${within}&limit=2`)).toMatchObject({ data: [newest, middle], has_more: true })
    const rest = await list(`${within}&limit=2&starting_after=${middle.id}&expand[]=data.payment_intent`)
    expect(rest).toMatchObject({
      data: [{ id: oldest.id, payment_intent: { object: "payment_intent", status: "succeeded" } }],
      has_more: false,
    })
    expect((await list(`created[lt]=${oldest.created}`)).data).toEqual([])
    expect((await list(`created[gte]=${newest.created + 1}`)).data).toEqual([])
    for (const [query, param] of [
      ["starting_after=re_nobody", "starting_after"],
      ["created[gte]=yesterday", "created[gte]"],
      ["expand[]=data.customer", "expand[]"],
      ["created=1", "created"],
    ])
      expect((await list(query as string)).error).toMatchObject({ type: "invalid_request_error", param })
  })
})

describe("idempotency", () => {
  it("replays the identical answer, also of a refusal, and does the work once", async () => {
    const first = await call("/v1/payment_intents", order("pm_card_visa"), "key-1")
    const second = await call("/v1/payment_intents", order("pm_card_visa"), "key-1")
    expect(second.body).toEqual(first.body)
    expect(first.headers.get("idempotent-replayed")).toBeNull()
    expect(second.headers.get("idempotent-replayed")).toBe("true")
    const declined = await call("/v1/payment_intents", order("pm_card_chargeDeclined"), "key-2")
    const repeated = await call("/v1/payment_intents", order("pm_card_chargeDeclined"), "key-2")
    expect([repeated.status, repeated.body]).toEqual([402, declined.body])
    expect((await summary()).intents).toBe(2)
  })

  it("does the work once for many requests at a time", async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => call("/v1/payment_intents", order("pm_card_visa"), "key-1")),
    )
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1)
    expect((await summary()).intents).toBe(1)
  })

  it("refuses a key with another body or at another address", async () => {
    await call("/v1/payment_intents", order("pm_card_visa"), "key-1")
    const otherBody = await call("/v1/payment_intents", { ...order("pm_card_visa"), amount: "1" }, "key-1")
    expect(otherBody.status).toBe(400)
    expect(otherBody.body.error.type).toBe("idempotency_error")
    const otherAddress = await call("/v1/refunds", order("pm_card_visa"), "key-1")
    expect([otherAddress.status, otherAddress.body.error.type]).toEqual([400, "idempotency_error"])
    expect((await summary()).intents).toBe(1)
  })

  it("does not use a key up with a malformed request", async () => {
    expect((await call("/v1/payment_intents", { amount: "5" }, "key-1")).status).toBe(400)
    expect((await call("/v1/payment_intents", order("pm_card_visa"), "key-1")).status).toBe(200)
  })
})

describe("reconciliation", () => {
  it("finds intents by metadata and status, and pages through lists", async () => {
    const ids = []
    for (const name of ["a", "b", "a"]) ids.unshift(await authorise("pm_card_visa", name))
    await call(`/v1/payment_intents/${ids[0]}/capture`, {})
    const search = async (query: string, more = "") =>
      (await call(`/v1/payment_intents/search?query=${encodeURIComponent(query)}${more}`)).body
    const found = await search("metadata['order_id']:'a'")
    expect(found).toMatchObject({ object: "search_result", has_more: false, next_page: null })
    expect(found.data.map(({ id }: { id: string }) => id)).toEqual([ids[0], ids[2]])
    const open = await search(`metadata["order_id"]:"a" AND status:'requires_capture'`)
    expect(open.data.map(({ id }: { id: string }) => id)).toEqual([ids[2]])
    const page = await search("metadata['order_id']:'a'", "&limit=1")
    const next = await search("metadata['order_id']:'a'", `&limit=1&page=${page.next_page}`)
    expect(next.data.map(({ id }: { id: string }) => id)).toEqual([ids[2]])
    expect((await search("order_id is a")).error).toMatchObject({
      type: "invalid_request_error",
      param: "query",
    })

    const first = (await call("/v1/payment_intents?limit=2")).body
    expect(first).toMatchObject({ object: "list", has_more: true })
    const last = (await call(`/v1/payment_intents?limit=2&starting_after=${first.data[1].id}`)).body
    expect([...first.data, ...last.data].map(({ id }) => id)).toEqual(ids)
    expect(last.has_more).toBe(false)
  })
})

describe("bad requests", () => {
  it.each([
    [{ currency: "eur" }, "amount"],
    [{ amount: "1000" }, "currency"],
    [{ amount: "0", currency: "eur" }, "amount"],
    [{ amount: "1.5", currency: "eur" }, "amount"],
    [{ amount: "100000000", currency: "eur" }, "amount"],
    [{ amount: "1000", currency: "euro" }, "currency"],
    [{ amount: "1000", currency: "eur", confirm: "true" }, "payment_method"],
    [{ amount: "1000", currency: "eur", confirm: "yes", payment_method: "pm_card_visa" }, "confirm"],
    [{ amount: "1000", currency: "eur", payment_method: "pm_card_unknown" }, "payment_method"],
    [{ amount: "1000", currency: "eur", capture_method: "later" }, "capture_method"],
    [{ amount: "1000", currency: "eur", colour: "red" }, "colour"],
    [{ amount: "1000", currency: "eur", return_url: "https://shop.example/" }, "return_url"],
    [{ ...order("pm_card_visa"), return_url: "javascript:alert(1)" }, "return_url"],
  ])("refuses %j", async (form, param) => {
    const reply = await call("/v1/payment_intents", form as Record<string, string>)
    expect(reply.status).toBe(400)
    expect(reply.body.error).toMatchObject({ type: "invalid_request_error", param })
    expect(await summary()).toEqual(nothing)
  })

  it("asks for the right key", async () => {
    for (const authorization of [undefined, "Bearer sk_test_other", "Basic eDp5"]) {
      const response = await fetch(`${simulator.url}/v1/payment_intents`, {
        method: "POST",
        body: new URLSearchParams(order("pm_card_visa")),
        headers: authorization ? { authorization } : {},
      })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } })
    }
    expect(await summary()).toEqual(nothing)
  })

  it("answers 404 for what is not there", async () => {
    expect((await call("/v1/payment_intents/pi_nothing")).body.error.code).toBe("resource_missing")
    expect((await call("/v1/payment_intents/pi_nothing/capture", {})).status).toBe(404)
    expect((await call("/v1/refunds", { payment_intent: "pi_nothing" })).status).toBe(404)
    expect((await call("/v1/customers")).status).toBe(404)
  })
})

it("keeps everything over a restart, idempotency keys too", async () => {
  const first = await call("/v1/payment_intents", order("pm_card_visa"), "key-1")
  await simulator.close()
  simulator = await start()
  expect((await call(`/v1/payment_intents/${first.body.id}`)).body).toEqual(first.body)
  expect((await call("/v1/payment_intents", order("pm_card_visa"), "key-1")).body).toEqual(first.body)
  expect(await summary()).toEqual({ intents: 1, capturable: 2500, captured: 0, refunded: 0 })
})
