import type { QuoteLine } from "../../../contracts/quotes.ts"
import { usd } from "../../../kernel/money.ts"
import type { Cart, NamedRule } from "../cart.ts"

const idOf = (last: number) => `018f0000-0000-7000-8000-${String(last).padStart(12, "0")}`

/** A line whose product is that of its SKU's first word. */
export const lineOf = (sku: string, cents: number, quantity = 1, categories: string[] = []): QuoteLine => ({
  sku,
  productId: productIdOf(sku),
  quantity,
  unitPrice: usd(cents),
  categories: categories.map(categoryIdOf),
})

/** An id that a name stands for. */
const namedId = (name: string, from: number): string =>
  idOf([...name].reduce((number, letter) => (number * 31 + letter.charCodeAt(0)) % 999_983, from))
export const productIdOf = (sku: string): string => namedId(sku.split("-")[0] as string, 1)
export const categoryIdOf = (name: string): string => namedId(name, 2)
export const promotionIdOf = (name: string): string => namedId(name, 3)

export const cartOf = (lines: readonly QuoteLine[], more: Partial<Cart> = {}): Cart => ({
  lines,
  customerGroups: [],
  hasOrdered: false,
  at: new Date("2026-11-15T12:00:00.000Z"),
  ...more,
})

/** A promotion that is in force. */
export const promotionOf = (
  name: string,
  effect: NamedRule["effect"],
  {
    stacking,
    ...more
  }: Partial<Omit<NamedRule, "stacking">> & { stacking?: Partial<NamedRule["stacking"]> } = {},
): NamedRule => ({
  promotionId: promotionIdOf(name),
  couponCode: undefined,
  name,
  enabled: true,
  effect,
  ...(more as object),
  stacking: { sortOrder: 10, combines: false, stops: false, ...stacking },
})
