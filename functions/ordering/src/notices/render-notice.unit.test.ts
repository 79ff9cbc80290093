import { getCheckout } from "@eshop/domain/contracts/checkouts"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { evolve, replay } from "@eshop/domain/ordering/order"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import * as given from "@eshop/domain/ordering/testing/given"
import { proposeWithdrawal, withdraw } from "@eshop/domain/ordering/withdraw"
import { describe, expect, test } from "vitest"
import type { NoticeFacts } from "./notice.ts"
import { renderNotice } from "./render-notice.ts"
import { templates } from "./templates.ts"

const { shippingAddress } = getCheckout.example.answer
const link = "https://shop.example/orders/1#token=a.b"
const order = replay(given.streamOf(...given.toPaid, given.shipRed)) as NonNullable<ReturnType<typeof replay>>
const orderId = order.id
const render = (facts: NoticeFacts, more: object = {}, of = order) =>
  renderNotice({ id: given.refund1, facts }, { order: of, address: { ...shippingAddress, ...more }, link })
const number = orderNumberOf(orderId)

describe("a notice", () => {
  test("is written in English, with the amounts of the country that the order goes to", () => {
    const notice = render({ kind: "order-confirmed", orderId }, { country: "US" })
    expect(notice).toMatchObject({
      language: "en",
      to: { name: "Mehmet Yılmaz", address: "mehmet@example.com" },
      subject: `Your order ${number}`,
    })
    expect(notice.text).toBe(
      [
        "Hello Mehmet Yılmaz,",
        `Thank you for your order ${number} of November 1, 2026. We have received your payment of $30.00.`,
        "  2 × IPhone X\n  1 × IPhone X",
        "We tell you as soon as it is on its way.",
        `Your order: ${link}`,
        "Your eShop\n",
      ].join("\n\n"),
    )
  })

  test("is written in German where German is spoken", () => {
    const { language, text } = render({ kind: "order-confirmed", orderId }, { country: "AT" })
    expect([language, text.includes("vom 1. November 2026"), text.includes("30,00")]).toEqual([
      "de",
      true,
      true,
    ])
  })

  test("leaves out what there is no value for", () => {
    const { text } = render({ kind: "order-shipped", orderId, shipmentId: given.shipment1 })
    expect(text).toContain("Carrier: DHL")
    expect(text).toContain("2 × IPhone X")
    expect(text).not.toContain("Tracking")
    expect(text).not.toMatch(/[{}]/)
  })

  test.each(Object.keys(templates))("%s has every language, and nothing in braces is left", (kind) => {
    const facts = {
      ...{ kind, orderId, shipmentId: given.shipment1, refundId: given.refund1, returnId: given.refund1 },
      ...{
        withdrawalId: given.refund1,
        reason: "customer.asked",
        lines: [{ sku: "IPHONE-X-RED", quantity: 1 }],
      },
      ...{ order: { id: orderId }, emails: [] },
    } as unknown as NoticeFacts
    for (const country of ["US", "DE"]) {
      const notice = render(facts, { country })
      expect([notice.subject, notice.text, notice.html].join("")).not.toMatch(/[{}]|undefined/)
      expect(notice.subject).toContain(number)
      expect(notice.html).toContain(`<html lang="${country === "DE" ? "de" : "en"}">`)
    }
  })

  test("takes hostile names for text", () => {
    const hostile = '<img src=x onerror="alert(1)">'
    const { html, text } = render(
      { kind: "order-link", order: { id: orderId }, emails: [] },
      { firstName: hostile },
    )
    expect(html).not.toContain("<img")
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;")
    expect(html).toContain(`<a href="${link}">`)
    expect(text).toContain(hostile)
  })

  test("of a withdrawal states what was withdrawn, of which order, and when to the second", () => {
    const now = new Date("2026-11-20T09:08:07.000Z")
    const proposal = proposeWithdrawal(order, [given.red(1), given.black(1)], now)
    if (isRefusal(proposal)) throw new Error(proposal.code)
    const { withdrawalId, lines } = proposal
    const decided = withdraw(order, { withdrawalId, returnId: given.refund2, lines }, now)
    if (isRefusal(decided)) throw new Error(decided.code)
    const withdrawn = decided.reduce<typeof order>(evolve, order)
    const facts: NoticeFacts = { kind: "withdrawal-received", orderId, withdrawalId }
    const { text } = render(facts, { country: "GB" }, withdrawn)
    expect(text).toContain("On 20 November 2026 at 09:08:07 UTC you declared")
    expect(text).toContain(number)
    expect(text).toContain("1 × IPhone X\n  1 × IPhone X")
    expect(text).toContain("Paid back at once: US$10.00")
    expect(text).toContain("Paid back once the goods have come back: US$10.00")
    expect(text).toContain("Mehmet Yılmaz")
  })
})
