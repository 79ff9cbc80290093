import { createHash } from "node:crypto"
import type { Call } from "@eshop/building-blocks/app/call"
import { isUnavailable } from "@eshop/building-blocks/failure"
import type { Cart, Delivery } from "@eshop/domain/basket/cart"
import { refusedCoupons } from "@eshop/domain/basket/checkout"
import { CartMessage } from "@eshop/domain/basket/messages"
import { ShippingMethod, type ShippingOffer } from "@eshop/domain/basket/shipping"
import { LineDiscount, Tax } from "@eshop/domain/contracts/basket-events"
import { QuantityRule, VariantOptions } from "@eshop/domain/contracts/catalog-events"
import { Explanation } from "@eshop/domain/contracts/quotes"
import {
  CountryCode,
  CouponCode,
  CustomerId,
  HoldId,
  ProductId,
  Quantity,
  ShippingMethodId,
  Sku,
} from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { freeText } from "@eshop/domain/kernel/text"
import * as z from "zod"
import { type PricedCart, type PriceSources, priceCart } from "../pricing/price-cart.ts"
import type { Variants } from "../products/find-variants.ts"
import { findTaxRates } from "../taxes/find-tax-rates.ts"
import type { CartPorts } from "./ports.ts"

/** Where to, and how; what is left out is not known yet. */
export const DeliveryInput = z.strictObject({
  country: CountryCode.optional(),
  state: freeText(60).optional(),
  shippingMethod: ShippingMethodId.optional(),
})

const Offer = z.strictObject({
  method: ShippingMethodId,
  name: ShippingMethod.shape.name,
  days: ShippingMethod.shape.days,
  price: Money.describe("Of this cart, before discounts"),
})

/** A cart as its shopper sees it: everything that it holds and costs at this moment. */
export const CartView = z
  .strictObject({
    customerId: CustomerId.optional().describe("Absent for whoever has no cart yet"),
    version: z.int().min(0).describe("Grows by one with every change of the cart"),
    revision: z.string().describe("Of this answer; its part before the dot is the version"),
    lines: z.array(
      z.strictObject({
        sku: Sku,
        productId: ProductId,
        name: z.string(),
        translations: z.record(z.string(), z.string()).optional().describe("The name in other languages"),
        slug: z.string().optional(),
        options: VariantOptions,
        image: z.string().optional(),
        quantity: Quantity,
        quantityRule: QuantityRule.optional(),
        unitPrice: Money,
        listPrice: Money.describe("What one unit costs everybody"),
        discounts: z.array(LineDiscount),
        tax: Tax.optional(),
        total: Money.describe("Unit price × quantity − discounts"),
      }),
    ),
    couponCode: CouponCode.optional(),
    delivery: DeliveryInput,
    shipping: z
      .strictObject({
        method: ShippingMethodId,
        name: ShippingMethod.shape.name,
        price: Money.describe("After its discounts"),
        discounts: z.array(LineDiscount),
        tax: Tax.optional(),
      })
      .optional()
      .describe("The chosen method, or the cheapest; absent where none goes there"),
    shippingOffers: z.array(Offer).describe("The cheapest first"),
    subtotal: Money.describe("Σ unit price × quantity"),
    discount: Money.describe("Σ discounts of the lines"),
    tax: Money.optional().describe(
      "Σ taxes of lines and shipping; absent where nothing is taxed, or no country is known",
    ),
    total: Money,
    discountUnavailable: z.boolean(),
    explanations: z.array(Explanation).describe("What became of every discount, and why"),
    hold: z
      .strictObject({ holdId: HoldId, expiresAt: z.iso.datetime() })
      .optional()
      .describe("Stock that is set aside for this cart"),
    messages: z.array(CartMessage),
  })
  .meta({ id: "Cart" })
export type CartView = z.infer<typeof CartView>

/** What is shown waits for nobody: without taxes or discounts a cart is still worth reading. */
export const shownPrices = (ports: CartPorts): PriceSources => ({
  quote: (request) => ports.discounts.recentQuote(request),
  async taxRates(country) {
    try {
      return await findTaxRates(ports, country)
    } catch (error) {
      if (!isUnavailable(error)) throw error
      return undefined
    }
  },
})

/** A hint is worth telling when so few are left, or fewer than the shopper wants. */
const FEW = 5

