import { randomUUID } from "node:crypto"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { shopClient, someAddress } from "@eshop/local-cloud/shop/shop-client"
import type { Page } from "playwright-core"
import { signInAsStaff } from "../staff.ts"
import type { TakePicture } from "./shop.ts"

/** Checks out while nobody can be asked for the money. */
async function checkOut({ connections }: Cloud): Promise<void> {
  const buyer = await shopClient(connections).signIn(`stuck-${randomUUID()}`)
  await buyer.putItem("HTC-U11-PLUS-BLACK", 1)
  const order = { shippingAddress: someAddress, paymentMethod: "pm_card_visa", expectedTotal: usd(380_00) }
  await buyer.checkout(order)
}

/** An operator's way past every page of the console, while two checkouts are stuck. */
export async function walkConsole(page: Page, take: TakePicture, cloud: Cloud): Promise<void> {
  const back = cloud.part("payments").takeAway()
  await Promise.all([checkOut(cloud), checkOut(cloud)])
  await signInAsStaff(page, "administrator")
  await page.getByText("2 sagas need a person.").waitFor()
  await take(page, "console-sagas")
  await page.getByRole("row").nth(1).getByRole("link").click()
  await page.getByRole("heading", { name: "What happened" }).waitFor()
  await take(page, "console-saga")
  await page.goto("/console/messages")
  await page.getByText("No message waits for a person.").waitFor()
  await take(page, "console-messages")
  await page.goto("/console/health")
  await page.getByText("store: up").nth(3).waitFor()
  await take(page, "console-health")
  await back()
  await page.goto("/console")
  await page.getByText("Nothing needs a person.").waitFor()
}
