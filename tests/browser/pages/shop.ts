import type { Page } from "playwright-core"
import { addToCart, fillCheckout, placeOrder, signIn, untilOrderIs } from "../shopper.ts"

/** Takes a picture of the page as it is, under this name. */
export type TakePicture = (page: Page, name: string) => Promise<void>

/** One customer's way past every page of the shop. */
export async function walkShop(page: Page, take: TakePicture): Promise<void> {
  await page.locator(".product-card").nth(11).waitFor()
  await take(page, "home")
  await page.goto("/products?category=audio")
  await page.locator(".product-card").first().waitFor()
  await take(page, "products")
  await addToCart(page, "iphone-x")
  await take(page, "product")
  await addToCart(page, "panasonic-lumix")
  await page.goto("/cart")
  await page.getByLabel("Country").selectOption("DE")
  await page.getByLabel("Coupon code").fill("WELCOME10")
  await page.getByRole("button", { name: "Redeem" }).click()
  await page.getByText("Remove the coupon").waitFor()
  await take(page, "cart")
  await signIn(page, "mehmet")
  await fillCheckout(page)
  await take(page, "checkout")
  await placeOrder(page)
  await untilOrderIs(page, "Paid")
  await page.getByText("The payment went through.").waitFor()
  await take(page, "order")
  await page.getByRole("link", { name: "Withdraw from contract here" }).first().click()
  await page.getByText("Which items?").waitFor()
  await take(page, "withdrawal")
  await page.goto("/orders")
  await page.locator(".order-entry").first().waitFor()
  await take(page, "orders")
  await page.goto("/account")
  await page.getByRole("button", { name: "Forget me" }).waitFor()
  await take(page, "account")
  await page.goto("/find-order")
  await page.getByRole("heading", { name: "Find an order" }).waitFor()
  await take(page, "find-order")
}
