import fc from "fast-check"
import { expect, test } from "vitest"
import type { VariantDetails } from "../contracts/variants.ts"
import { usd } from "../kernel/money.ts"
import { isRefusal } from "../kernel/refusal.ts"
import {
  addItem,
  advance,
  type Cart,
  emptyCart,
  MAX_CART_LINES,
  mergeCarts,
  putItem,
  removeItem,
  settleCart,
} from "./cart.ts"

/** What a cart must be: quantities by SKU, and how often it changed. */
type Model = { lines: Map<string, number>; changes: number; readonly prices: Map<string, number> }
type Real = { cart: Cart }

const skus = Array.from({ length: MAX_CART_LINES + 2 }, (_, index) => `SKU-${index}`)
const variantsOf = (prices: ReadonlyMap<string, number>): Map<string, VariantDetails> =>
  new Map(
    skus.map((sku) => [
      sku,
      { sku, productId: sku, name: sku, options: {}, price: usd(prices.get(sku) ?? 100), version: 1 },
    ]),
  )
const shopper = { customerGroups: [], at: new Date(0) }

function check({ cart }: Real, model: Model): void {
  expect(new Map(cart.items.map(({ sku, quantity }) => [sku, quantity]))).toEqual(model.lines)
  expect(cart.items).toHaveLength(model.lines.size)
  expect(cart.version).toBe(model.changes)
}

/** One command: what it makes of the cart, and of the quantities that the cart must have. */
const step = (
  name: string,
  next: (cart: Cart) => ReturnType<typeof putItem>,
  expected: (lines: Map<string, number>) => unknown,
): fc.Command<Model, Real> => ({
  check: () => true,
  toString: () => name,
  run(model, real) {
    const before = JSON.stringify([...model.lines])
    const changed = next(real.cart)
    const wanted = new Map(model.lines)
    expected(wanted)
    if (wanted.size > MAX_CART_LINES) {
      expect(isRefusal(changed) && changed.code).toBe("cart.full")
      return
    }
    real.cart = advance(real.cart, changed as Cart)
    model.lines = wanted
    if (JSON.stringify([...wanted]) !== before) model.changes++
    check(real, model)
  },
})

type Item = { readonly sku: string; readonly quantity: number }
const put = (item: Item) =>
  step(
    `put ${item.quantity} ${item.sku}`,
    (cart) => putItem(cart, item),
    (lines) => lines.set(item.sku, item.quantity),
  )
const add = (item: Item) =>
  step(
    `add ${item.quantity} ${item.sku}`,
    (cart) => addItem(cart, item),
    (lines) => lines.set(item.sku, (lines.get(item.sku) ?? 0) + item.quantity),
  )
const remove = (sku: string) =>
  step(
    `remove ${sku}`,
    (cart) => removeItem(cart, sku),
    (lines) => lines.delete(sku),
  )

/** Catalog changes a price, then the shopper looks: every line that they saw at another price is told of, once. */
const look = (sku: string, price: number): fc.Command<Model, Real> => ({
  check: () => true,
  toString: () => `look at ${sku} for ${price}`,
  run(model, real) {
    model.prices.set(sku, price)
    const variants = variantsOf(model.prices)
    const unseen = real.cart.items.filter(({ seenPrice }) => !seenPrice).length
    const { cart, messages } = settleCart(real.cart, variants, shopper)
    const changed = real.cart.items.filter(
      (item) => item.seenPrice && item.seenPrice.amount !== (model.prices.get(item.sku) ?? 100),
    )
    expect(messages.map((message) => "sku" in message && message.sku)).toEqual(
      changed.map((item) => item.sku),
    )
    if (changed.length + unseen > 0) model.changes++
    real.cart = advance(real.cart, cart)
    expect(settleCart(real.cart, variants, shopper)).toEqual({ cart: real.cart, messages: [] })
    check(real, model)
  },
})

const few = fc.constantFrom(...skus.slice(0, 4))
const any = fc.constantFrom(...skus)
const item = (sku: fc.Arbitrary<string>) => fc.record({ sku, quantity: fc.integer({ min: 1, max: 9 }) })

test("whatever is put, added, removed and looked at, the cart is what a list of quantities would be", () => {
  const commands = fc.commands(
    [
      item(few).map(put),
      item(few).map(add),
      item(any).map(add),
      few.map(remove),
      fc.tuple(few, fc.integer({ min: 1, max: 3 })).map(([sku, price]) => look(sku, price)),
    ],
    { size: "+1" },
  )
  fc.assert(
    fc.property(commands, fc.boolean(), (steps, beginsFull) => {
      fc.modelRun(() => {
        const lines = new Map<string, number>()
        let cart = emptyCart("customer")
        if (beginsFull)
          for (const sku of skus.slice(0, MAX_CART_LINES - 1)) {
            lines.set(sku, 1)
            cart = putItem(cart, { sku, quantity: 1 }) as Cart
          }
        return { model: { lines, changes: 0, prices: new Map() }, real: { cart } }
      }, steps)
    }),
  )
})

test("additions commute: two tabs may come in whichever order", () => {
  fc.assert(
    fc.property(fc.array(item(few), { maxLength: 12 }), fc.integer(), (items, seed) => {
      const inOrder = (all: typeof items) =>
        new Map(
          all
            .reduce((cart, one) => addItem(cart, one) as Cart, emptyCart("customer"))
            .items.map(({ sku, quantity }) => [sku, quantity]),
        )
      const shuffled = [...items].sort((a, b) => ((a.quantity * seed) % 7) - ((b.quantity * seed) % 7))
      expect(inOrder(shuffled)).toEqual(inOrder(items))
    }),
  )
})

test("merging is the sum of both carts, and loses no line without saying so", () => {
  const lines = fc.uniqueArray(item(any), { selector: ({ sku }) => sku, maxLength: MAX_CART_LINES })
  fc.assert(
    fc.property(lines, lines, (own, guest) => {
      const cartOf = (items: typeof own): Cart => ({ ...emptyCart("customer"), items, version: 1 })
      const { cart, messages } = mergeCarts(cartOf(own), cartOf(guest))
      const dropped = messages.map((message) => "sku" in message && message.sku)
      const sum = new Map(own.map(({ sku, quantity }) => [sku, quantity]))
      for (const { sku, quantity } of guest)
        if (!dropped.includes(sku)) sum.set(sku, (sum.get(sku) ?? 0) + quantity)
      expect(new Map(cart.items.map(({ sku, quantity }) => [sku, quantity]))).toEqual(sum)
      const all = new Set([...own, ...guest].map(({ sku }) => sku))
      expect(dropped).toHaveLength(Math.max(0, all.size - MAX_CART_LINES))
    }),
  )
})
