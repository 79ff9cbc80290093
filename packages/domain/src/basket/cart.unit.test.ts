import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { isRefusal, type Refusal } from "../kernel/refusal.ts"
import {
  type Cart,
  checkLine,
  closeCart,
  emptyCart,
  MAX_CART_LINES,
  priceCart,
  putItem,
  removeItem,
} from "./cart.ts"

const skus = ["a", "b", "c", "d"] as const
const change = fc.oneof(
  fc.record({
    type: fc.constant("put" as const),
    sku: fc.constantFrom(...skus),
    quantity: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ type: fc.constant("remove" as const), sku: fc.constantFrom(...skus) }),
)
const apply = (cart: Cart, step: { type: "put" | "remove"; sku: string; quantity?: number }): Cart =>
  step.type === "remove"
    ? removeItem(cart, step.sku)
    : (putItem(cart, { sku: step.sku, quantity: step.quantity ?? 0 }) as Cart)

test("a cart holds what was put last, each variant once, and its version counts the changes", () => {
  fc.assert(
    fc.property(fc.array(change), (steps) => {
      const expected = new Map<string, number>()
      let changes = 0
      let cart = emptyCart("customer")
      for (const step of steps) {
        const wanted = step.type === "put" ? step.quantity : undefined
        if (expected.get(step.sku) !== wanted) changes++
        if (wanted === undefined) expected.delete(step.sku)
        else expected.set(step.sku, wanted)
        cart = apply(cart, step)
      }
      expect(new Map(cart.items.map(({ sku, quantity }) => [sku, quantity]))).toEqual(expected)
      expect(cart.items).toHaveLength(expected.size)
      expect(cart.version).toBe(changes)
    }),
  )
})

describe("a change that changes nothing gives the very cart back", () => {
  const cart = putItem(emptyCart("customer"), { sku: "a", quantity: 2 }) as Cart
  test("the same quantity", () => expect(putItem(cart, { sku: "a", quantity: 2 })).toBe(cart))
  test("removing what is not there", () => expect(removeItem(cart, "b")).toBe(cart))
})

test("a full cart takes no new variant, but other quantities", () => {
  let cart = emptyCart("customer")
  for (let line = 0; line < MAX_CART_LINES; line++)
    cart = putItem(cart, { sku: `p${line}`, quantity: 1 }) as Cart
  expect(cart.items).toHaveLength(100)
  expect((putItem(cart, { sku: "one-more", quantity: 1 }) as Refusal).code).toBe("cart.full")
  expect((putItem(cart, { sku: "p7", quantity: 9 }) as Cart).items[7]).toEqual({
    sku: "p7",
    quantity: 9,
  })
})

test("a closed cart is empty and newer", () => {
  const cart: Cart = { customerId: "customer", items: [{ sku: "a", quantity: 1 }], version: 4 }
  expect(closeCart(cart)).toEqual({ customerId: "customer", items: [], version: 5 })
})

describe("prices", () => {
  const cart: Cart = {
    customerId: "customer",
    items: [
      { sku: "a", quantity: 2 },
      { sku: "b", quantity: 3 },
    ],
    version: 2,
  }

  test("lines are in the cart's order, the subtotal is their sum", () => {
    const priced = priceCart(cart, [
      { sku: "b", productId: "p", name: "B", price: usd(10) },
      { sku: "a", productId: "p", name: "A", price: usd(100) },
    ])
    expect(priced).toEqual({
      lines: [
        { sku: "a", productId: "p", name: "A", quantity: 2, unitPrice: usd(100) },
        { sku: "b", productId: "p", name: "B", quantity: 3, unitPrice: usd(10) },
      ],
      subtotal: usd(230),
    })
  })

  test("a variant that is not sold refuses the cart and is named", () => {
    const refused = priceCart(cart, [{ sku: "a", productId: "p", name: "A", price: usd(1) }])
    expect(refused).toMatchObject({ code: "cart.product-unknown", data: { skus: ["b"] } })
  })

  test("more than can be counted is refused", () => {
    const price = usd(Number.MAX_SAFE_INTEGER)
    const refused = priceCart(cart, [
      { sku: "a", productId: "p", name: "A", price },
      { sku: "b", productId: "p", name: "B", price },
    ])
    expect(isRefusal(refused) && refused.code).toBe("cart.total-out-of-range")
  })

  test("an empty cart costs nothing", () => {
    expect(priceCart(emptyCart("customer"), [])).toEqual({ lines: [], subtotal: usd(0) })
  })
})

test("a line is refused as soon as a full cart of its like could not be counted", () => {
  const most = Math.floor(Number.MAX_SAFE_INTEGER / MAX_CART_LINES)
  expect(checkLine({ unitPrice: usd(most), quantity: 1 })).toBeUndefined()
  expect(checkLine({ unitPrice: usd(most + 1), quantity: 1 })?.code).toBe("cart.total-out-of-range")
})
