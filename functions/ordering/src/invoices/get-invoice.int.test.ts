import type { AppUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { usd } from "@eshop/domain/kernel/money"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { confirmStock } from "@eshop/domain/ordering/confirm-stock"
import { failRefund } from "@eshop/domain/ordering/fail-refund"
import { payOrder } from "@eshop/domain/ordering/pay-order"
import { requestRefund } from "@eshop/domain/ordering/request-refund"
import { settleRefund } from "@eshop/domain/ordering/settle-refund"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { changeOrder } from "../orders/change-order.ts"
import { customer, orderingOn, testOrderTokens } from "../testing/ordering.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let app: AppUnderTest

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
  app = ordering.appWith()
})
afterAll(() => ordering?.store.close())

const total = BasketCheckedOut.example.total
const invoiceNumber = "2026-000017"
const meta = { now: new Date("2026-11-02T10:00:00.000Z"), newId }
type Decide = Parameters<typeof changeOrder>[3]

/** Does to an order what a command of the domain decides. */
async function decided(orderId: string, decide: Decide) {
  const done = await ordering.store.unitOfWork.transaction((tx) =>
    changeOrder(ordering.ports, tx, orderId, decide, meta),
  )
  if (isRefusal(done)) throw new Error(`refused: ${(done as { code: string }).code}`)
}

async function placed(more: Partial<Checkout> = {}, address: object = {}) {
  const { checkout, details } = ordering.newCheckout(more)
  Object.assign(details, { shippingAddress: { ...details.shippingAddress, ...address } })
  await app.publish(BasketCheckedOut, checkout)
  return { id: checkout.checkoutId, owner: app.as(customer(checkout.customerId)) }
}
async function paid(more: Partial<Checkout> = {}, address: object = {}) {
  const order = await placed(more, address)
  await decided(order.id, (one) => confirmStock(one, {}, meta.now))
  await decided(order.id, (one) =>
    payOrder(one, { paymentId: "pi_1", captured: total, invoiceNumber }, meta.now),
  )
  return order
}

