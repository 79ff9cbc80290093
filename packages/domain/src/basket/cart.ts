import * as z from "zod"
import type { QuantityRule } from "../contracts/catalog-events.ts"
import type { VariantDetails } from "../contracts/variants.ts"
import { Sku } from "../kernel/ids.ts"
import { type Money, sameMoney } from "../kernel/money.ts"
import { defineRefusal, isRefusal, type RefusalOf } from "../kernel/refusal.ts"
import type { CartMessage } from "./messages.ts"
import { type Shopper, unitPriceFor } from "./pricing.ts"

export type CartItem = {
  readonly sku: string
  readonly quantity: number
  /** What one unit cost when its shopper saw the line last; absent while they have not. */
  readonly seenPrice?: Money
}

/** Where to, and how; what the shopper has not said yet is absent. */
export type Delivery = {
  readonly country?: string | undefined
  readonly state?: string | undefined
  readonly shippingMethod?: string | undefined
}

/** Units that Catalog sets aside for this cart. */
export type CartHold = {
  readonly holdId: string
  /** Absent until Catalog has answered. */
  readonly expiresAt?: string
}

/** A shopper's cart. Its prices are Catalog's, read when the cart is shown or checked out. */
export type Cart = {
  readonly customerId: string
  readonly items: readonly CartItem[]
  readonly couponCode?: string
  readonly delivery?: Delivery
  readonly hold?: CartHold
  /** What the next answer tells besides. */
  readonly notices?: readonly CartMessage[]
  /** 0 for a cart that was never stored; grows by one with every change. */
  readonly version: number
}

export const MAX_CART_LINES = 100
const MAX_QUANTITY = 1_000_000

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

/** The cart as it is stored after a change: one version on, or the very cart when nothing changed. */
export const advance = (before: Cart, after: Cart): Cart =>
  after === before ? before : { ...after, version: before.version + 1 }

const quantityOf = (cart: Cart, sku: string): number =>
  cart.items.find((item) => item.sku === sku)?.quantity ?? 0

/**
 * Sets the quantity of a variant; adds the line when it is new. The quantity that is there already changes nothing;
 * another one may have another price, which the shopper has not seen yet.
 */
export function putItem(cart: Cart, item: CartItem): Cart | RefusalOf<[typeof cartFull]> {
  const known = cart.items.find(({ sku }) => sku === item.sku)
  if (known?.quantity === item.quantity) return cart
  if (!known && cart.items.length >= MAX_CART_LINES) return cartFull()
  const items = known
    ? cart.items.map((line) => (line.sku === item.sku ? item : line))
    : [...cart.items, item]
  return { ...cart, items }
}

/** Adds to the quantity of a variant. */
export function addItem(cart: Cart, item: CartItem): Cart | RefusalOf<[typeof cartFull]> {
  const { sku, quantity } = item
  const known = quantityOf(cart, sku)
  return putItem(cart, known > 0 ? { sku, quantity: known + quantity } : item)
}

/** Takes a variant out; removing what is not there changes nothing. */
export function removeItem(cart: Cart, sku: string): Cart {
  const items = cart.items.filter((line) => line.sku !== sku)
  return items.length === cart.items.length ? cart : { ...cart, items }
}

/** Adds lines as far as there is room for them, and names the others. */
export function fillCart(
  cart: Cart,
  lines: readonly CartItem[],
): { readonly cart: Cart; readonly messages: CartMessage[] } {
  const messages: CartMessage[] = []
  let filled = cart
  for (const line of lines) {
    const next = addItem(filled, line)
    if (isRefusal(next)) messages.push({ type: "cart-full", sku: line.sku })
    else filled = next
  }
  return { cart: filled, messages }
}

/**
 * What a guest put together goes to the customer that they turned out to be: quantities are added, the coupon and the
 * delivery are taken where the customer's own cart says nothing.
 */
export function mergeCarts(
  own: Cart,
  guest: Cart,
): { readonly cart: Cart; readonly messages: CartMessage[] } {
  const { cart, messages } = fillCart(own, guest.items)
  const couponCode = own.couponCode ?? guest.couponCode
  const delivery = own.delivery ?? guest.delivery
  const said = couponCode !== own.couponCode || delivery !== own.delivery
  return {
    cart: said ? { ...cart, ...(couponCode && { couponCode }), ...(delivery && { delivery }) } : cart,
    messages,
  }
}

/** With this coupon alone. */
export const putCoupon = (cart: Cart, couponCode: string): Cart =>
  cart.couponCode === couponCode ? cart : { ...cart, couponCode }

