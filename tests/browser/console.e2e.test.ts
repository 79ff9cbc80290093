// The saga console, on a whole shop: what an operator sees when something is stuck, and what they can do about it.
import { randomUUID } from "node:crypto"
import type { SagaPosition } from "@eshop/building-blocks/durable/position"
import { someAddress } from "@eshop/local-cloud/shop/shop-client"
import type { Page } from "playwright-core"
import { expect } from "vitest"
import { eventually, products, type RunningShop } from "../e2e/running-shop.ts"
import { describeInBrowser, it as onShop } from "./browser-test.ts"
import { sellTooMany, takeInOne } from "./parked-message.ts"

/** What more is sold of than there is. */
const SCARCE = "VEL-DAB-WALNUT"

/** What the operators' routes tell of a saga. */
type Told = {
  position?: SagaPosition
  steps: { step: string; attempts: { at: string; outcome: string }[] }[]
}
type Checkout = Awaited<ReturnType<typeof checkOut>>

/** Two checkouts that are stuck since the payment provider is away. */
const it = onShop
  .extend("back", { scope: "file" }, ({ shop }) => shop.cloud.part("payments").takeAway())
  .extend("stuck", { scope: "file" }, async ({ shop, back: _ }) => {
    const [repaired, ledBack] = await Promise.all([checkOut(shop, "repaired"), checkOut(shop, "led-back")])
    return { repaired, ledBack }
  })

async function checkOut({ shop }: RunningShop, name: string) {
  const buyer = await shop.signIn(`${name}-${randomUUID()}`)
  const { total } = await buyer.putItem(products.htc, 1)
  const order = { shippingAddress: someAddress, paymentMethod: "pm_card_visa", expectedTotal: total }
  const { body } = await buyer.checkout(order)
  return { buyer, orderId: body.orderId }
}

const send = async ({ shop }: RunningShop, method: "GET" | "POST", path: string, body?: object) =>
  shop.send<Told>(await shop.roleToken("orders.manage", "operations"), method, path, {
    ...(body && { body, headers: { "idempotency-key": randomUUID() } }),
  })

/**
 * Tries the failing step again at once, until its pause has just begun and is a long one: then nothing but an operator moves
 * it for half a minute. @returns the attempt that failed last
 */
async function untilItWaits(shop: RunningShop, { orderId }: Checkout): Promise<number> {
  let said = 0
  return await eventually(
    async () => {
      const { position } = (await send(shop, "GET", `/ordering/operations/instances/${orderId}`)).body
      const { step, attempt = 0, needsAttention } = position ?? {}
      // What was said comes about by a message: until then it still stands at the attempt before.
      if (!needsAttention || attempt === said) return 0
      if (attempt >= 7 && said > 0) return attempt
      const word = { word: "retry", step, attempt }
      const path = `/ordering/operations/sagas/${orderId}/words`
      if ((await send(shop, "POST", path, word)).status === 202) said = attempt
      return 0
    },
    (attempt) => attempt >= 7,
  )
}

