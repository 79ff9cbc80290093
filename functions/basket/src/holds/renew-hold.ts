import type { Call } from "@eshop/building-blocks/app/call"
import { type Cart, type CartHold, dropHold } from "@eshop/domain/basket/cart"
import type { CartMessage } from "@eshop/domain/basket/messages"
import type { Shortage } from "@eshop/domain/contracts/catalog-events"
import { holdEnded } from "@eshop/domain/contracts/stock-holds"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { type ChangedCart, saveCart } from "../cart/store-cart.ts"
import { findVariants } from "../products/find-variants.ts"
import type { HoldPorts, StockHolds } from "./ports.ts"

type Answer = Awaited<ReturnType<StockHolds["put"]>>

/** What an answer makes of a hold: undefined when there is none any more. */
function after(hold: CartHold, answer: Answer): { readonly hold?: CartHold; readonly told: CartMessage[] } {
  if (answer === "unavailable") return { hold, told: [{ type: "not-held", reason: "catalog.unavailable" }] }
  if (!isRefusal(answer)) return { hold: { holdId: hold.holdId, expiresAt: answer.expiresAt }, told: [] }
  if (answer.code === holdEnded.code) return { told: [{ type: "hold-ended" }] }
  const { shortages } = (answer.data ?? {}) as { shortages?: Shortage[] }
  const told: CartMessage[] = [{ type: "not-held", reason: answer.code, ...(shortages && { shortages }) }]
  // What was held before stays so; a hold that never was is forgotten.
  return hold.expiresAt === undefined ? { told } : { hold, told }
}

/** Holds stock for what is in a cart that names a hold, for longer than before; a cart without one stays as it is. */
export async function renewHold(
  ports: HoldPorts,
  call: Call,
  { cart, told }: ChangedCart,
): Promise<ChangedCart> {
  const { hold, customerId } = cart
  if (!hold) return { cart, told }
  const variants = await findVariants(
    ports,
    cart.items.map(({ sku }) => sku),
  )
  const lines = cart.items.flatMap(({ sku, quantity }) => (variants.has(sku) ? [{ sku, quantity }] : []))
  if (lines.length === 0) await ports.stockHolds.release(hold.holdId)
  const answer = lines.length > 0 ? await ports.stockHolds.put(hold.holdId, lines, customerId) : undefined
  const { hold: next, told: more } = answer ? after(hold, answer) : { told: [] }
  const stored = await call.transact(async (tx) => {
    const current = await ports.carts.lock(tx, customerId)
    // Another call may have ended this hold, or begun another one.
    if (current.hold?.holdId !== hold.holdId || isSameHold(current.hold, next)) return current
    const changed: Cart = next ? { ...current, hold: next } : dropHold(current)
    const action = next ? "hold.taken" : "hold.released"
    return await saveCart(ports, tx, call, [current, changed], { action, holdId: hold.holdId })
  })
  return { cart: stored, told: [...told, ...more] }
}

const isSameHold = (a: CartHold, b: CartHold | undefined): boolean =>
  a.holdId === b?.holdId && a.expiresAt === b.expiresAt
