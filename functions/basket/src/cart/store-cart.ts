import { type Call, isStale, type Tx } from "@eshop/building-blocks/app/call"
import { advance, type Cart, cartStale, settleCart } from "@eshop/domain/basket/cart"
import type { CartMessage } from "@eshop/domain/basket/messages"
import { isRefusal, type Refusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { shopperOf } from "../pricing/price-cart.ts"
import type { Variants } from "../products/find-variants.ts"
import type { CartChange, CartPorts } from "./ports.ts"

export type StoringPorts = Pick<CartPorts, "audit" | "carts">

/** What every change of a cart may be refused for. */
export const changeRefusals = [cartStale] as const

/** A cart after a change, and what there is to tell of it. */
export type ChangedCart = { readonly cart: Cart; readonly told: readonly CartMessage[] }

const versionOf = (revision: string): string => revision.split(".", 1)[0] as string

/** Whether If-Match names another version; the revision of an answer names its cart's. */
export const isStaleCart = (call: Call, version: number): boolean =>
  isStale(call.ifMatch ? { ...call, ifMatch: call.ifMatch.map(versionOf) } : call, version)

/** Stores a changed cart that is locked, with its audit row; what did not change is not stored. */
export async function saveCart(
  { carts, audit }: StoringPorts,
  tx: Tx,
  call: Pick<Call, "caller" | "now">,
  [before, after]: readonly [Cart, Cart],
  { action, ...change }: CartChange,
): Promise<Cart> {
  const next = advance(before, after)
  if (next === before) return before
  await carts.save(tx, next, call.now)
  const subject = `cart ${next.customerId}`
  await audit.add(tx, call, [{ subject, action, change: { version: next.version, ...change } }])
  return next
}

/**
 * Changes a cart under its lock, so that no concurrent change is lost. What Catalog has changed since the shopper looked
 * last is settled on the way, as far as variants are given.
 * @param about.variants of the lines that change, by SKU
 * @param decide returns the very cart when nothing changes
 */
export async function changeIn<R extends Refusal = never>(
  ports: StoringPorts,
  tx: Tx,
  call: Call,
  about: { readonly customerId: string; readonly variants: Variants; readonly change: CartChange },
  decide: (cart: Cart) => Cart | R,
): Promise<ChangedCart | R | RefusalOf<typeof changeRefusals>> {
  const { customerId, variants, change } = about
  const before = await ports.carts.lock(tx, customerId)
  if (isStaleCart(call, before.version)) return cartStale({ version: before.version })
  const shopper = shopperOf(call)
  const settled = settleCart(before, variants, shopper)
  const decided = decide(settled.cart)
  if (isRefusal(decided)) return decided as R
  const after = settleCart(decided as Cart, variants, shopper)
  const cart = await saveCart(ports, tx, call, [before, after.cart], change)
  return { cart, told: [...settled.messages, ...after.messages] }
}
