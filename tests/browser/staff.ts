import type { Page } from "playwright-core"

/**
 * Signs in from a page of the staff's, and comes back to it.
 * @param account an account of the local provider: `administrator`, or a role's such as `orders-manage`
 */
export async function signInAsStaff(page: Page, account: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click()
  await page.locator(`button[value="${account}"]`).click()
  await page.getByRole("button", { name: "Sign out" }).waitFor()
}
