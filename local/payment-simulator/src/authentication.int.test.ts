import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
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

const call = (path: string, form?: Record<string, string>) => ask(simulator.url, path, form)
const returnUrl = "https://shop.example/orders/1?from=bank"
const pay = async (more: Record<string, string> = { return_url: returnUrl }) =>
  (await call("/v1/payment_intents", { ...order("pm_card_authenticationRequired"), ...more })).body
const press = (url: string, answer: string) =>
  fetch(url, { method: "POST", body: new URLSearchParams({ answer }), redirect: "manual" })
const statusOf = async (id: string) => (await call(`/v1/payment_intents/${id}`)).body

it("sends the holder of the card to a page, and back when they have authorised", async () => {
  const intent = await pay({ return_url: returnUrl, description: "<b>Order 1</b>" })
  expect(intent).toMatchObject({
    status: "requires_action",
    amount_capturable: 0,
    next_action: { type: "redirect_to_url", redirect_to_url: { return_url: returnUrl } },
  })
  const { url } = intent.next_action.redirect_to_url
  const page = await fetch(url)
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'")
  const html = await page.text()
  expect(html).toContain("€25.00")
  expect(html).toContain('<form method="post">')
  expect(html).toContain("&#60;b&#62;Order 1")
  expect((await statusOf(intent.id)).status).toBe("requires_action")

  const back = await press(url, "authorise")
  expect(back.status).toBe(303)
  const location = new URL(back.headers.get("location") ?? "")
  expect(location.origin + location.pathname).toBe("https://shop.example/orders/1")
  expect(Object.fromEntries(location.searchParams)).toEqual({
    from: "bank",
    payment_intent: intent.id,
    payment_intent_client_secret: intent.client_secret,
    redirect_status: "succeeded",
  })
  expect(await statusOf(intent.id)).toMatchObject({ status: "requires_capture", next_action: null })
  expect((await call(`/v1/payment_intents/${intent.id}/capture`, {})).body.status).toBe("succeeded")

  const late = await press(url, "refuse")
  expect(late.headers.get("location")).toContain("redirect_status=succeeded")
  expect((await statusOf(intent.id)).status).toBe("succeeded")
})

it("leaves an intent for another card when they refuse", async () => {
  const intent = await pay()
  const back = await press(intent.next_action.redirect_to_url.url, "refuse")
  expect(back.headers.get("location")).toContain("redirect_status=failed")
  expect(await statusOf(intent.id)).toMatchObject({
    status: "requires_payment_method",
    payment_method: null,
    next_action: null,
    last_payment_error: { code: "payment_intent_authentication_failure" },
  })
  const again = await call(`/v1/payment_intents/${intent.id}/confirm`, { payment_method: "pm_card_visa" })
  expect(again.body).toMatchObject({ status: "requires_capture", last_payment_error: null })
})

it("captures at once after the authentication where the capture method is automatic", async () => {
  const intent = await pay({ return_url: returnUrl, capture_method: "automatic" })
  await press(intent.next_action.redirect_to_url.url, "authorise")
  expect(await statusOf(intent.id)).toMatchObject({ status: "succeeded", amount_received: 2500 })
})

it("can be cancelled while it waits, and the page then changes nothing", async () => {
  const intent = await pay()
  expect((await call(`/v1/payment_intents/${intent.id}/capture`, {})).body.error.code).toBe(
    "payment_intent_unexpected_state",
  )
  expect((await call(`/v1/payment_intents/${intent.id}/cancel`, {})).body).toMatchObject({
    status: "canceled",
    next_action: null,
  })
  const back = await press(intent.next_action.redirect_to_url.url, "authorise")
  expect(back.headers.get("location")).toContain("redirect_status=failed")
  expect((await statusOf(intent.id)).status).toBe("canceled")
})

it("leaves it to the page's script where no return URL was given", async () => {
  const intent = await pay({})
  expect(intent.next_action.type).toBe("use_stripe_sdk")
  const done = await press(intent.next_action.use_stripe_sdk.stripe_js, "authorise")
  expect([done.status, await done.text()]).toEqual([200, expect.stringContaining("You may close this page")])
  expect((await statusOf(intent.id)).status).toBe("requires_capture")
})

it("shows nothing without the client secret and does nothing without a button", async () => {
  const intent = await pay()
  const { url } = intent.next_action.redirect_to_url
  for (const wrong of [url.split("?")[0], `${url}x`, url.replace(intent.id, "pi_other")]) {
    expect((await fetch(wrong)).status).toBe(404)
    expect((await press(wrong, "authorise")).status).toBe(404)
  }
  expect((await press(url, "perhaps")).status).toBe(400)
  expect((await statusOf(intent.id)).status).toBe("requires_action")
})
