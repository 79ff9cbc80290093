import { randomUUID } from "node:crypto"
import type { Money } from "@eshop/domain/kernel/money"
import { pick, pickOne } from "@eshop/faults/seed"
import { checkOutPatiently } from "@eshop/local-cloud/shop/patient-checkout"
import type { Customer, Shop } from "@eshop/local-cloud/shop/shop-client"
import { inParallel } from "./in-parallel.ts"

/** SKUs of the seed that every load buys. */
export const skus = [
  "IPHONE-X-BLACK",
  "SAMSUNG-10-BLACK",
  "HUAWEI-PLUS-BLACK",
  "XIAOMI-MI-9-BLACK",
  "HTC-U11-PLUS-BLACK",
  "PANASONIC-LUMIX-BLACK",
] as const
const COUPON = "WELCOME10"

/** What its customer and the operators do with an order that is paid. */
export type AfterPayment = "cancelled" | "shipped" | "returned"

/** How a checkout must end: paid, or cancelled for this reason. */
export type End = "Paid" | "payment.declined" | "stock.insufficient"

/** One order of a load. */
export type Purchase = {
  readonly sku: string
  readonly quantity: number
  readonly paymentMethod: string
  readonly couponCode?: string
  /** How its checkout must end. */
  readonly end: End
  /** What is done with it once it is paid. */
  readonly afterPayment?: AfterPayment
}

type Method = { readonly paymentMethod: string; readonly end: End }
const accepted: Method = { paymentMethod: "pm_card_visa", end: "Paid" }
const mixed: readonly [Method, ...Method[]] = [
  accepted,
  ...Array<Method>(6).fill(accepted),
  { paymentMethod: "pm_card_slow", end: "Paid" },
  { paymentMethod: "pm_card_chargeDeclined", end: "payment.declined" },
  { paymentMethod: "pm_card_chargeDeclinedInsufficientFunds", end: "payment.declined" },
]

/** Whether its units and its money come back after they were sold. */
export const givesBack = ({ afterPayment }: Purchase): boolean =>
  afterPayment === "cancelled" || afterPayment === "returned"

/** Half of what is paid is left as it is. */
const afterPayments: readonly [AfterPayment | undefined, ...(AfterPayment | undefined)[]] = [
  ...(["cancelled", "shipped", "returned"] as const),
  ...[undefined, undefined, undefined],
]

/** Orders of all kinds. @param coupons every fourth order, or none: a killed Azurite forgets what it has not saved */
export const purchases = (seed: number, count: number, coupons = true): Purchase[] =>
  Array.from({ length: count }, (_, index) => {
    const method = pickOne(seed, `method of order ${index}`, mixed)
    const afterPayment = pickOne(seed, `after the payment of order ${index}`, afterPayments)
    return {
      sku: pickOne(seed, `sku of order ${index}`, skus),
      quantity: 1 + pick(seed, `quantity of order ${index}`, 3),
      ...method,
      ...(method.end === "Paid" && afterPayment && { afterPayment }),
      ...(coupons && pick(seed, `coupon of order ${index}`, 4) === 0 && { couponCode: COUPON }),
    }
  })

/** A customer with a filled cart, about to check out. */
export type Buyer = {
  readonly purchase: Purchase
  readonly customer: Customer
  readonly total: Money
  readonly key: string
}

const AT_ONCE = 32
let customers = 0

/** Signs in a customer of its own for each purchase and fills their carts. */
export const fillCarts = (shop: Shop, wanted: readonly Purchase[]): Promise<Buyer[]> =>
  inParallel(8, wanted, async (purchase) => {
    const customer = await shop.signIn(`proof-${customers++}`)
    const { sku, quantity, couponCode } = purchase
    const filled = await customer.putItem(sku, quantity)
    const { total } = couponCode === undefined ? filled : await customer.putCoupon(couponCode)
    return { purchase, customer, total, key: randomUUID() }
  })

/** Checks all carts out. @returns the orders' ids, in the buyers' order */
export const checkOutAll = (buyers: readonly Buyer[]): Promise<string[]> =>
  inParallel(AT_ONCE, buyers, ({ customer, purchase: { paymentMethod }, total, key }) =>
    checkOutPatiently(customer, { total, paymentMethod, key }),
  )
