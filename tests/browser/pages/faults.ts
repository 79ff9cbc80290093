import { signInAsStaff } from "../staff.ts"
import type { Walk } from "./show.ts"

/** A developer's way past the switchboard of faults, with a fault that has struck and one that waits. */
export const walkFaults: Walk = async (page, show) => {
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
  await show(page, "console-faults")
  await page.getByRole("button", { name: "Begin anew" }).click()
  await page.getByText("Nothing is on.").waitFor()
}
