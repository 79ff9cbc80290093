import type { Page } from "playwright-core"

/** Puts a product into the cart from its page. @param slug of the product's address */
export async function addToCart(page: Page, slug: string): Promise<void> {
  await page.goto(`/products/${slug}`)
  await page.getByRole("button", { name: "Add to cart" }).click()
  await page.getByText("is in your cart").waitFor()
}

/** Numbers of the payment simulator's test cards, by what becomes of a payment with them. */
const cards = {
  accepted: "4242424242424242",
  "asks its holder": "4000002760003184",
  slow: "4000000000001000",
  declined: "4000000000000002",
} as const

/** Types a card into the provider's fields. */
export async function fillCard(page: Page, number: string): Promise<void> {
  const frame = page.frameLocator(".payment-frame iframe")
  await frame.getByLabel("Card number").fill(number)
  await frame.getByLabel("Expiry date").fill("1234")
  await frame.getByLabel("Security code").fill("123")
}

/** From the cart to a checkout that is filled in, with its units set aside. @param card what becomes of the payment */
export async function fillCheckout(page: Page, card: keyof typeof cards = "accepted"): Promise<void> {
  await page.goto("/checkout")
  await page.getByText("Your items are reserved").waitFor()
  await page.getByLabel("Country").selectOption("DE")
  await page.getByText(/Taxes included|Taxes added/).waitFor()
  await page.getByLabel("First name").fill("Ada")
  await page.getByLabel("Last name").fill("Lovelace")
  await page.getByLabel("E-mail address").fill("ada@example.com")
  await page.getByLabel("Street and number").fill("Invalidenstraße 1")
  await page.getByLabel("Postcode").fill("10115")
  await fillCard(page, cards[card])
}

/** Presses the button that orders. @returns the order's id */
export async function placeOrder(page: Page): Promise<string> {
  await page.getByRole("button", { name: /^Order and pay/ }).click()
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}/)
  return /orders\/([0-9a-f-]{36})/.exec(page.url())?.[1] as string
}

/** Where the order on the page stands, once it is what is expected. */
export const untilOrderIs = (page: Page, status: string): Promise<void> =>
  page.locator(`.standing .status-${status}`).waitFor()

/** Signs in at the provider's page, to which the button leads, and comes back. */
export async function signIn(page: Page, account: string): Promise<void> {
  const button = page.getByRole("banner").getByRole("button", { name: "Sign in" })
  await button.click()
  await page.getByRole("button", { name: new RegExp(account, "i") }).click()
  await page.getByRole("button", { name: "Sign out" }).waitFor()
}
