// `npm run order`: a customer's whole way through the running shop, told step by step.
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import type { Money } from "@eshop/domain/kernel/money"
import { connections, defaultPorts, developmentSecrets } from "./settings.ts"
import { portOption, runCommand } from "./shop/command.ts"
import {
  type CartAnswer,
  type Customer,
  type Order,
  paymentsOf,
  type Shop,
  shopClient,
  someAddress,
} from "./shop/shop-client.ts"

const IPHONE = "IPHONE-X-BLACK"
const LUMIX = "PANASONIC-LUMIX-BLACK"

const paymentMethods: Record<string, string> = {
  succeeded: "pm_card_visa",
  declined: "pm_card_chargeDeclined",
  slow: "pm_card_slow",
  timeout: "pm_card_timeoutAfterCapture",
  authentication: "pm_card_authenticationRequired",
}

const USAGE = `npm run order -- [options]
  --customer NAME    a development customer (mehmet)
  --quantity N       pieces of each of the two products (1)
  --coupon CODE      a coupon, or 'none' (WELCOME10)
  --payment KIND     ${Object.keys(paymentMethods).join(" | ")} (succeeded)
  --gateway-port N   where the shop listens (${defaultPorts.gateway}); --identity-port, --payments-port likewise`

const { values } = parseArgs({
  options: {
    customer: { type: "string", default: "mehmet" },
    quantity: { type: "string", default: "1" },
    coupon: { type: "string", default: "WELCOME10" },
    payment: { type: "string", default: "succeeded" },
    "gateway-port": portOption("gateway"),
    "identity-port": portOption("identity"),
    "payments-port": portOption("payments"),
    help: { type: "boolean", default: false },
  },
})

const show = ({ amount, currency }: Money) => `${(amount / 100).toFixed(2)} ${currency}`
const couponCode = values.coupon === "none" ? undefined : values.coupon

async function fillCart(shop: Shop, customer: Customer, quantity: number): Promise<CartAnswer> {
  for (const { sku } of (await customer.cart()).lines)
    await customer.send("DELETE", `/basket/cart/items/${sku}`)
  await customer.send("DELETE", "/basket/cart/coupon")
  await customer.send("PUT", "/basket/cart/delivery", { body: { country: someAddress.country } })
  await customer.putItem(IPHONE, quantity)
  await customer.putItem(LUMIX, quantity)
  if (couponCode) await customer.putCoupon(couponCode)
  const cart = shop.expect(await customer.send<CartAnswer>("POST", "/basket/cart/hold", { body: {} }), 200)
  for (const line of cart.lines)
    console.log(`  ${line.quantity} × ${line.name} at ${show(line.unitPrice)} = ${show(line.total)}`)
  const { subtotal, discount, shipping, tax, total, hold } = cart
  console.log(`  subtotal ${show(subtotal)}, discounts ${show(discount)}`)
  if (shipping) console.log(`  shipping by ${shipping.method} ${show(shipping.price)}`)
  console.log(`  total ${show(total)}${tax ? `, with taxes of ${show(tax)}` : ""}`)
  if (hold) console.log(`  the stock is held until ${hold.expiresAt}`)
  for (const message of cart.messages) console.log(`  ${JSON.stringify(message)}`)
  return cart
}

async function printTimeline(customer: Customer, order: Order) {
  const { events } = await customer.timeline(order.id)
  const start = Date.parse(events[0]?.at ?? order.submittedAt)
  for (const event of events) {
    const reason = event.data?.code ? `  ${event.data.code}: ${event.data.detail}` : ""
    console.log(`  +${String(Date.parse(event.at) - start).padStart(5)} ms  ${event.type}${reason}`)
  }
}

/** How long an order is waited for that asks its shopper for something. */
const PATIENCE_MS = 60_000

/** Confirms the payment at the provider's page, as its holder would, once the order names it. */
async function authenticate(customer: Customer, orderId: string): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(100)) {
    const { redirectUrl } = (await customer.order(orderId)).body.paymentAction ?? {}
    if (redirectUrl === undefined) continue
    console.log(`  the payment's holder is asked to confirm it: ${redirectUrl}`)
    const press = { method: "POST", body: new URLSearchParams({ answer: "authorise" }) }
    const pressed = await fetch(redirectUrl, { ...press, redirect: "manual" })
    return console.log(
      `  confirmed: the browser goes back to ${pressed.headers.get("location")?.split("?")[0]}`,
    )
  }
}

async function main() {
  if (values.help) return console.log(USAGE)
  const paymentMethod = paymentMethods[values.payment]
  const quantity = Number(values.quantity)
  if (!paymentMethod || !Number.isInteger(quantity) || quantity < 1) throw new Error(USAGE)
  const ports = {
    ...defaultPorts,
    gateway: Number(values["gateway-port"]),
    identity: Number(values["identity-port"]),
    payments: Number(values["payments-port"]),
  }
  const urls = connections(ports, "", false)
  const payments = { url: urls.payments, apiKey: developmentSecrets.paymentApiKey }
  const shop = shopClient(urls)

  const customer = await shop.signIn(values.customer)
  console.log(`Signed in as ${values.customer} (${customer.customerId})`)
  const before = [await shop.stock(IPHONE), await shop.stock(LUMIX)]

  console.log("Cart:")
  const cart = await fillCart(shop, customer, quantity)

  console.log("Checkout:")
  const started = performance.now()
  const answer = await customer.checkout({
    expectedTotal: cart.total,
    shippingAddress: someAddress,
    paymentMethod,
  })
  const { orderId, total } = shop.expect(answer, 202)
  console.log(`  accepted: order ${orderId}, ${show(total)}`)

  if (values.payment === "authentication") await authenticate(customer, orderId)
  const order = await customer.ended(orderId)
  console.log(
    `The order is ${order.status}, ${Math.round(performance.now() - started)} ms after the checkout began:`,
  )
  await printTimeline(customer, order)

  console.log("Afterwards:")
  for (const [index, productId] of [IPHONE, LUMIX].entries()) {
    const expected = (before[index]?.onHand ?? 0) - (order.status === "Paid" ? quantity : 0)
    const level = await settledStock(shop, productId, expected)
    console.log(
      `  stock of ${cart.lines[index]?.name}: ${before[index]?.onHand} → ${level.onHand} on hand, ${level.reserved} reserved`,
    )
  }
  const intents = await paymentsOf(payments, orderId)
  if (intents.length === 0) console.log("  no payment was tried")
  for (const { id, status, amount_received } of intents)
    console.log(`  payment ${id}: ${status}, captured ${show({ amount: amount_received, currency: "USD" })}`)
  if (order.couponCodes.length > 0 && couponCode) {
    const operator = await shop.roleToken("discount.write")
    const usage = await shop.send<{ taken: number }>(operator, "GET", `/discount/coupons/${couponCode}/usage`)
    console.log(`  coupon ${couponCode}: used ${shop.expect(usage, 200).taken} times by now`)
  }
}

/** Catalog hears of the order's end by an event; a moment may pass until its stock shows it. */
async function settledStock(shop: Shop, productId: string, onHand: number) {
  for (let attempt = 0; ; attempt++) {
    const level = await shop.stock(productId)
    if ((level.onHand === onHand && level.reserved === 0) || attempt === 50) return level
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

runCommand(main)