export function removeCoupon(cart: Cart): Cart {
  const { couponCode, ...rest } = cart
  return couponCode === undefined ? cart : rest
}

export function putDelivery(cart: Cart, delivery: Delivery): Cart {
  const { country, state, shippingMethod } = cart.delivery ?? {}
  const isSame =
    country === delivery.country && state === delivery.state && shippingMethod === delivery.shippingMethod
  return isSame ? cart : { ...cart, delivery }
}

export function dropHold(cart: Cart): Cart {
  const { hold, ...rest } = cart
  return hold === undefined ? cart : rest
}

/** The cart after its checkout, or after another cart has taken its lines: where to ship stays known. */
export const closeCart = ({ customerId, delivery, version }: Cart): Cart => ({
  customerId,
  items: [],
  ...(delivery && { delivery }),
  version,
})

/**
 * An order that did not come about gives its lines back, unless its customer has begun another cart.
 * @returns the very cart when they have
 */
export function returnLines(
  cart: Cart,
  order: {
    readonly orderId: string
    readonly reason: string
    readonly items: readonly CartItem[]
    readonly couponCode?: string | undefined
  },
): Cart {
  if (cart.items.length > 0) return cart
  const { orderId, reason, items, couponCode } = order
  return {
    ...cart,
    items: items.map(({ sku, quantity }) => ({ sku, quantity })),
    ...(couponCode !== undefined && cart.couponCode === undefined && { couponCode }),
    notices: [...(cart.notices ?? []), { type: "order-returned", orderId, reason }],
  }
}

type Fitted = { readonly quantity: number; readonly because?: "min" | "max" | "step" }

/** The quantity that a rule allows: the next one above, or the most that it allows. */
export function fitQuantity(rule: QuantityRule | undefined, quantity: number): Fitted {
  const { min, step } = rule ?? { min: 1, step: 1 }
  const max = Math.min(rule?.max ?? MAX_QUANTITY, MAX_QUANTITY)
  const most = Math.max(min, min + Math.floor((max - min) / step) * step)
  if (quantity < min) return { quantity: min, because: "min" }
  if (quantity > most) return { quantity: most, because: "max" }
  const next = min + Math.ceil((quantity - min) / step) * step
  return next === quantity ? { quantity } : { quantity: next, because: "step" }
}

/** Adjusts one line, and says what changed. A price is told of when the shopper has seen another one. */
function settleItem(
  item: CartItem,
  variant: VariantDetails | undefined,
  shopper: Shopper,
): { readonly item: CartItem; readonly messages: readonly CartMessage[] } {
  const { sku, quantity: from, seenPrice } = item
  const { quantity, because } = fitQuantity(variant?.quantity, from)
  const unitPrice = variant && unitPriceFor(variant, quantity, shopper)?.unitPrice
  const isSeen = !unitPrice || (seenPrice !== undefined && sameMoney(seenPrice, unitPrice))
  if (!because && isSeen) return { item, messages: [] }
  return {
    item: { ...item, quantity, ...(unitPrice && { seenPrice: unitPrice }) },
    messages: [
      ...(because ? [{ type: "quantity-adjusted" as const, sku, from, to: quantity, because }] : []),
      ...(seenPrice && !isSeen
        ? [{ type: "price-changed" as const, sku, from: seenPrice, to: unitPrice }]
        : []),
    ],
  }
}

/**
 * Brings a cart up to what holds now: quantities that Catalog's rules allow, the prices that its shopper is about to
 * see, and a hold whose time is over. What that changed is told once: the cart remembers that it was.
 * @param variants of its lines, by SKU; a line whose variant is missing keeps its price
 * @returns the very cart when nothing changed
 */
export function settleCart(
  cart: Cart,
  variants: ReadonlyMap<string, VariantDetails>,
  shopper: Shopper,
): { readonly cart: Cart; readonly messages: readonly CartMessage[] } {
  const settled = cart.items.map((item) => settleItem(item, variants.get(item.sku), shopper))
  const hasEnded = cart.hold?.expiresAt !== undefined && new Date(cart.hold.expiresAt) <= shopper.at
  const isSame = settled.every(({ item }, index) => item === cart.items[index])
  if (isSame && !hasEnded && !cart.notices) return { cart, messages: [] }
  const { hold, notices = [], ...rest } = cart
  return {
    cart: {
      ...rest,
      items: isSame ? cart.items : settled.map(({ item }) => item),
      ...(hold && !hasEnded && { hold }),
    },
    messages: [
      ...notices,
      ...(hasEnded ? [{ type: "hold-ended" as const }] : []),
      ...settled.flatMap(({ messages }) => messages),
    ],
  }
}
