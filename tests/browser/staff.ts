import type { Page } from "playwright-core"
import type { Visitor } from "./browser.ts"

/**
 * Opens a page of the staff's in a new tab and signs in there.
 * @param account an account of the local provider: `administrator`, or a role's such as `orders-manage`
 */
export async function openAsStaff(visitor: Visitor, path: string, account: string): Promise<Page> {
  const page = await visitor.openTab(path)
  await signInAsStaff(page, account)
  return page
}

/** Signs in from a page of the staff's, and comes back to it. @param account as above */
export async function signInAsStaff(page: Page, account: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click()
  await page.locator(`button[value="${account}"]`).click()
  await page.getByRole("button", { name: "Sign out" }).waitFor()
}
