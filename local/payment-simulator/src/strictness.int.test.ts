import { mkdtemp, rm, stat } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type PaymentSimulator, startPaymentSimulator } from "./server.ts"
import { apiKey, ask, order } from "./testing/client.ts"

let dataDir: string
let simulator: PaymentSimulator

const start = (searchLagMs: number) => startPaymentSimulator({ port: 0, apiKey, dataDir, searchLagMs })
const call = (path: string, form?: Record<string, string>, key?: string) =>
  ask(simulator.url, path, form, key)

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  simulator = await start(0)
})

afterEach(async () => {
  await simulator.close()
  await rm(dataDir, { recursive: true })
})

describe("amounts and currencies", () => {
  it.each([
    ["usd", 50, "Amount must be at least $0.50 usd"],
    ["EUR", 50, "Amount must be at least €0.50 eur"],
    ["gbp", 30, "Amount must be at least £0.30 gbp"],
    ["jpy", 50, "Amount must be at least ¥50 jpy"],
    ["nok", 300, "Amount must be at least NOK 3.00 nok"],
  ])("takes %s from %i minor units", async (currency, minimum, message) => {
    const pay = (amount: number) =>
      call("/v1/payment_intents", { ...order("pm_card_visa"), currency, amount: String(amount) })
    const refused = await pay(minimum - 1)
    expect(refused.status).toBe(400)
    expect(refused.body.error).toMatchObject({
      type: "invalid_request_error",
      code: "amount_too_small",
      param: "amount",
    })
    expect(refused.body.error.message.replaceAll("\u00a0", " ")).toBe(message)
    expect((await pay(minimum)).body).toMatchObject({ status: "requires_capture", amount: minimum })
  })

  // The last one is the Kelvin sign, which becomes a k in lower case.
  it.each(["xxx", "euro", "e", "€", "cz\u212a"])("knows no currency %s", async (currency) => {
    const { status, body } = await call("/v1/payment_intents", { ...order("pm_card_visa"), currency })
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ type: "invalid_request_error", param: "currency" })
    expect(body.error.message.startsWith(`Invalid currency: ${currency}. Stripe currently supports`)).toBe(
      true,
    )
  })
})

describe("cards", () => {
  it.each([
    ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"],
  ])("declines %s as the provider does", async (method, code, decline_code) => {
    const { status, body } = await call("/v1/payment_intents", order(method))
    expect(status).toBe(402)
    expect(body.error).toMatchObject({
      type: "card_error",
      code,
      decline_code,
      payment_intent: {
        status: "requires_payment_method",
        last_payment_error: { type: "card_error", code, decline_code },
      },
    })
  })

  it("disputes the charge of pm_card_createDispute, which cannot be refunded then", async () => {
    const { id } = (await call("/v1/payment_intents", order("pm_card_createDispute"))).body
    expect((await call(`/v1/disputes?payment_intent=${id}`)).body.data).toEqual([])
    await call(`/v1/payment_intents/${id}/capture`, {})
    const { data } = (await call(`/v1/disputes?payment_intent=${id}`)).body
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({
      object: "dispute",
      amount: 2500,
      payment_intent: id,
      reason: "fraudulent",
      status: "needs_response",
    })
    const refused = await call("/v1/refunds", { payment_intent: id })
    expect([refused.status, refused.body.error.code]).toEqual([400, "charge_disputed"])
  })
})

describe("search", () => {
  const found = async () => {
    const query = encodeURIComponent("metadata['order_id']:'order-1'")
    const { data } = (await call(`/v1/payment_intents/search?query=${query}`)).body
    return data.map(({ status }: { status: string }) => status)
  }
  const restart = async (searchLagMs: number) => {
    await simulator.close()
    simulator = await start(searchLagMs)
  }

  it("knows neither a new nor a changed payment until its time has come; everything else does", async () => {
    const LONG_MS = 3_600_000
    await restart(LONG_MS)
    const { id } = (await call("/v1/payment_intents", order("pm_card_visa"))).body
    expect(await found()).toEqual([])
    expect((await call(`/v1/payment_intents/${id}`)).body.status).toBe("requires_capture")
    expect((await call("/v1/payment_intents")).body.data).toHaveLength(1)
    const ofOrder = async (orderId: string) =>
      (await call(`/v1/test_helpers/payment_intents?order_id=${orderId}`)).body.data
    expect(await ofOrder("order-1")).toMatchObject([{ id, status: "requires_capture" }])
    expect(await ofOrder("order-2")).toEqual([])

    await restart(0)
    expect(await found()).toEqual(["requires_capture"])
    await restart(LONG_MS)
    await call(`/v1/payment_intents/${id}/capture`, {})
    expect(await found()).toEqual(["requires_capture"])
    await restart(0)
    expect(await found()).toEqual(["succeeded"])
  })

  it("catches up by itself", async () => {
    await restart(200)
    await call("/v1/payment_intents", order("pm_card_visa"))
    await expect.poll(found).toEqual(["requires_capture"])
  })

  it("refuses a page that it did not give out", async () => {
    const query = encodeURIComponent("status:'succeeded'")
    const { status, body } = await call(`/v1/payment_intents/search?query=${query}&page=pi_other`)
    expect([status, body.error.param]).toEqual([400, "page"])
  })
})

describe("the store", () => {
  it.runIf(process.platform !== "win32")("is readable by its user alone", async () => {
    await call("/v1/payment_intents", order("pm_card_visa"))
    for (const name of ["payments.sqlite", "payments.sqlite-wal", "payments.sqlite-shm"])
      expect([name, (await stat(join(dataDir, name))).mode & 0o777]).toEqual([name, 0o600])
  })

  it("reads what a simulator before the search index kept", async () => {
    const { id } = (await call("/v1/payment_intents", order("pm_card_visa"))).body
    await simulator.close()
    const database = new DatabaseSync(join(dataDir, "payments.sqlite"))
    database.exec(`DROP TABLE search_index; DROP TABLE search_updates;
      UPDATE intents SET state = json_remove(state, '$.clientSecret', '$.returnUrl', '$.actionUrl', '$.dispute')`)
    database.close()
    simulator = await start(3_600_000)
    const query = encodeURIComponent("metadata['order_id']:'order-1'")
    const { data } = (await call(`/v1/payment_intents/search?query=${query}`)).body
    expect(data).toMatchObject([{ id, status: "requires_capture", next_action: null }])
    expect((await call(`/v1/payment_intents/${id}/capture`, {})).body.status).toBe("succeeded")
  })
})

it("answers 400 to a target that is no URL", async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    let text = ""
    const socket = connect(Number(new URL(simulator.url).port), "127.0.0.1", () =>
      socket.write("GET // HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"),
    )
    socket.on("data", (data) => {
      text += data
    })
    socket.on("close", () => resolve(text)).on("error", reject)
  })
  expect(answer.split(" ", 2)[1]).toBe("400")
})
