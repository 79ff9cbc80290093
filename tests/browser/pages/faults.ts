import type { Page } from "playwright-core"
import { signInAsStaff } from "../staff.ts"
import type { TakePicture } from "./shop.ts"

/** A developer's way past the switchboard of faults, with a fault that has struck and one that waits. */
export async function walkFaults(page: Page, take: TakePicture): Promise<void> {
  await signInAsStaff(page, "administrator")
  await page.getByRole("button", { name: "Begin anew" }).click()
  await page.getByText("Nothing has gone wrong yet.").waitFor()
  await page.getByRole("button", { name: "Switch on" }).click()
  await page.getByRole("button", { name: "Place an order" }).click()
  await page.getByRole("row").getByText("Cancelled payment.declined").waitFor()
  await page.getByLabel("What goes wrong").selectOption("It stands still")
  await page.getByLabel("For whom").selectOption("every order")
  await page.getByRole("button", { name: "Switch on" }).click()
  await page.getByRole("button", { name: /^Switch off/ }).waitFor()
  await take(page, "console-faults")
}
