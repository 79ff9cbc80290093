import { type Call, customerGroupsOf } from "@eshop/building-blocks/app/call"
import type { Cart, CartItem, Delivery } from "@eshop/domain/basket/cart"
import { type DiscountAnswer, NO_DISCOUNT, quoteOf } from "@eshop/domain/basket/checkout"
import {
  type PricedLines,
  priceLines,
  type Shopper,
  type Totals,
  totalOf,
} from "@eshop/domain/basket/pricing"
import { chooseOffer, offersFor, type ShippingOffer } from "@eshop/domain/basket/shipping"
import type { QuoteRequest } from "@eshop/domain/contracts/quotes"
import type { TaxRate } from "@eshop/domain/contracts/taxes"
import type { Variants } from "../products/find-variants.ts"
import type { PricingPorts } from "./ports.ts"

/** For whom and when the call asks for prices. */
export const shopperOf = ({ caller, now }: Call): Shopper => ({
  customerGroups: customerGroupsOf(caller),
  at: now,
})

/** Where a cart's price comes from besides its variants: patiently for a checkout, at once for a cart that is shown. */
export type PriceSources = {
  quote(request: QuoteRequest): Promise<DiscountAnswer>
  /** @returns undefined when they cannot be had */
  taxRates(country: string): Promise<readonly TaxRate[] | undefined>
}

/** A cart with everything that it costs. */
export type PricedCart = {
  readonly priced: PricedLines
  readonly offers: readonly ShippingOffer[]
  /** Absent where no method goes there. */
  readonly offer: ShippingOffer | undefined
  readonly answer: DiscountAnswer
  readonly taxesUnavailable: boolean
  readonly totals: Totals
}

/** What Discount is asked about these lines. */
export function quoteRequest(
  priced: PricedLines,
  call: Call,
  about: { readonly couponCode?: string | undefined; readonly shipping?: ShippingOffer | undefined },
): QuoteRequest {
  const { caller } = call
  const { couponCode, shipping } = about
  // A guest without a coupon has no limits to look at: what is asked is the same for all of them.
  const isKnown = "id" in caller && (caller.kind !== "guest" || couponCode !== undefined)
  const customerGroups = [...customerGroupsOf(caller)]
  return {
    couponCodes: couponCode === undefined ? [] : [couponCode],
    lines: priced.lines.map(({ sku, productId, quantity, unitPrice, categories }) => ({
      sku,
      productId,
      quantity,
      unitPrice,
      ...(categories.length > 0 && { categories: [...categories] }),
    })),
    ...(isKnown && { customerId: caller.id }),
    ...(customerGroups.length > 0 && { customerGroups }),
    ...(shipping && { shipping: shipping.price }),
  }
}

/**
 * Composes what a cart costs: lines at the prices that apply, the shipping, what Discount takes off, and the taxes.
 * The cart that is shown and the checkout are priced by this, and by nothing else.
 * @param variants of the items, by SKU
 */
export async function priceCart(
  { shippingMethods }: Pick<PricingPorts, "shippingMethods">,
  cart: Pick<Cart, "couponCode"> & { readonly items: readonly CartItem[]; readonly delivery: Delivery },
  variants: Variants,
  call: Call,
  sources: PriceSources,
): Promise<PricedCart> {
  const { items, couponCode, delivery } = cart
  const shopper = shopperOf(call)
  const priced = priceLines(items, variants, shopper)
  const { country, state } = delivery
  const [methods, rates] = await Promise.all([
    shippingMethods.all(),
    country === undefined ? undefined : sources.taxRates(country),
  ])
  const offers = priced.lines.length > 0 ? offersFor(methods, country, priced.subtotal) : []
  const offer = chooseOffer(offers, delivery.shippingMethod)
  const answer =
    priced.lines.length > 0
      ? await sources.quote(quoteRequest(priced, call, { couponCode, shipping: offer }))
      : NO_DISCOUNT
  const totals = totalOf({
    priced,
    quote: quoteOf(answer),
    shipping: offer,
    taxation: rates && { rates, state, at: shopper.at },
  })
  return { priced, offers, offer, answer, taxesUnavailable: country !== undefined && !rates, totals }
}
