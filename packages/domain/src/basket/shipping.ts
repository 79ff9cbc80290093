import * as z from "zod"
import { CountryCode, ShippingMethodId, TaxCategory } from "../kernel/ids.ts"
import { localisedLine } from "../kernel/localised-text.ts"
import { Money } from "../kernel/money.ts"
import { defineRefusal } from "../kernel/refusal.ts"

/** So many methods a shop has at the most: every cart is offered all that apply. */
export const MAX_SHIPPING_METHODS = 50

/** Far above any freight, and small enough that a total stays an exact integer. */
const Price = z.strictObject({ ...Money.shape, amount: z.int().min(0).max(1_000_000_000) })

/** What a merchant says of a way to ship; its price is that of a whole order. */
export const ShippingTerms = z.strictObject({
  name: localisedLine(100),
  countries: z.array(CountryCode).min(1).max(250).optional().describe("Where to; absent: everywhere"),
  price: Price,
  freeFrom: Price.optional().describe("Free for carts worth this, before discounts"),
  taxCategory: TaxCategory,
  includesTax: z.boolean().describe("Gross: the price holds its tax; net: the tax is added"),
  days: z
    .strictObject({ min: z.int().min(0).max(365), max: z.int().min(0).max(365) })
    .refine(({ min, max }) => min <= max, { error: "min is more than max" })
    .optional()
    .describe("How long it takes, in days"),
})
export type ShippingTerms = z.infer<typeof ShippingTerms>

export const ShippingMethod = ShippingTerms.extend({ id: ShippingMethodId, version: z.int().min(1) })
export type ShippingMethod = z.infer<typeof ShippingMethod>

export const shippingUnknown = defineRefusal(
  "shipping.unknown",
  "not-found",
  "There is no such shipping method.",
)
export const shippingChanged = defineRefusal(
  "shipping.changed",
  "stale",
  "The shipping method has changed since you read it.",
  z.object({ version: z.int() }),
)
export const shippingFull = defineRefusal(
  "shipping.too-many",
  "rule",
  `A shop has at most ${MAX_SHIPPING_METHODS} shipping methods.`,
)
export const shippingUnavailable = defineRefusal(
  "shipping.unavailable",
  "rule",
  "The cart cannot be shipped there in this way.",
  z.object({ country: CountryCode, methods: z.array(ShippingMethodId) }),
)

/** A method that a cart can be shipped by, at the price that it has for this cart. */
export type ShippingOffer = { readonly method: ShippingMethod; readonly price: Money }

const goesTo = ({ countries }: ShippingMethod, country: string | undefined): boolean =>
  countries === undefined || (country !== undefined && countries.includes(country))

const priceFor = ({ price, freeFrom }: ShippingMethod, value: Money): Money =>
  freeFrom && value.amount >= freeFrom.amount ? { ...price, amount: 0 } : price

/** Methods with what they cost, the cheapest first; of one price in the order of their ids. @param value of the cart */
export const offersOf = (methods: readonly ShippingMethod[], value: Money): ShippingOffer[] =>
  methods
    .map((method) => ({ method, price: priceFor(method, value) }))
    .sort((a, b) => a.price.amount - b.price.amount || (a.method.id < b.method.id ? -1 : 1))

/**
 * The methods that go to a country, in the same order.
 * @param country undefined while it is not known: only what goes everywhere is offered
 * @param value of the cart, before its discounts: a coupon never makes the shipping dearer
 */
export const offersFor = (
  methods: readonly ShippingMethod[],
  country: string | undefined,
  value: Money,
): ShippingOffer[] =>
  offersOf(
    methods.filter((method) => goesTo(method, country)),
    value,
  )

/** The offer that the shopper wants; the cheapest where they want none, or one that is not offered. */
export const chooseOffer = (
  offers: readonly ShippingOffer[],
  wanted: string | undefined,
): ShippingOffer | undefined => offers.find(({ method }) => method.id === wanted) ?? offers[0]
