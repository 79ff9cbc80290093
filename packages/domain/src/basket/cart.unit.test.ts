import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { usd } from "../money.ts"
import { isRefusal, type Refusal } from "../refusal.ts"
import { type Cart, closeCart, emptyCart, MAX_CART_LINES, priceCart, putItem, removeItem } from "./cart.ts"

const products = ["a", "b", "c", "d"] as const
const change = fc.oneof(
  fc.record({
    type: fc.constant("put" as const),
    productId: fc.constantFrom(...products),
    quantity: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ type: fc.constant("remove" as const), productId: fc.constantFrom(...products) }),
)
const apply = (cart: Cart, step: { type: "put" | "remove"; productId: string; quantity?: number }): Cart =>
  step.type === "remove"
    ? removeItem(cart, step.productId)
    : (putItem(cart, { productId: step.productId, quantity: step.quantity ?? 0 }) as Cart)

test("a cart holds what was put last, each product once, and its version counts the changes", () => {
  fc.assert(
    fc.property(fc.array(change), (steps) => {
      const expected = new Map<string, number>()
      let changes = 0
      let cart = emptyCart("customer")
      for (const step of steps) {
        const wanted = step.type === "put" ? step.quantity : undefined
        if (expected.get(step.productId) !== wanted) changes++
        if (wanted === undefined) expected.delete(step.productId)
        else expected.set(step.productId, wanted)
        cart = apply(cart, step)
      }
      expect(new Map(cart.items.map(({ productId, quantity }) => [productId, quantity]))).toEqual(expected)
      expect(cart.items).toHaveLength(expected.size)
      expect(cart.version).toBe(changes)
    }),
  )
})

describe("a change that changes nothing gives the very cart back", () => {
  const cart = putItem(emptyCart("customer"), { productId: "a", quantity: 2 }) as Cart
  test("the same quantity", () => expect(putItem(cart, { productId: "a", quantity: 2 })).toBe(cart))
  test("removing what is not there", () => expect(removeItem(cart, "b")).toBe(cart))
})

test("a full cart takes no new product, but other quantities", () => {
  let cart = emptyCart("customer")
  for (let line = 0; line < MAX_CART_LINES; line++)
    cart = putItem(cart, { productId: `p${line}`, quantity: 1 }) as Cart
  expect(cart.items).toHaveLength(100)
  expect((putItem(cart, { productId: "one-more", quantity: 1 }) as Refusal).code).toBe("cart.full")
  expect((putItem(cart, { productId: "p7", quantity: 9 }) as Cart).items[7]).toEqual({
    productId: "p7",
    quantity: 9,
  })
})

test("a closed cart is empty and newer", () => {
  const cart: Cart = { customerId: "customer", items: [{ productId: "a", quantity: 1 }], version: 4 }
  expect(closeCart(cart)).toEqual({ customerId: "customer", items: [], version: 5 })
})

describe("prices", () => {
  const cart: Cart = {
    customerId: "customer",
    items: [
      { productId: "a", quantity: 2 },
      { productId: "b", quantity: 3 },
    ],
    version: 2,
  }

  test("lines are in the cart's order, the subtotal is their sum", () => {
    const priced = priceCart(cart, [
      { productId: "b", name: "B", price: usd(10) },
      { productId: "a", name: "A", price: usd(100) },
    ])
    expect(priced).toEqual({
      lines: [
        { productId: "a", name: "A", quantity: 2, unitPrice: usd(100) },
        { productId: "b", name: "B", quantity: 3, unitPrice: usd(10) },
      ],
      subtotal: usd(230),
    })
  })

  test("a product that is not sold refuses the cart and is named", () => {
    const refused = priceCart(cart, [{ productId: "a", name: "A", price: usd(1) }])
    expect(refused).toMatchObject({ code: "cart.product-unknown", data: { productIds: ["b"] } })
  })

  test("more than can be counted is refused", () => {
    const price = usd(Number.MAX_SAFE_INTEGER)
    const refused = priceCart(cart, [
      { productId: "a", name: "A", price },
      { productId: "b", name: "B", price },
    ])
    expect(isRefusal(refused) && refused.code).toBe("cart.total-out-of-range")
  })

  test("an empty cart costs nothing", () => {
    expect(priceCart(emptyCart("customer"), [])).toEqual({ lines: [], subtotal: usd(0) })
  })
})
