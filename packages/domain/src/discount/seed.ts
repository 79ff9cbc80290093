import { usd } from "../kernel/money.ts"
import type { Coupon } from "./coupon.ts"
import type { Promotion } from "./promotion.ts"

const IPHONE_X = "5334c996-8457-4cf0-815c-ed2b77c4ff61"
const SAMSUNG_10 = "c67d6323-e8b1-4bdf-9a75-b0d0d2e7e914"

const stackingAt = (sortOrder: number): Promotion["stacking"] => ({
  sortOrder,
  combines: false,
  stops: false,
})

/** The reference system's two discounts per product, and one on the way. */
export const seedPromotions: readonly Promotion[] = [
  {
    id: "018f0000-0000-7000-8000-0000000000d1",
    name: "150 off every IPhone X",
    translations: { de: "150 Nachlass auf jedes IPhone X" },
    enabled: true,
    scope: { products: [IPHONE_X] },
    effect: { kind: "amount-per-unit", amount: usd(150_00) },
    stacking: stackingAt(100),
    version: 1,
  },
  {
    id: "018f0000-0000-7000-8000-0000000000d2",
    name: "100 off every Samsung 10",
    translations: { de: "100 Nachlass auf jedes Samsung 10" },
    enabled: true,
    scope: { products: [SAMSUNG_10] },
    effect: { kind: "amount-per-unit", amount: usd(100_00) },
    stacking: stackingAt(110),
    version: 1,
  },
]

/** The same two by code, which come first where a customer has one, and one for the whole cart. */
export const seedCoupons: readonly Coupon[] = [
  {
    code: "IPHONE150",
    name: "150 off every IPhone X",
    translations: { de: "150 Nachlass auf jedes IPhone X" },
    enabled: true,
    scope: { products: [IPHONE_X] },
    effect: { kind: "amount-per-unit", amount: usd(150_00) },
    stacking: stackingAt(10),
    uniqueCodes: false,
    version: 1,
  },
  {
    code: "SAMSUNG100",
    name: "100 off every Samsung 10",
    translations: { de: "100 Nachlass auf jedes Samsung 10" },
    enabled: true,
    scope: { products: [SAMSUNG_10] },
    effect: { kind: "amount-per-unit", amount: usd(100_00) },
    stacking: stackingAt(20),
    uniqueCodes: false,
    version: 1,
  },
  {
    code: "WELCOME10",
    name: "10 % off the whole cart",
    translations: { de: "10 % auf den ganzen Warenkorb" },
    enabled: true,
    effect: { kind: "percentage", rate: 10_000 },
    stacking: stackingAt(200),
    uniqueCodes: false,
    version: 1,
  },
]
