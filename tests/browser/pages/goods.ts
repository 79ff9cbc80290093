import type { Page } from "playwright-core"
import { signInAsStaff } from "../staff.ts"
import type { TakePicture } from "./shop.ts"

/** A merchant's way past every page of what is sold. */
export async function walkGoods(page: Page, take: TakePicture): Promise<void> {
  await signInAsStaff(page, "administrator")
  await page.getByRole("row").nth(50).waitFor()
  await take(page, "back-office-products")
  await follow(page, "IPhone X", "IPhone X")
  await take(page, "back-office-product")
  await follow(page, "US$950.00 IPHONE-X-BLACK", "Prices of IPHONE-X-BLACK")
  await take(page, "back-office-prices")
  for (const [link, name] of [
    ["Categories", "categories"],
    ["Stock", "stock"],
    ["Import and export", "imports"],
    ["Tax rates", "taxes"],
    ["Shipping methods", "shipping"],
    ["Audit trail", "audit"],
  ] as const) {
    await follow(page, link, link)
    await take(page, `back-office-${name}`)
  }
}

async function follow(page: Page, link: string, title: string): Promise<void> {
  await page.getByRole("link", { name: link, exact: true }).click()
  await page.getByRole("heading", { level: 1, name: title }).waitFor()
}
