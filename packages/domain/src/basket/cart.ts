import * as z from "zod"
import type { VariantDetails } from "../contracts/variants.ts"
import { Sku } from "../kernel/ids.ts"
import { type Currency, isCountable, type Money, sum, times } from "../kernel/money.ts"
import { defineRefusal, isRefusal, type RefusalOf } from "../kernel/refusal.ts"

export type CartItem = { readonly sku: string; readonly quantity: number }

/** A customer's cart. It holds no prices: they are Catalog's, read when the cart is shown or checked out. */
export type Cart = {
  readonly customerId: string
  readonly items: readonly CartItem[]
  /** 0 for a cart that was never stored; grows by one with every change. */
  readonly version: number
}

export const MAX_CART_LINES = 100

export const cartFull = defineRefusal("cart.full", "rule", `A cart holds at most ${MAX_CART_LINES} products.`)
export const cartProductUnknown = defineRefusal(
  "cart.product-unknown",
  "rule",
  "The cart holds products that are not sold.",
  z.object({ skus: z.array(Sku) }),
)
export const cartTotalOutOfRange = defineRefusal(
  "cart.total-out-of-range",
  "rule",
  "The cart is worth more than this shop can count.",
)

const current = z.object({ version: z.int() })
/** To a caller who had read another version. */
export const cartStale = defineRefusal(
  "cart.changed",
  "stale",
  "The cart has changed since you read it.",
  current,
)
/** To a checkout that somebody else's change has overtaken. */
export const cartChanged = defineRefusal(
  "cart.changed",
  "conflict",
  "The cart changed while it was being checked out.",
  current,
)

export const emptyCart = (customerId: string): Cart => ({ customerId, items: [], version: 0 })

/** Sets the quantity of a variant; adds the line when it is new. The quantity that is there already changes nothing. */
export function putItem(cart: Cart, item: CartItem): Cart | RefusalOf<[typeof cartFull]> {
  const known = cart.items.find(({ sku }) => sku === item.sku)
  if (known?.quantity === item.quantity) return cart
  if (!known && cart.items.length >= MAX_CART_LINES) return cartFull()
  const items = known
    ? cart.items.map((line) => (line.sku === item.sku ? item : line))
    : [...cart.items, item]
  return { ...cart, items, version: cart.version + 1 }
}

/** Refuses a line when a full cart of its like would be worth more than can be counted. */
export const checkLine = (line: {
  readonly unitPrice: Money
  readonly quantity: number
}): RefusalOf<[typeof cartTotalOutOfRange]> | undefined =>
  isCountable(Array<typeof line>(MAX_CART_LINES).fill(line)) ? undefined : cartTotalOutOfRange()

/** Takes a variant out; removing what is not there changes nothing. */
export function removeItem(cart: Cart, sku: string): Cart {
  const items = cart.items.filter((line) => line.sku !== sku)
  return items.length === cart.items.length ? cart : { ...cart, items, version: cart.version + 1 }
}

/** The cart after its checkout. */
export const closeCart = (cart: Cart): Cart => ({ ...cart, items: [], version: cart.version + 1 })

export type PricedLine = {
  readonly sku: string
  readonly productId: string
  readonly name: string
  readonly quantity: number
  readonly unitPrice: Money
}

export type PricedCart = { readonly lines: readonly PricedLine[]; readonly subtotal: Money }

type PricedVariant = Omit<VariantDetails, "options" | "version">

/** Prices the lines that are sold, and names the others; refuses a cart that is worth more than can be counted. */
export function priceSoldItems(
  cart: Cart,
  variants: readonly PricedVariant[],
  currency: Currency = "USD",
): (PricedCart & { readonly notSold: readonly string[] }) | RefusalOf<[typeof cartTotalOutOfRange]> {
  const bySku = new Map(variants.map((variant) => [variant.sku, variant]))
  const lines = cart.items.flatMap(({ sku, quantity }): PricedLine[] => {
    const variant = bySku.get(sku)
    if (!variant) return []
    return [{ sku, productId: variant.productId, name: variant.name, quantity, unitPrice: variant.price }]
  })
  if (!isCountable(lines)) return cartTotalOutOfRange()
  return {
    lines,
    subtotal: sum(
      currency,
      lines.map((line) => times(line.unitPrice, line.quantity)),
    ),
    notSold: cart.items.flatMap(({ sku }) => (bySku.has(sku) ? [] : [sku])),
  }
}

/** Prices every line; refuses a cart with a variant that Catalog does not sell, or worth more than can be counted. */
export function priceCart(
  cart: Cart,
  variants: readonly PricedVariant[],
  currency: Currency = "USD",
): PricedCart | RefusalOf<[typeof cartProductUnknown, typeof cartTotalOutOfRange]> {
  const priced = priceSoldItems(cart, variants, currency)
  if (isRefusal(priced)) return priced
  const { notSold, ...all } = priced
  return notSold.length > 0 ? cartProductUnknown({ skus: [...notSold] }) : all
}