describe("an order's invoice", () => {
  test("states who sells and buys, what was bought, its taxes by rate and the sums; nobody keeps it", async () => {
    const { id, owner } = await paid({}, { country: "US" })
    const { status, headers, body } = await owner("GET", `orders/${id}/invoice`)
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toEqual({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "private, no-store",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "x-content-type-options": "nosniff",
    })
    for (const part of [
      "<h1>Invoice INV-2026-000017</h1>",
      "<address>eShop Ltd\n1 Main Street\nVAT GB123</address>",
      "Mehmet Yılmaz\nBağdat Caddesi 1",
      "Date: November 2, 2026",
      "IPhone X (IPHONE-X-BLACK)",
      "$1,900.00",
      "Discount: 150 off every IPhone X",
      "−$300.00",
      "19% included",
      "Shipping (standard)",
      '<td>19%</td><td class="sum">$1,348.66</td><td class="sum">$256.24</td><td class="sum">$1,604.90</td>',
      "<strong>Total: $1,604.90</strong>",
    ])
      expect(body).toContain(part)
    expect(body).not.toContain("Credit note")
  })

  test("is a German one where German is spoken", async () => {
    const { id, owner } = await paid({}, { country: "DE" })
    const { body } = await owner("GET", `orders/${id}/invoice`)
    expect(body).toContain('<html lang="de">')
    expect(body).toContain("Rechnung")
    expect(body).toContain("2. November 2026")
  })

  test("has a credit note for what went back, with its part of the taxes, and its cancellation when that comes back", async () => {
    const { id, owner } = await paid({}, { country: "US" })
    const refund = { refundId: newId(), amount: usd(119_00), reason: "customer.asked" }
    await decided(id, (one) => requestRefund(one, refund, meta.now))
    expect((await owner("GET", `orders/${id}/invoice`)).body).not.toContain("Credit note")
    await decided(id, (one) => settleRefund(one, { refundId: refund.refundId }, meta.now))
    const { body } = await owner("GET", `orders/${id}/invoice`)
    expect(body).toContain("<h2>Credit note CN-2026-000017-1</h2>")
    expect(body).toContain("corrects invoice INV-2026-000017")
    expect(body).toContain(
      '<td>19%</td><td class="sum">$100.00</td><td class="sum">$19.00</td><td class="sum">$119.00</td>',
    )
    expect(body).toContain("Total after corrections: $1,485.90")
    const { refundId } = refund
    await decided(id, (one) => failRefund(one, { refundId, code: "lost_or_stolen_card" }, meta.now))
    const after = (await owner("GET", `orders/${id}/invoice`)).body
    for (const part of [
      "<h2>Credit note CN-2026-000017-1</h2>",
      "<h2>Cancellation of a credit note CN-2026-000017-2</h2>",
      "cancels credit note CN-2026-000017-1",
      "Total after corrections: $1,604.90",
    ])
      expect(after).toContain(part)
  })

  test("names a discount in the invoice's language", async () => {
    const [line] = BasketCheckedOut.example.lines
    const discount = { reason: "Sale", translations: { de: "Ausverkauf" }, amount: usd(300_00) }
    const lines = [{ ...(line as NonNullable<typeof line>), discounts: [discount] }]
    const named = async (country: string) => {
      const { id, owner } = await paid({ lines }, { country })
      return /(Discount|Rabatt): \w+/.exec((await owner("GET", `orders/${id}/invoice`)).body)?.[0]
    }
    expect([await named("DE"), await named("FR")]).toEqual(["Rabatt: Ausverkauf", "Discount: Sale"])
  })

  test("takes hostile names for text, wherever they come from", async () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`
    const [line] = BasketCheckedOut.example.lines
    const { id, owner } = await paid(
      {
        lines: [
          {
            ...(line as NonNullable<typeof line>),
            name: hostile,
            discounts: [{ reason: hostile, amount: usd(300_00) }],
          },
        ],
        shipping: {
          ...(BasketCheckedOut.example.shipping as NonNullable<Checkout["shipping"]>),
          method: hostile,
        },
      },
      { firstName: hostile, lastName: hostile, addressLine: hostile, state: hostile, zipCode: "</address>" },
    )
    const { body } = await owner("GET", `orders/${id}/invoice`)
    expect(body.match(/<(script|img)|onerror='/g)).toBeNull()
    expect(body.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;/g)).toHaveLength(7)
    expect(body.match(/<\/address>/g)).toHaveLength(2)
  })

  test("is there from the payment on", async () => {
    const { id, owner } = await placed()
    const reply = await owner("GET", `orders/${id}/invoice`)
    expect([reply.status, codeOf(reply)]).toEqual([404, "invoice.missing"])
  })

  test("is shown to the order's customer, to whoever holds its token or reads all orders, and to nobody else", async () => {
    const { id } = await paid()
    const path = `orders/${id}/invoice`
    const other = await app.as(customer("other"))("GET", path)
    expect([other.status, codeOf(other)]).toEqual([404, "order.unknown"])
    const anonymous = app.as({ kind: "anonymous" })
    expect((await anonymous("GET", path)).status).toBe(401)
    const holder = (order: string) => ({ "x-order-token": testOrderTokens.issue(order, new Date()) })
    expect((await anonymous("GET", path, undefined, holder(newId()))).status).toBe(401)
    expect((await anonymous("GET", path, undefined, holder(id))).status).toBe(200)
    const reader = { ...customer("clerk"), roles: ["ordering.read"] }
    expect((await app.as(reader)("GET", path)).status).toBe(200)
  })

  test("names nobody once its customer was forgotten", async () => {
    const { id, owner } = await paid()
    await ordering.store.pool.query("DELETE FROM personal_data WHERE subject = $1", [id])
    const { status, body } = await owner("GET", `orders/${id}/invoice`)
    expect([status, body.includes("Mehmet"), body.includes("deleted at the customer")]).toEqual([
      200,
      false,
      true,
    ])
  })
})
