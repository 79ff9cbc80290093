import { randomUUID } from "node:crypto"
import { shopClient } from "@eshop/local-cloud/shop/shop-client"
import { signIn, untilOrderIs } from "../shopper.ts"
import { orderPhones, PHONE } from "./order.ts"
import type { Walk } from "./show.ts"

/** A customer's way past what can be done about an order: one that was declined, and one that has arrived. */
export const walkAfterPurchase: Walk = async (page, show, { connections }) => {
  const shop = shopClient(connections)
  const customer = await shop.signIn("john")
  const declined = await orderPhones(customer, "pm_card_visa_chargeDeclined")
  const arrived = await orderPhones(customer, "pm_card_visa")
  const fulfiller = await shop.roleToken("orders.fulfil")
  const operate = async (path: string, body: object) => {
    const headers = { "idempotency-key": randomUUID() }
    const answer = await shop.send<{ shipmentId: string }>(fulfiller, "POST", path, { body, headers })
    return answer.body
  }
  const parcels = `/ordering/operations/orders/${arrived}/shipments`
  const { shipmentId } = await operate(parcels, { lines: [{ sku: PHONE, quantity: 2 }], carrier: "DHL" })
  await operate(`${parcels}/${shipmentId}/delivery`, {})

  await signIn(page, "john")
  await page.goto(`/orders/${declined}`)
  await untilOrderIs(page, "Cancelled")
  await show(page, "order-declined")
  await page.goto(`/orders/${arrived}`)
  await untilOrderIs(page, "Delivered")
  await show(page, "order-delivered")
  await page.getByRole("link", { name: "Send something back" }).click()
  await page.getByRole("button", { name: "One more" }).click()
  await show(page, "return")
  await page.getByRole("button", { name: "Ask for the return" }).click()
  await page.getByText("We have your request").waitFor()
  await show(page, "return-asked")
  await page.goto(`/orders/${arrived}/withdrawal`)
  await page.getByText("Which items?").waitFor()
  await show(page, "withdrawal")
  await page.getByRole("button", { name: "Withdraw from contract here" }).click()
  await page.getByText(/To be sent back: /).waitFor()
  await show(page, "withdrawal-confirm")
  await page.getByRole("button", { name: "Confirm withdrawal" }).click()
  await page.getByText(/Your withdrawal from order .* was received/).waitFor()
  await show(page, "withdrawal-received")
  await page.goto("/withdraw")
  await page.locator(".order-entry").first().waitFor()
  await show(page, "withdraw")
  await page.goto("/orders")
  await page.locator(".order-entry").first().waitFor()
  await show(page, "orders")
  await page.goto("/account")
  await page.getByRole("button", { name: "Forget me" }).click()
  await page.getByRole("alertdialog").waitFor()
  await show(page, "account-forget")
  await page.getByRole("button", { name: "Go back" }).click()
  await show(page, "account")
}
