import { type Html, html } from "@eshop/building-blocks/http/html"
import type { Address } from "@eshop/domain/contracts/checkouts"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import { isPaid, isSent, type Order } from "@eshop/domain/ordering/order"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { withdrawalDeadline } from "@eshop/domain/ordering/withdraw"
import { dayText, type Locale, localeOf, momentText, moneyText } from "../locale.ts"
import type { NoticeFacts } from "./notice.ts"
import type { Notice } from "./ports.ts"
import { frames, reasons, templates } from "./templates.ts"

type Values = Readonly<Record<string, string | undefined>>
type Goods = readonly { readonly name: string; readonly quantity: number }[]

/** The order's goods by name; lines of one SKU are told apart by nothing that a reader knows. */
const named = (order: Order, lines: readonly StockLine[]): Goods =>
  lines.map(({ sku, quantity }) => ({
    name: order.lines.find((line) => line.sku === sku)?.name ?? sku,
    quantity,
  }))

/** What a notice says beyond what all of them say. */
function contentOf(
  facts: NoticeFacts,
  order: Order,
  locale: Locale,
): { readonly values: Values; readonly goods?: Goods } {
  switch (facts.kind) {
    case "order-confirmed":
      return { values: { total: moneyText(order.total, locale) }, goods: order.lines }
    case "order-shipped": {
      const shipment = isSent(order)
        ? order.shipments.find(({ shipmentId }) => shipmentId === facts.shipmentId)
        : undefined
      const values = { carrier: shipment?.carrier, tracking: shipment?.trackingNumber }
      return { values, goods: named(order, shipment?.lines ?? []) }
    }
    case "order-delivered": {
      const deadline = withdrawalDeadline(order)
      // The deadline is the first moment after the last day.
      const lastDay = deadline && new Date(deadline.getTime() - 1).toISOString()
      return { values: { deadline: lastDay && dayText(lastDay, locale) } }
    }
    case "order-cancelled":
      return { values: { reason: reasons[facts.reason]?.[locale.language] } }
    case "lines-cancelled":
      return {
        values: { reason: reasons[facts.reason]?.[locale.language] },
        goods: named(order, facts.lines),
      }
    case "order-returned":
      return { values: {}, goods: named(order, facts.lines) }
    case "order-refunded": {
      const refund = isPaid(order)
        ? order.payment.refunds.find(({ refundId }) => refundId === facts.refundId)
        : undefined
      const at = refund && (refund.status === "settled" ? refund.settledAt : refund.requestedAt)
      return {
        values: { amount: refund && moneyText(refund.amount, locale), date: at && dayText(at, locale) },
      }
    }
    case "withdrawal-received": {
      const withdrawal = isPaid(order)
        ? order.withdrawals.find(({ withdrawalId }) => withdrawalId === facts.withdrawalId)
        : undefined
      return {
        values: {
          moment: withdrawal && momentText(withdrawal.withdrawnAt, locale),
          refundNow: withdrawal && moneyText(withdrawal.refundNow, locale),
          refundOnReturn: withdrawal && moneyText(withdrawal.refundOnReturn, locale),
        },
        goods: named(order, withdrawal?.lines ?? []),
      }
    }
    case "order-link":
      return { values: {} }
  }
}

const PLACEHOLDER = /\{(\w+)\}/g

/** The text with its values; undefined when one is missing. */
function filled(text: string, values: Values): string | undefined {
  const isWhole = [...text.matchAll(PLACEHOLDER)].every(([, name]) => values[name as string] !== undefined)
  return isWhole ? text.replace(PLACEHOLDER, (_, name: string) => values[name] as string) : undefined
}

const goodsText = (goods: Goods): string =>
  goods.map(({ name, quantity }) => `  ${quantity} × ${name}`).join("\n")
const goodsHtml = (goods: Goods): Html =>
  html`<ul>${goods.map(({ name, quantity }) => html`<li>${quantity} × ${name}</li>`)}</ul>`

/** A paragraph, in which the one address is a link. */
function paragraphHtml(text: string, link: string): Html {
  const [before = "", after] = text.split(link, 2)
  return after === undefined
    ? html`<p>${text}</p>`
    : html`<p>${before}<a href="${link}">${link}</a>${after}</p>`
}

/**
 * Writes a notice to whom the order goes to, in the language of the country that it goes to.
 * @param link the order's page
 */
export function renderNotice(
  { id, facts }: { readonly id: string; readonly facts: NoticeFacts },
  { order, address, link }: { readonly order: Order; readonly address: Address; readonly link: string },
): Notice {
  const locale = localeOf(address.country)
  const { language } = locale
  const { values, goods } = contentOf(facts, order, locale)
  const name = `${address.firstName} ${address.lastName}`
  const all: Values = {
    name,
    number: orderNumberOf(order.id),
    date: dayText(order.submittedAt, locale),
    link,
    ...values,
  }
  const { subject, paragraphs } = templates[facts.kind][language]
  const { greeting, closing } = frames[language]
  const parts = [greeting, ...paragraphs, closing].flatMap((paragraph) => {
    if (paragraph === "{lines}")
      return goods && goods.length > 0 ? [{ text: goodsText(goods), html: goodsHtml(goods) }] : []
    const text = filled(paragraph, all)
    return text === undefined ? [] : [{ text, html: paragraphHtml(text, link) }]
  })
  const title = filled(subject, all) as string
  const page = html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${title}</title></head><body>${parts.map((part) => part.html)}</body></html>`
  return {
    id,
    orderId: order.id,
    kind: facts.kind,
    language,
    to: { name, address: address.emailAddress },
    subject: title,
    text: `${parts.map(({ text }) => text).join("\n\n")}\n`,
    html: page.html,
  }
}