/** Presses a button of the page, and the one that confirms it. */
async function act(page: Page, name: string, reason?: string): Promise<void> {
  await page.getByRole("button", { name }).click()
  const dialog = page.getByRole("alertdialog")
  if (reason !== undefined) await dialog.getByLabel("Why").fill(reason)
  await dialog.getByRole("button", { name: name.replace(/ \(.*/, "") }).click()
  await dialog.waitFor({ state: "detached" })
}

describeInBrowser("the saga console in a browser", () => {
  it("sends a message again that had to wait for goods, and shows the health of every app meanwhile", async ({
    shop,
    // What is to be stuck has its time for that meanwhile.
    stuck: _,
    work,
  }) => {
    await sellTooMany(shop.cloud, SCARCE)
    await eventually(
      () => shop.sql("catalog", "SELECT 1 FROM parked_message"),
      (rows) => rows.length === 1,
    )
    const page = await work("/console/health")
    await page.getByText("Not well: catalog.").waitFor()
    await page.getByText("1 × stock.gone").waitFor()
    expect(await page.getByText("store: up").count()).toBe(4)

    await page.getByRole("link", { name: "Show them" }).click()
    await page.getByText("1 message waits.").waitFor()
    const letter = page.getByRole("listitem").filter({ hasText: "stock.gone" })
    await letter.getByText("The order is paid, but not all of its units are there.").first().waitFor()
    await letter.getByText("The whole message").click()
    await letter.getByText('"customerId": "[redacted]"').waitFor()
    await takeInOne(shop.cloud, SCARCE)
    await letter.getByRole("checkbox").check()
    await page.getByRole("button", { name: "Send 1 selected again" }).click()
    await page.getByText("eshop.ordering.order-paid.v1: on its way again").waitFor()
    await page.getByText("No message waits for a person.").waitFor()
    expect((await shop.shop.stock(SCARCE)).onHand).toBe(0)
  })

  it("shows what is stuck; many are suspended and resumed at once, each with its result", async ({
    shop,
    stuck,
    work,
  }) => {
    await Promise.all(Object.values(stuck).map((one) => untilItWaits(shop, one)))
    const page = await work("/console")
    await page.getByText("2 sagas need a person.").waitFor()
    await page.getByRole("link", { name: "2 Needs attention" }).click()
    await page.waitForURL("**/console/sagas?view=attention")
    const rows = page.getByRole("row", { name: /stuck at authorise-payment .* payments is out/ })
    await rows.nth(1).waitFor()
    expect(await rows.count()).toBe(2)
    await page.getByRole("checkbox", { name: "Select all that are shown" }).check()
    expect(await page.getByRole("button", { name: "Skip the step (0)" }).isDisabled()).toBe(true)
    await page.getByRole("button", { name: "Suspend (2)" }).click()
    await page.keyboard.press("Escape")
    await act(page, "Suspend (2)", "the provider is asked first")
    await page.getByText("Suspend: 2 of 2 accepted").waitFor()
    await page.getByRole("link", { name: "2 Suspended" }).click()
    await page
      .getByRole("row", { name: /nothing moves until it is resumed/ })
      .nth(1)
      .waitFor()
    await page.getByRole("checkbox", { name: "Select all that are shown" }).check()
    expect(await page.getByRole("button", { name: "Retry now (0)" }).isDisabled()).toBe(true)
    await act(page, "Resume (2)", "the provider is back")
    await page.getByText("Resume: 2 of 2 accepted").waitFor()
    await page.getByRole("link", { name: "0 Suspended" }).waitFor()
  })

  it("leads one back, which waits for the provider as well", async ({ shop, stuck, work }) => {
    await untilItWaits(shop, stuck.ledBack)
    const page = await work(`/console/sagas/${stuck.ledBack.orderId}`)
    await page.getByText("This step cannot be left out.").waitFor()
    expect(await page.getByText("eshop.ordering.order-created.v1").count()).toBe(1)
    await act(page, "Lead back")
    await page.getByText("Lead back: 1 of 1 accepted").waitFor()
    await page.getByText("heard an operator: compensate, on authorise-payment").waitFor()
  })

  it("lets an operator try a stuck saga again, by the keyboard alone, and its order is paid", async ({
    back,
    shop,
    stuck,
    work,
  }) => {
    const { buyer, orderId } = stuck.repaired
    const instance = `/ordering/operations/instances/${orderId}`
    const page = await work(`/console/sagas/${orderId}`)
    const attempt = await untilItWaits(shop, stuck.repaired)
    await page.getByText(`: ${attempt} attempts, payments is out`).first().waitFor()
    await back()
    // Who has found the provider away does not ask it for two seconds, not for an operator either: somebody was answered first.
    await eventually(
      () => send(shop, "POST", "/ordering/operations/payments/reconciliation"),
      ({ status }) => status === 200,
    )
    const { position } = (await send(shop, "GET", instance)).body
    await page.getByRole("button", { name: "Retry now" }).focus()
    await page.keyboard.press("Enter")
    await page.getByRole("alertdialog").getByRole("button", { name: "Back", exact: true }).waitFor()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await page.getByText("Retry now: 1 of 1 accepted").waitFor()
    await page.getByText(`heard an operator: retry, on authorise-payment after attempt ${attempt}`).waitFor()
    expect((await buyer.ended(orderId)).status).toBe("Paid")
    // It was the word: the one attempt after it came before the pause was over.
    const { steps } = (await send(shop, "GET", instance)).body
    const tried = steps.find(({ step }) => step === "authorise-payment")?.attempts ?? []
    expect([tried.length, tried.at(-1)?.outcome]).toEqual([attempt + 1, "done"])
    expect(Date.parse(tried.at(-1)?.at ?? "")).toBeLessThan(Date.parse(position?.until ?? ""))
    await page.getByText("Has led the order to its payment").waitFor()
    const trail = page.getByRole("region", { name: "Who did what" }).getByRole("listitem")
    await trail.filter({ hasText: "saga.suspend" }).getByText("the provider is asked first").waitFor()
    await trail.filter({ hasText: "saga.resume" }).getByText("the provider is back").waitFor()
    expect(await trail.first().innerText()).toContain("saga.retry")
  })

  it("says of what has ended why nothing can be done any more, and removes it", async ({ stuck, work }) => {
    const { buyer, orderId } = stuck.ledBack
    expect((await buyer.ended(orderId)).cancelReason?.code).toBe("checkout.ended")
    const page = await work(`/console/sagas/${orderId}`)
    await page.getByText("Has led the order back").waitFor()
    expect(await page.getByText("It has ended.").count()).toBe(6)
    await act(page, "Remove", "seen to its end")
    await page.getByText("There is no saga of this id, or not any more").waitFor()
    await page.goto("/console")
    await page.getByText("Nothing needs a person.").waitFor()
  })

  it("shows somebody without the right what they may see, and refuses the rest in words", async ({
    shop,
    stuck,
    work,
  }) => {
    const seen = await work(`/console/sagas/${stuck.repaired.orderId}-fulfilment`, "orders-manage")
    await seen.getByText("Waits for shipment until").first().waitFor()
    expect(await seen.getByText("Needs the role operations.").count()).toBe(2)
    expect(await seen.getByRole("button", { name: "Terminate" }).isDisabled()).toBe(true)
    expect(await seen.getByRole("button", { name: "Suspend" }).isDisabled()).toBe(false)
    expect(await seen.getByRole("navigation").getByRole("link").allInnerTexts()).toContain("Sagas")
    const path = `/ordering/operations/instances/${stuck.repaired.orderId}-fulfilment/termination`
    const headers = { "idempotency-key": randomUUID() }
    const clerk = await shop.shop.roleToken("orders.manage")
    const refused = await shop.shop.send(clerk, "POST", path, { body: { reason: "to see" }, headers })
    expect(refused.status).toBe(403)
    await seen.goto("/console/messages")
    await seen.getByText("Your roles do not allow this.").waitFor()
    await seen.goto("/console/health")
    await seen.getByText("Your roles do not allow this.").waitFor()
  })
})
