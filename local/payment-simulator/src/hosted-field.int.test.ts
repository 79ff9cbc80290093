import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { PUBLISHABLE_KEY } from "./payment-methods.ts"
import { type PaymentSimulator, startPaymentSimulator } from "./server.ts"
import { apiKey, ask, order } from "./testing/client.ts"

let dataDir: string
let simulator: PaymentSimulator

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  simulator = await startPaymentSimulator({ port: 0, apiKey, dataDir })
})
afterAll(async () => {
  await simulator.close()
  await rm(dataDir, { recursive: true })
})

const card = { number: "4242424242424242", exp_month: "12", exp_year: "2099", cvc: "123" }

async function tokenise(more: Partial<typeof card> = {}, key = PUBLISHABLE_KEY) {
  const members = Object.entries({ ...card, ...more }).map(([name, value]) => [`card[${name}]`, value])
  const response = await fetch(`${simulator.url}/v1/payment_methods`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: new URLSearchParams([["type", "card"], ...(members as [string, string][])]),
  })
  const body = (await response.json()) as { id?: string; error?: { code?: string; param?: string } }
  return [response.status, body.id ?? body.error?.code, body.error?.param]
}

it.each([
  ["4242424242424242", "pm_card_visa"],
  ["4000002760003184", "pm_card_authenticationRequired"],
  ["4000000000000002", "pm_card_chargeDeclined"],
  ["4000000000009995", "pm_card_chargeDeclinedInsufficientFunds"],
  ["4000000000001000", "pm_card_slow"],
  ["4000000000020000", "pm_card_timeoutAfterCapture"],
])("makes %s the payment method %s, which pays", async (number, method) => {
  expect(await tokenise({ number })).toEqual([200, method, undefined])
  expect((await ask(simulator.url, "/v1/payment_intents", order(method))).status).not.toBe(400)
})

it.each<[string, Partial<typeof card>, number, string, string]>([
  ["no card number", { number: "4242424242424241" }, 402, "invalid_number", "number"],
  ["a card that is no test card", { number: "5555555555554444" }, 402, "card_declined", "number"],
  ["an expired card", { exp_year: "2020" }, 402, "invalid_expiry_year_past", "exp_year"],
  ["a thirteenth month", { exp_month: "13" }, 402, "invalid_expiry_month", "exp_month"],
  ["a short security code", { cvc: "12" }, 402, "invalid_cvc", "cvc"],
  ["nothing", { number: "" }, 400, "parameter_missing", "card[number]"],
])("refuses %s", async (_, more, status, code, param) => {
  expect(await tokenise(more)).toEqual([status, code, param])
})

it("takes cards by the publishable key alone, which opens nothing else", async () => {
  expect((await tokenise({}, apiKey))[0]).toBe(401)
  expect((await tokenise({}, "pk_test_other"))[0]).toBe(401)
  const intents = await fetch(`${simulator.url}/v1/payment_intents`, {
    headers: { authorization: `Bearer ${PUBLISHABLE_KEY}` },
  })
  expect(intents.status).toBe(401)
})

it("keeps nothing of a card", async () => {
  await tokenise()
  for (const file of await readdir(dataDir))
    expect((await readFile(join(dataDir, file))).includes(card.number), file).toBe(false)
})

it("shows its fields in a frame of the page that asks for them, and in no other", async () => {
  const policyOf = async (parent?: string) => {
    const url = new URL("/elements/card.html", simulator.url)
    if (parent !== undefined) url.searchParams.set("parent", parent)
    const { headers } = await fetch(url)
    return headers.get("content-security-policy")?.split("; ").at(-1)
  }
  expect(await policyOf("http://localhost:8080")).toBe("frame-ancestors http://localhost:8080")
  for (const parent of [undefined, "*", "http://localhost:8080/", "http://a; script-src *", "javascript:1"])
    expect(await policyOf(parent)).toBe("frame-ancestors 'none'")
  const script = await fetch(`${simulator.url}/elements/stripe.ts`)
  expect([script.status, script.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"])
  expect(await script.text()).not.toContain("import ")
  expect((await fetch(`${simulator.url}/elements/tsconfig.json`)).status).toBe(401)
})
