import type { CheckoutLine, LineDiscount, Tax } from "../contracts/basket-events.ts"
import { type Price, priceFor } from "../contracts/prices.ts"
import type { Quote } from "../contracts/quotes.ts"
import { rateFor, type TaxRate, taxOn } from "../contracts/taxes.ts"
import type { VariantDetails } from "../contracts/variants.ts"
import { type Currency, type Money, minusToZero, sum, times } from "../kernel/money.ts"
import type { ShippingOffer } from "./shipping.ts"

/** For whom and when prices are asked. */
export type Shopper = { readonly customerGroups: readonly string[]; readonly at: Date }

/** A line at its price, before discounts and taxes. */
export type PricedLine = {
  readonly sku: string
  readonly productId: string
  readonly name: string
  readonly quantity: number
  readonly unitPrice: Money
  /** What one unit costs everybody. */
  readonly listPrice: Money
  readonly taxCategory: string
  readonly includesTax: boolean
  readonly categories: readonly string[]
}

export type PricedLines = {
  readonly lines: readonly PricedLine[]
  readonly subtotal: Money
  /** SKUs that nobody, or not this shopper, can buy now. */
  readonly notSold: readonly string[]
  /** SKUs that would make the total more than can be counted. */
  readonly notCounted: readonly string[]
}

/** Lines are worth this at the most, together: with all taxes and the shipping the total is still an exact integer. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER) / 4n

/** The prices of a variant that Catalog described before prices were rows: one, gross, for everybody. */
const pricesOf = ({ prices, price }: VariantDetails): readonly Price[] =>
  prices ?? [{ unitPrice: price, minQuantity: 1, taxCategory: "standard", includesTax: true }]

/** What one unit of so many costs this shopper now; undefined where no price holds, and nothing is sold. */
export const unitPriceFor = (
  variant: VariantDetails,
  quantity: number,
  shopper: Shopper,
): Price | undefined => priceFor(pricesOf(variant), { ...shopper, quantity })

/**
 * Prices the lines that are sold and countable, in their order, and names the others.
 * @param variants those that are sold, by SKU
 */
export function priceLines(
  items: readonly { readonly sku: string; readonly quantity: number }[],
  variants: ReadonlyMap<string, VariantDetails>,
  shopper: Shopper,
  currency: Currency = "USD",
): PricedLines {
  const lines: PricedLine[] = []
  const notSold: string[] = []
  const notCounted: string[] = []
  let worth = 0n
  for (const { sku, quantity } of items) {
    const variant = variants.get(sku)
    const price = variant && unitPriceFor(variant, quantity, shopper)
    if (!variant || !price) {
      notSold.push(sku)
      continue
    }
    const { unitPrice, taxCategory, includesTax } = price
    const withLine = worth + BigInt(unitPrice.amount) * BigInt(quantity)
    if (withLine > MOST) {
      notCounted.push(sku)
      continue
    }
    worth = withLine
    const { productId, name, categories = [] } = variant
    const listPrice = unitPriceFor(variant, 1, { customerGroups: [], at: shopper.at })?.unitPrice ?? unitPrice
    lines.push({ sku, productId, name, quantity, unitPrice, listPrice, taxCategory, includesTax, categories })
  }
  return { lines, subtotal: { amount: Number(worth), currency }, notSold, notCounted }
}

/** What taxes are looked up by. */
export type Taxation = {
  readonly rates: readonly TaxRate[]
  readonly state?: string | undefined
  readonly at: Date
}

export type Totals = {
  readonly lines: readonly CheckoutLine[]
  readonly subtotal: Money
  readonly discount: Money
  readonly shipping?: {
    readonly method: string
    readonly price: Money
    readonly discounts?: LineDiscount[]
    readonly tax?: Tax
  }
  readonly tax?: Money
  readonly total: Money
}

/** Takes discounts off an amount, which never falls below zero: what a discount cannot take is not stated either. */
function takeOff(amount: Money, wanted: readonly LineDiscount[]): { left: Money; discounts: LineDiscount[] } {
  let left = amount
  const discounts = wanted.flatMap((discount) => {
    const rest = minusToZero(left, discount.amount)
    const taken = minusToZero(left, rest)
    left = rest
    return taken.amount > 0 ? [{ ...discount, amount: taken }] : []
  })
  return { left, discounts }
}

/** Absent where nothing is taxed. */
function taxOf(
  amount: Money,
  { taxCategory, includesTax }: { readonly taxCategory: string; readonly includesTax: boolean },
  taxation: Taxation | undefined,
): { readonly tax?: Tax } {
  const rate = taxation ? rateFor(taxation.rates, { ...taxation, taxCategory }) : 0
  return rate > 0 ? { tax: taxOn(amount, rate, includesTax) } : {}
}

function totalLine(line: PricedLine, quoted: Quote["lines"], taxation: Taxation | undefined): CheckoutLine {
  const wanted = quoted.flatMap(({ sku, ...discount }) => (sku === line.sku ? [discount] : []))
  const { left, discounts } = takeOff(times(line.unitPrice, line.quantity), wanted)
  const { sku, productId, name, quantity, unitPrice } = line
  return { sku, productId, name, quantity, unitPrice, discounts, ...taxOf(left, line, taxation), total: left }
}

function totalShipping(
  { method, price }: ShippingOffer,
  wanted: readonly LineDiscount[],
  taxation: Taxation | undefined,
): NonNullable<Totals["shipping"]> {
  const { left, discounts } = takeOff(price, wanted)
  return {
    method: method.id,
    price: left,
    ...(discounts.length > 0 && { discounts }),
    ...taxOf(left, method, taxation),
  }
}

/**
 * The one calculation of a cart that is shown and of a checkout: discounts come off the stated prices, the tax is on
 * what is left, per line and on the shipping, and the total is their sum. An empty cart costs nothing.
 * @param parts.taxation absent while it is not known where to: nothing is taxed yet
 */
export function totalOf(parts: {
  readonly priced: Pick<PricedLines, "lines" | "subtotal">
  readonly quote: Pick<Quote, "lines" | "shipping">
  readonly shipping?: ShippingOffer | undefined
  readonly taxation?: Taxation | undefined
}): Totals {
  const { priced, quote, taxation } = parts
  const { subtotal } = priced
  const lines = priced.lines.map((line) => totalLine(line, quote.lines, taxation))
  const shipping =
    parts.shipping && lines.length > 0
      ? totalShipping(parts.shipping, quote.shipping ?? [], taxation)
      : undefined
  const { currency } = subtotal
  const goods = sum(
    currency,
    lines.map((line) => line.total),
  )
  const taxes = [...lines, ...(shipping ? [shipping] : [])].flatMap(({ tax }) => (tax ? [tax] : []))
  const added = taxes.filter(({ included }) => !included).map(({ amount }) => amount)
  return {
    lines,
    subtotal,
    discount: minusToZero(subtotal, goods),
    ...(shipping && { shipping }),
    ...(taxes.length > 0 && {
      tax: sum(
        currency,
        taxes.map(({ amount }) => amount),
      ),
    }),
    total: sum(currency, [goods, ...(shipping ? [shipping.price] : []), ...added]),
  }
}
