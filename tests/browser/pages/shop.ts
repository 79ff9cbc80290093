import type { Page } from "playwright-core"
import { addToCart, fillCheckout, placeOrder, untilOrderIs } from "../shopper.ts"
import type { Show, Walk } from "./show.ts"

/** A guest's way from the first look to a checkout, and past the pages beside it; then a customer's to a paid order. */
export const walkShop: Walk = async (page, show) => {
  await page.locator(".product-card").nth(11).waitFor()
  await show(page, "home")
  await page.getByLabel("Search products").click()
  await page.keyboard.type("smartph")
  await page.getByRole("option").first().waitFor()
  await show(page, "suggestions")
  await page.goto("/products?category=audio")
  await page.locator(".product-card").first().waitFor()
  await show(page, "products")
  await visit(page, "/products?q=zzzzqqqq", "Results for “zzzzqqqq”")
  await show(page, "nothing-found")
  await page.goto("/categories/smartphones")
  await page.locator(".product-card").first().waitFor()
  await show(page, "category")
  await walkServicePages(page, show)
  await page.goto("/cart")
  await page.getByText("Your cart is empty.").waitFor()
  await show(page, "cart-empty")
  await addToCart(page, "iphone-x")
  await show(page, "product")
  await addToCart(page, "panasonic-lumix")
  await page.goto("/cart")
  await page.getByLabel("Country").selectOption("DE")
  await page.getByLabel("Coupon code").fill("WELCOME10")
  await page.getByRole("button", { name: "Redeem" }).click()
  await page.getByText("Remove the coupon").waitFor()
  await show(page, "cart")
  await page.getByRole("banner").getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
  await show(page, "sign-in")
  await page.locator('button[value="mehmet"]').click()
  await page.getByRole("button", { name: "Sign out" }).waitFor()
  await fillCheckout(page)
  await show(page, "checkout")
  await placeOrder(page)
  await untilOrderIs(page, "Paid")
  await page.getByText("The payment went through.").waitFor()
  await show(page, "order")
  await page.getByRole("button", { name: "Cancel the order" }).click()
  await page.getByRole("alertdialog").waitFor()
  await show(page, "order-cancel")
  await page.getByRole("button", { name: "Go back" }).click()
  await page.getByRole("button", { name: "Sign out" }).click()
  await page.waitForURL("**/signed-out")
  await page.getByRole("heading", { level: 1, name: "Signed out" }).waitFor()
  await show(page, "signed-out")
}

/** The pages that a guest finds at the foot of each other one. */
async function walkServicePages(page: Page, show: Show): Promise<void> {
  for (const [path, title, name] of [
    ["/find-order", "Find an order", "find-order"],
    ["/withdraw", "Withdraw from contract", "withdraw-as-guest"],
    ["/account", "Your data", "account-as-guest"],
    ["/orders", "My orders", "orders-as-guest"],
    ["/contact", "Contact", "contact"],
    ["/legal", "Legal", "legal"],
    ["/nowhere", "Not found", "missing"],
  ] as const) {
    await visit(page, path, title)
    await show(page, name)
  }
}

async function visit(page: Page, path: string, title: string): Promise<void> {
  await page.goto(path)
  await page.getByRole("heading", { level: 1, name: title }).waitFor()
}
