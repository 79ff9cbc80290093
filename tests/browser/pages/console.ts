import { randomUUID } from "node:crypto"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { shopClient, someAddress } from "@eshop/local-cloud/shop/shop-client"
import { sellTooMany, takeInOne } from "../parked-message.ts"
import { signInAsStaff } from "../staff.ts"
import type { Walk } from "./show.ts"

/** Checks out while nobody can be asked for the money. */
async function checkOut({ connections }: Cloud): Promise<void> {
  const buyer = await shopClient(connections).signIn(`stuck-${randomUUID()}`)
  const { total } = await buyer.putItem("SAMSUNG-10-BLACK", 1)
  await buyer.checkout({ shippingAddress: someAddress, paymentMethod: "pm_card_visa", expectedTotal: total })
}

/** What more is sold of than there is. */
const SCARCE = "VEL-B1-GREEN"

/** An operator's way past every page of the console, while two checkouts are stuck and a message waits. */
export const walkConsole: Walk = async (page, show, cloud) => {
  const back = cloud.part("payments").takeAway()
  await Promise.all([checkOut(cloud), checkOut(cloud), sellTooMany(cloud, SCARCE)])
  await signInAsStaff(page, "administrator")
  await page.getByText("2 sagas need a person.").waitFor()
  await show(page, "console-sagas")
  await page.getByRole("row").nth(1).getByRole("link").click()
  await page.getByRole("heading", { name: "What happened" }).waitFor()
  await show(page, "console-saga")
  await page.getByRole("button", { name: "Suspend" }).click()
  await page.getByRole("alertdialog").waitFor()
  await show(page, "console-suspend")
  await page.keyboard.press("Escape")
  await page.goto("/console/messages")
  await page.getByText("1 message waits.").waitFor()
  await show(page, "console-messages")
  await page.goto("/console/health")
  await page.getByText("store: up").nth(3).waitFor()
  await show(page, "console-health")
  await takeInOne(cloud, SCARCE)
  await page.goto("/console/messages")
  await page.getByRole("listitem").getByRole("checkbox").check()
  await page.getByRole("button", { name: "Send 1 selected again" }).click()
  await page.getByText("No message waits for a person.").waitFor()
  await show(page, "console-no-messages")
  await back()
  await page.goto("/console")
  await page.getByText("Nothing needs a person.").waitFor()
}
