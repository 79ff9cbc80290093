import { expect, test } from "vitest"
import { contradictions, type OrderFacts } from "./agreement.ts"
import { type Claim, imbalances, moneyEntries, type Payment, stockEntries, totals } from "./ledger.ts"

const captured: Payment = {
  orderId: "a",
  status: "succeeded",
  amount: 500,
  received: 500,
  refunded: 0,
  refunds: 0,
}
const authorised: Payment = { ...captured, orderId: "b", status: "requires_capture", received: 0 }
const refunded: Payment = { ...captured, orderId: "c", refunded: 200, refunds: 200 }

test("money that is set aside, taken or given back sums to 0", () => {
  const declined: Payment = { ...authorised, orderId: "d", status: "requires_payment_method" }
  const entries = moneyEntries([captured, authorised, refunded, declined])
  expect(imbalances(entries)).toEqual([])
  expect(Object.fromEntries(totals(entries))).toEqual({
    customer: -1_500,
    authorised: 500,
    captured: 800,
    refunded: 200,
  })
})

test.each<[string, Payment]>([
  ["captured twice", { ...captured, received: 1_000 }],
  ["captured in part", { ...captured, received: 400 }],
  ["refunded, and no refund says so", { ...captured, refunded: 500 }],
  ["a refund that the payment does not know", { ...captured, refunds: 500 }],
])("%s does not", (_, payment) => {
  expect(imbalances(moneyEntries([payment]))).toHaveLength(1)
})

const units = (quantity: number) => [{ sku: "X", quantity }]
const claim = (status: string, wanted: number, allocations: number, givenBack = 0): Claim => ({
  orderId: status,
  status,
  wanted: units(wanted),
  allocations: units(allocations),
  givenBack: units(givenBack),
})
const supply = new Map([["X", 10]])

test("stock that is on hand, sold or returned sums to 0, and so does what is set aside", () => {
  const claims = [claim("committed", 4, 3, 1), claim("held", 2, 2), claim("released", 5, 0)]
  const entries = stockEntries(supply, [{ sku: "X", onHand: 7, reserved: 3 }], claims, units(1))
  expect(imbalances(entries)).toEqual([])
  expect(Object.fromEntries(totals(entries))).toEqual({
    supply: -10,
    "on-hand": 7,
    sold: 4,
    returned: -1,
    reserved: 3,
    claimed: -3,
  })
})

test.each([
  ["sold twice", { onHand: 2, reserved: 0 }, [claim("committed", 4, 4)]],
  ["sold and still on hand", { onHand: 10, reserved: 0 }, [claim("committed", 4, 4)]],
  ["set aside for nobody", { onHand: 10, reserved: 1 }, []],
  ["somebody's, and not set aside", { onHand: 10, reserved: 0 }, [claim("held", 1, 1)]],
])("%s does not", (_, level, claims) => {
  expect(imbalances(stockEntries(supply, [{ sku: "X", ...level }], claims, []))).toHaveLength(1)
})

const order: OrderFacts = {
  id: "a",
  customerId: "somebody",
  status: "Paid",
  total: 500,
  paid: 500,
  refunded: 0,
}
const { paid: _, ...unpaid } = order

test("stores that agree have no contradictions", () => {
  const look = { claims: [{ ...claim("committed", 1, 1), orderId: "a" }], orders: [order] }
  expect(contradictions({ ...look, payments: [captured] })).toEqual([])
})

test.each<[string, OrderFacts, Payment[]]>([
  ["charged twice", order, [captured, captured]],
  ["paid without money", order, [authorised]],
  ["refunded in words alone", { ...order, refunded: 200 }, [captured]],
  ["cancelled and charged", { ...unpaid, status: "Cancelled" }, [captured]],
  ["cancelled, and its money is set aside", { ...unpaid, status: "Cancelled" }, [authorised]],
])("an order %s is a contradiction", (_, facts, payments) => {
  const own = payments.map((payment) => ({ ...payment, orderId: "a" }))
  expect(contradictions({ claims: [], orders: [facts], payments: own })).not.toEqual([])
})

test("so is stock that was sold to an order that is not paid", () => {
  const claims = [{ ...claim("committed", 1, 1), orderId: "a" }]
  const look = { claims, orders: [unpaid], payments: [] }
  expect(contradictions(look)).toEqual(["Catalog has sold what order a did not pay"])
})
