import {
  basketAddItem,
  basketGetCart,
  basketMergeCarts,
  basketOrderAgain,
  basketPutCoupon,
  basketPutDelivery,
  basketPutItem,
  basketReleaseHold,
  basketRemoveCoupon,
  basketRemoveItem,
  basketTakeHold,
} from "@eshop/shop-client/generated/sdk.gen"
import type { Cart } from "@eshop/shop-client/generated/types.gen"
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useSyncExternalStore } from "react"
import { answerOf, newKey } from "../api/api.ts"
import { queryClient } from "../app/query-client.ts"

export type { Cart }
export type CartLine = Cart["lines"][number]
export type CartMessage = Cart["messages"][number]

/** Prices and stock change without this page: it asks again when it is looked at, and this often while it is. */
const ASK_EVERY_MS = 30_000

export const cartQuery = queryOptions({
  queryKey: ["cart"],
  queryFn: async () => listen(await answerOf<Cart>(basketGetCart())),
  refetchInterval: ASK_EVERY_MS,
  refetchOnWindowFocus: "always",
  staleTime: 5_000,
})

/** What is told once, to whichever tab asks first: it stays to be read in all of them until it is put away. */
const toldOnce = new Set<CartMessage["type"]>([
  ...([
    "price-changed",
    "quantity-adjusted",
    "cart-full",
    "order-returned",
    "hold-ended",
    "not-held",
  ] as const),
])

let told: readonly CartMessage[] = []
const listeners = new Set<() => void>()
const channel = new BroadcastChannel("shop.cart")

function keep(messages: readonly CartMessage[]): void {
  told = messages
  for (const listener of listeners) listener()
}

/** The messages with which a newer one about the same thing takes the place of an older one. */
function withNewer(older: readonly CartMessage[], newer: readonly CartMessage[]): CartMessage[] {
  const subject = (message: CartMessage) => `${message.type} ${"sku" in message ? message.sku : ""}`
  const subjects = new Set(newer.map(subject))
  return [...older.filter((message) => !subjects.has(subject(message))), ...newer]
}

function listen(cart: Cart): Cart {
  const fresh = cart.messages.filter(({ type }) => toldOnce.has(type))
  if (fresh.length > 0) {
    keep(withNewer(told, fresh))
    channel.postMessage({ told })
  }
  return cart
}

/** Lets this tab know what the others did to the cart, and them what this one did. */
export function followOtherTabs(): void {
  channel.onmessage = ({ data }: MessageEvent<{ told?: readonly CartMessage[] }>) => {
    if (data.told) keep(data.told)
    else void queryClient.invalidateQueries({ queryKey: cartQuery.queryKey })
  }
}

/** The cart became another one: shows it, and has the other tabs ask for it. */
export function cartBecame(cart: Cart): void {
  queryClient.setQueryData(cartQuery.queryKey, listen(cart))
  channel.postMessage({})
}

/** An order was made of the cart: it is asked for anew, here and in the other tabs. */
export function cartWasCheckedOut(): void {
  keep([])
  channel.postMessage({ told: [] })
  void queryClient.invalidateQueries({ queryKey: cartQuery.queryKey })
  channel.postMessage({})
}

/** Moves what a guest put together into the cart of the customer who has just signed in. */
export const mergeGuestCart = async (): Promise<void> => cartBecame(await answerOf<Cart>(basketMergeCarts()))

export const useCart = () => useQuery(cartQuery)

/** What is to be told of the cart: what is so by now, and what was told once and not put away yet. */
export function useCartMessages(cart: Cart): readonly CartMessage[] {
  const once = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => told,
  )
  return [...once, ...cart.messages.filter(({ type }) => !toldOnce.has(type))]
}

/** Puts away what was told once, in all tabs. */
export function dismissMessages(): void {
  keep([])
  channel.postMessage({ told })
}

/** What is done to the cart; each answers with the whole cart. */
export type CartChange =
  | { readonly do: "add"; readonly sku: string; readonly quantity: number }
  | { readonly do: "set"; readonly sku: string; readonly quantity: number }
  | { readonly do: "remove"; readonly sku: string }
  | { readonly do: "put-coupon"; readonly code: string }
  | { readonly do: "remove-coupon" }
  | {
      readonly do: "deliver"
      readonly country?: string
      readonly state?: string
      readonly shippingMethod?: string
    }
  | { readonly do: "hold" }
  | { readonly do: "release-hold" }
  | { readonly do: "order-again"; readonly orderId: string }

function send(change: CartChange, key: string) {
  const headers = { "Idempotency-Key": key }
  switch (change.do) {
    case "add":
      return basketAddItem({ body: { sku: change.sku, quantity: change.quantity }, headers })
    case "set":
      return basketPutItem({ path: { sku: change.sku }, body: { quantity: change.quantity } })
    case "remove":
      return basketRemoveItem({ path: { sku: change.sku } })
    case "put-coupon":
      return basketPutCoupon({ body: { couponCode: change.code } })
    case "remove-coupon":
      return basketRemoveCoupon()
    case "deliver": {
      const { do: _, ...body } = change
      return basketPutDelivery({ body })
    }
    case "hold":
      return basketTakeHold()
    case "release-hold":
      return basketReleaseHold()
    case "order-again":
      return basketOrderAgain({ body: { orderId: change.orderId }, headers })
  }
}

/**
 * Changes the cart. A change whose answer got lost is sent again under the key of the first, and changes are sent one after
 * the other, so that the last answer is the cart as it is.
 */
export function useCartChange() {
  const client = useQueryClient()
  return useMutation({
    scope: { id: "cart" },
    mutationFn: async ({ change, key }: { change: CartChange; key: string }) => {
      await client.cancelQueries({ queryKey: cartQuery.queryKey })
      return answerOf<Cart>(send(change, key))
    },
    onSuccess: cartBecame,
  })
}

/** The argument of `useCartChange` for one action of the shopper. */
export const once = (change: CartChange) => ({ change, key: newKey() })

export const unitsIn = (cart: Cart | undefined): number =>
  cart?.lines.reduce((units, { quantity }) => units + quantity, 0) ?? 0