/** What is so of the cart as long as it is so. */
function standingMessages(
  { priced, offer, answer, taxesUnavailable }: PricedCart,
  { country, shippingMethod }: Delivery,
  variants: Variants,
  left: ReadonlyMap<string, number>,
): CartMessage[] {
  const isFilled = priced.lines.length > 0
  const isOffered = offer && (shippingMethod === undefined || offer.method.id === shippingMethod)
  return [
    ...priced.notSold.map((sku) => ({ type: "not-sold" as const, sku })),
    ...priced.notCounted.map((sku) => ({ type: "not-counted" as const, sku })),
    ...priced.lines.flatMap(({ sku, quantity }): CartMessage[] => {
      const available = left.get(sku)
      const isWorthTelling = available !== undefined && (available <= FEW || available < quantity)
      return isWorthTelling && !variants.get(sku)?.backorder ? [{ type: "only-left", sku, available }] : []
    }),
    ...refusedCoupons(answer).map((refused) => ({ type: "coupon-refused" as const, ...refused })),
    ...(answer === "unavailable" ? [{ type: "discounts-unavailable" as const }] : []),
    ...(taxesUnavailable ? [{ type: "taxes-unavailable" as const }] : []),
    ...(isFilled && !offer && country ? [{ type: "not-shipped-to" as const, country }] : []),
    ...(offer && !isOffered && shippingMethod
      ? [{ type: "shipping-not-offered" as const, method: shippingMethod }]
      : []),
  ]
}

const viewOfOffer = ({ method, price }: ShippingOffer) => ({
  method: method.id,
  name: method.name,
  ...(method.days && { days: method.days }),
  price,
})

function linesOf({ priced, totals }: PricedCart, variants: Variants): CartView["lines"] {
  const listPrices = new Map(priced.lines.map(({ sku, listPrice }) => [sku, listPrice]))
  return totals.lines.map((line) => {
    const { options = {}, translations, slug, image, quantity: quantityRule } = variants.get(line.sku) ?? {}
    return {
      ...line,
      ...(translations && { translations }),
      ...(slug !== undefined && { slug }),
      options,
      ...(image !== undefined && { image }),
      ...(quantityRule && { quantityRule }),
      listPrice: listPrices.get(line.sku) ?? line.unitPrice,
    }
  })
}

/**
 * Shows a cart.
 * @param about.variants of its lines, by SKU
 * @param about.told what happened to it since it was shown last
 * @param about.delivery to look at, in place of the cart's own
 */
export async function viewCart(
  ports: CartPorts,
  call: Call,
  cart: Cart,
  about: {
    readonly variants: Variants
    readonly told: readonly CartMessage[]
    readonly delivery?: Delivery | undefined
  },
): Promise<CartView> {
  const { variants, told } = about
  const delivery = about.delivery ?? cart.delivery ?? {}
  const [priced, left] = await Promise.all([
    priceCart(ports, { ...cart, delivery }, variants, call, shownPrices(ports)),
    ports.stockHints.of(cart.items.map(({ sku }) => sku).filter((sku) => variants.has(sku))),
  ])
  const { totals, offers, offer, answer } = priced
  const { shipping, tax } = totals
  const { holdId, expiresAt } = cart.hold ?? {}
  const view = {
    ...(cart.customerId && { customerId: cart.customerId }),
    version: cart.version,
    lines: linesOf(priced, variants),
    ...(cart.couponCode && { couponCode: cart.couponCode }),
    delivery: { ...delivery },
    ...(shipping &&
      offer && { shipping: { ...shipping, name: offer.method.name, discounts: shipping.discounts ?? [] } }),
    shippingOffers: offers.map(viewOfOffer),
    subtotal: totals.subtotal,
    discount: totals.discount,
    ...(tax && { tax }),
    total: totals.total,
    discountUnavailable: answer === "unavailable",
    explanations: answer === "unavailable" ? [] : (answer.explanations ?? []),
    ...(holdId && expiresAt && { hold: { holdId, expiresAt } }),
    messages: [...told, ...standingMessages(priced, delivery, variants, left)],
  }
  const hash = createHash("sha256").update(JSON.stringify(view)).digest("base64url")
  return { ...view, revision: `${cart.version}.${hash.slice(0, 12)}` }
}
