import { describe, expect, test } from "vitest"
import type { VariantDetails } from "../contracts/variants.ts"
import { usd } from "../kernel/money.ts"
import type { Refusal } from "../kernel/refusal.ts"
import {
  addItem,
  advance,
  type Cart,
  closeCart,
  emptyCart,
  fillCart,
  fitQuantity,
  MAX_CART_LINES,
  mergeCarts,
  putCoupon,
  putDelivery,
  putItem,
  removeCoupon,
  removeItem,
  returnLines,
  settleCart,
} from "./cart.ts"

const at = new Date("2026-11-01T10:00:00.000Z")
const shopper = { customerGroups: [], at }
const variant = (sku: string, amount: number, more: Partial<VariantDetails> = {}): VariantDetails => ({
  sku,
  productId: "018f0000-0000-7000-8000-000000000001",
  name: sku,
  options: {},
  price: usd(amount),
  version: 1,
  ...more,
})
const variantsOf = (...variants: VariantDetails[]) => new Map(variants.map((one) => [one.sku, one]))
const cartOf = (items: Cart["items"], more: Partial<Cart> = {}): Cart => ({
  ...emptyCart("customer"),
  items,
  version: 1,
  ...more,
})
const full = () =>
  cartOf(Array.from({ length: MAX_CART_LINES }, (_, line) => ({ sku: `P-${line}`, quantity: 1 })))

describe("a change that changes nothing gives the very cart back", () => {
  const cart = cartOf([{ sku: "A", quantity: 2 }], { couponCode: "C-1", delivery: { country: "DE" } })
  test("the same quantity", () => expect(putItem(cart, { sku: "A", quantity: 2 })).toBe(cart))
  test("removing what is not there", () => expect(removeItem(cart, "B")).toBe(cart))
  test("the same coupon", () => expect(putCoupon(cart, "C-1")).toBe(cart))
  test("removing no coupon", () => expect(removeCoupon(emptyCart("c"))).toEqual(emptyCart("c")))
  test("the same delivery", () => expect(putDelivery(cart, { country: "DE" })).toBe(cart))
  test("and is no new version", () => expect(advance(cart, cart)).toBe(cart))
})

test("a changed cart is one version on, however much has changed", () => {
  const cart = cartOf([{ sku: "A", quantity: 2 }])
  const changed = removeItem(putItem(cart, { sku: "B", quantity: 1 }) as Cart, "A")
  expect(advance(cart, changed)).toEqual({ ...changed, version: 2 })
})

test("a full cart takes no new variant, but other quantities", () => {
  const cart = full()
  expect((putItem(cart, { sku: "ONE-MORE", quantity: 1 }) as Refusal).code).toBe("cart.full")
  expect((addItem(cart, { sku: "ONE-MORE", quantity: 1 }) as Refusal).code).toBe("cart.full")
  expect((addItem(cart, { sku: "P-7", quantity: 9 }) as Cart).items[7]).toEqual({ sku: "P-7", quantity: 10 })
})

test("lines that do not fit are named, and those that do are added", () => {
  const { cart, messages } = fillCart(full(), [
    { sku: "P-0", quantity: 4 },
    { sku: "ONE-MORE", quantity: 1 },
  ])
  expect(cart.items[0]).toEqual({ sku: "P-0", quantity: 5 })
  expect(messages).toEqual([{ type: "cart-full", sku: "ONE-MORE" }])
})

test("merging adds quantities, and takes coupon and delivery where the own cart says nothing", () => {
  const guest = cartOf(
    [
      { sku: "A", quantity: 1, seenPrice: usd(9) },
      { sku: "B", quantity: 3, seenPrice: usd(5) },
    ],
    { couponCode: "G-1", delivery: { country: "FR" } },
  )
  const own = cartOf([{ sku: "A", quantity: 2, seenPrice: usd(10) }])
  expect(mergeCarts(own, guest).cart).toEqual({
    ...own,
    items: [
      { sku: "A", quantity: 3 },
      { sku: "B", quantity: 3, seenPrice: usd(5) },
    ],
    couponCode: "G-1",
    delivery: { country: "FR" },
  })
  const decided = { ...own, couponCode: "O-1", delivery: { country: "DE" } }
  expect(mergeCarts(decided, guest).cart).toMatchObject({ couponCode: "O-1", delivery: { country: "DE" } })
  expect(mergeCarts(own, emptyCart("guest")).cart).toBe(own)
})

test("a closed cart is empty, knows no coupon and no hold, and still where to ship", () => {
  const cart = cartOf([{ sku: "A", quantity: 1 }], {
    couponCode: "C-1",
    delivery: { country: "DE" },
    hold: { holdId: "h" },
    notices: [{ type: "hold-ended" }],
  })
  expect(closeCart(cart)).toEqual({
    customerId: "customer",
    items: [],
    delivery: { country: "DE" },
    version: 1,
  })
})

