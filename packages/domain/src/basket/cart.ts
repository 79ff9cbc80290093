import type { OrderLine } from "../events/basket-events.ts"
import { type Currency, isCountable, type Money, sum, times } from "../money.ts"
import { type Refusal, refuse } from "../refusal.ts"

export type CartItem = { readonly productId: string; readonly quantity: number }

/** A customer's cart. It holds no prices: they are Catalog's, read when the cart is shown or checked out. */
export type Cart = {
  readonly customerId: string
  readonly items: readonly CartItem[]
  /** 0 for a cart that was never stored; grows by one with every change. */
  readonly version: number
}

export const MAX_CART_LINES = 100

export const emptyCart = (customerId: string): Cart => ({ customerId, items: [], version: 0 })

/** Sets the quantity of a product; adds the line when it is new. The quantity that is there already changes nothing. */
export function putItem(cart: Cart, item: CartItem): Cart | Refusal {
  const known = cart.items.find(({ productId }) => productId === item.productId)
  if (known?.quantity === item.quantity) return cart
  if (!known && cart.items.length >= MAX_CART_LINES)
    return refuse("rule", "cart.full", `A cart holds at most ${MAX_CART_LINES} products.`)
  const items = known
    ? cart.items.map((line) => (line.productId === item.productId ? item : line))
    : [...cart.items, item]
  return { ...cart, items, version: cart.version + 1 }
}

/** Takes a product out; removing what is not there changes nothing. */
export function removeItem(cart: Cart, productId: string): Cart {
  const items = cart.items.filter((line) => line.productId !== productId)
  return items.length === cart.items.length ? cart : { ...cart, items, version: cart.version + 1 }
}

/** The cart after its checkout. */
export const closeCart = (cart: Cart): Cart => ({ ...cart, items: [], version: cart.version + 1 })

export type PricedProduct = { readonly productId: string; readonly name: string; readonly price: Money }

export type PricedCart = { readonly lines: readonly OrderLine[]; readonly subtotal: Money }

/** Prices every line; refuses a cart with a product that Catalog does not sell, or worth more than can be counted. */
export function priceCart(
  cart: Cart,
  products: readonly PricedProduct[],
  currency: Currency = "USD",
): PricedCart | Refusal {
  const byId = new Map(products.map((product) => [product.productId, product]))
  const missing = cart.items.filter(({ productId }) => !byId.has(productId))
  if (missing.length > 0)
    return refuse("rule", "cart.product-unknown", "The cart holds products that are not sold.", {
      productIds: missing.map(({ productId }) => productId),
    })
  const lines = cart.items.map(({ productId, quantity }) => {
    const { name, price } = byId.get(productId) as PricedProduct
    return { productId, name, quantity, unitPrice: price }
  })
  if (!isCountable(lines))
    return refuse("rule", "cart.total-out-of-range", "The cart is worth more than this shop can count.")
  return {
    lines,
    subtotal: sum(
      currency,
      lines.map((line) => times(line.unitPrice, line.quantity)),
    ),
  }
}