describe("an order that did not come about", () => {
  const order = {
    orderId: "018f0000-0000-7000-8000-000000000001",
    reason: "payment.declined",
    items: [{ sku: "A", quantity: 2 }],
    couponCode: "C-1",
  }
  test("gives its lines and its coupon back, and says so once", () => {
    const returned = returnLines(emptyCart("customer"), order)
    expect(returned).toMatchObject({ items: order.items, couponCode: "C-1" })
    const { cart, messages } = settleCart(returned, new Map(), shopper)
    expect(messages).toEqual([{ type: "order-returned", orderId: order.orderId, reason: order.reason }])
    expect(settleCart(cart, new Map(), shopper)).toEqual({ cart, messages: [] })
  })
  test("leaves a cart alone that its customer has begun meanwhile", () => {
    const begun = cartOf([{ sku: "B", quantity: 1 }])
    expect(returnLines(begun, order)).toBe(begun)
  })
})

describe("the quantity of a line", () => {
  test.each([
    ["any, without a rule", undefined, 7, { quantity: 7 }],
    ["the most that can be counted", undefined, 2_000_000, { quantity: 1_000_000, because: "max" }],
    ["at least the minimum", { min: 4, step: 2 }, 1, { quantity: 4, because: "min" }],
    ["the next step", { min: 4, step: 3 }, 5, { quantity: 7, because: "step" }],
    ["a step exactly", { min: 4, step: 3 }, 10, { quantity: 10 }],
    ["at most the maximum", { min: 1, max: 5, step: 1 }, 6, { quantity: 5, because: "max" }],
    ["at most the last step", { min: 1, max: 5, step: 3 }, 5, { quantity: 4, because: "max" }],
    ["the minimum, where the maximum is below it", { min: 6, max: 5, step: 1 }, 6, { quantity: 6 }],
  ])("is %s", (_, rule, wanted, expected) => {
    expect(fitQuantity(rule, wanted)).toEqual(expected)
  })
})

describe("settling", () => {
  const item = { sku: "A", quantity: 2, seenPrice: usd(100) }

  test("changes nothing where nothing has changed", () => {
    const cart = cartOf([item])
    const settled = settleCart(cart, variantsOf(variant("A", 100)), shopper)
    expect(settled.cart).toBe(cart)
    expect(settled.messages).toEqual([])
  })

  test("tells a price that has changed since it was seen, once", () => {
    const variants = variantsOf(variant("A", 90))
    const { cart, messages } = settleCart(cartOf([item]), variants, shopper)
    expect(messages).toEqual([{ type: "price-changed", sku: "A", from: usd(100), to: usd(90) }])
    expect(cart.items).toEqual([{ ...item, seenPrice: usd(90) }])
    expect(settleCart(cart, variants, shopper)).toEqual({ cart, messages: [] })
  })

  test("remembers a price that nobody has seen yet, without a word", () => {
    const { cart, messages } = settleCart(
      cartOf([{ sku: "A", quantity: 2 }]),
      variantsOf(variant("A", 100)),
      shopper,
    )
    expect([cart.items, messages]).toEqual([[item], []])
  })

  test("knows the price of the line's quantity and of the shopper's group", () => {
    const prices = [
      { unitPrice: usd(100), minQuantity: 1, taxCategory: "standard", includesTax: true },
      { unitPrice: usd(80), minQuantity: 2, taxCategory: "standard", includesTax: true },
      {
        unitPrice: usd(70),
        minQuantity: 1,
        customerGroup: "trade",
        taxCategory: "standard",
        includesTax: false,
      },
    ]
    const variants = variantsOf(variant("A", 100, { prices }))
    const seen = (who: typeof shopper) => settleCart(cartOf([item]), variants, who).cart.items[0]?.seenPrice
    expect(seen(shopper)).toEqual(usd(80))
    expect(seen({ ...shopper, customerGroups: ["trade"] } as never)).toEqual(usd(70))
  })

  test("fits the quantity to the variant's rule, and says why", () => {
    const variants = variantsOf(variant("A", 100, { quantity: { min: 5, step: 5 } }))
    const { cart, messages } = settleCart(cartOf([item]), variants, shopper)
    expect(messages).toEqual([{ type: "quantity-adjusted", sku: "A", from: 2, to: 5, because: "min" }])
    expect(cart.items).toEqual([{ ...item, quantity: 5 }])
  })

  test("leaves a line alone whose variant is not given", () => {
    const cart = cartOf([item])
    expect(settleCart(cart, new Map(), shopper).cart).toBe(cart)
  })

  test("drops a hold whose time is over, at the very instant", () => {
    const cart = cartOf([item], { hold: { holdId: "h", expiresAt: at.toISOString() } })
    const before = { ...shopper, at: new Date(at.getTime() - 1) }
    expect(settleCart(cart, new Map(), before).cart).toBe(cart)
    const { cart: settled, messages } = settleCart(cart, new Map(), shopper)
    expect([settled.hold, messages]).toEqual([undefined, [{ type: "hold-ended" }]])
  })
})
