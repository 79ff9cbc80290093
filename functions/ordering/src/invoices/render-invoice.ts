import { type Html, html } from "@eshop/building-blocks/http/html"
import type { LineDiscount } from "@eshop/domain/contracts/basket-events"
import type { Address } from "@eshop/domain/contracts/checkouts"
import { inLanguage } from "@eshop/domain/kernel/localised-text"
import { type InvoiceCorrection, invoiceOf, openAmount, type TaxGroup } from "@eshop/domain/ordering/invoice"
import { isSent, type PaidOrder } from "@eshop/domain/ordering/order"
import { dayText, type Locale, localeOf, moneyText, percentText } from "../locale.ts"
import { type InvoiceWords, invoiceWords } from "./words.ts"

/** Readable without it; on paper each correction begins a page. */
const STYLE = `
body { font: 1rem/1.4 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #999; vertical-align: top; }
th.sum, td.sum { text-align: right; white-space: nowrap; }
address { font-style: normal; white-space: pre-line; }
@page { margin: 2cm; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 10pt; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  section.correction { break-before: page; }
}`

type Language = { readonly locale: Locale; readonly words: InvoiceWords }

const addressText = (address: Address): string =>
  [
    `${address.firstName} ${address.lastName}`,
    address.addressLine,
    [address.zipCode, address.state].filter(Boolean).join(" "),
    address.country,
  ]
    .filter(Boolean)
    .join("\n")

type Tax = { readonly rate: number; readonly included: boolean } | undefined

function taxText(tax: Tax, { locale, words }: Language): string {
  if (!tax) return words.noTax
  return `${percentText(tax.rate, locale)}${tax.included ? ` ${words.included}` : ""}`
}

/** A discount as its own row: of whom or what it is, and what it takes off. */
const discountRow = (
  { reason, translations, amount }: Pick<LineDiscount, "reason" | "translations" | "amount">,
  { locale, words }: Language,
): Html =>
  html`<tr><td colspan="4">${words.discount}: ${inLanguage({ en: reason, ...translations }, locale.language)}</td><td class="sum">−${moneyText(amount, locale)}</td></tr>`

function rows({ lines, shipping }: PaidOrder, language: Language): Html[] {
  const { locale } = language
  return [
    ...lines.map(
      ({ name, sku, quantity, unitPrice, discounts, tax }) =>
        html`<tr><td>${name} (${sku})</td><td class="sum">${quantity}</td><td class="sum">${moneyText(unitPrice, locale)}</td><td>${taxText(tax, language)}</td><td class="sum">${moneyText({ ...unitPrice, amount: unitPrice.amount * quantity }, locale)}</td></tr>${discounts.map((discount) => discountRow(discount, language))}`,
    ),
    ...(shipping ? [shippingRows(shipping, language)] : []),
  ]
}

/** Its price is what is paid, after the discounts. */
function shippingRows(
  { method, price, discounts = [], tax }: NonNullable<PaidOrder["shipping"]>,
  language: Language,
): Html {
  const { locale, words } = language
  const before = {
    ...price,
    amount: discounts.reduce((total, { amount }) => total + amount.amount, price.amount),
  }
  return html`<tr><td colspan="3">${words.shipping} (${method})</td><td>${taxText(tax, language)}</td><td class="sum">${moneyText(before, locale)}</td></tr>${discounts.map((discount) => discountRow(discount, language))}`
}

function taxTable(groups: readonly TaxGroup[], { locale, words }: Language): Html {
  const row = ({ rate, net, tax, gross }: TaxGroup) =>
    html`<tr><td>${rate === undefined ? words.noTax : percentText(rate, locale)}</td><td class="sum">${moneyText(net, locale)}</td><td class="sum">${moneyText(tax, locale)}</td><td class="sum">${moneyText(gross, locale)}</td></tr>`
  return html`<table><thead><tr><th scope="col">${words.taxRate}</th><th scope="col" class="sum">${words.net}</th><th scope="col" class="sum">${words.tax}</th><th scope="col" class="sum">${words.gross}</th></tr></thead><tbody>${groups.map(row)}</tbody></table>`
}

function correctionSection(
  { number, cancels, at, amount, taxes }: InvoiceCorrection,
  invoiceNumber: string,
  language: Language,
): Html {
  const { locale, words } = language
  const title = cancels === undefined ? words.creditNote : words.cancellation
  const corrects =
    cancels === undefined ? `${words.corrects} ${invoiceNumber}` : `${words.cancels} ${cancels}`
  const what = cancels === undefined ? words.refunded : words.returned
  return html`<section class="correction"><h2>${title} ${number}</h2><p>${words.date}: ${dayText(at, locale)}, ${corrects}</p><p>${what}: <strong>${moneyText(amount, locale)}</strong></p>${taxTable(taxes, language)}</section>`
}

/**
 * An order's invoice as a page to print, with what corrects it, in the language of the country that it goes to.
 * @param about.seller name, address and tax number of the shop, in lines
 * @param about.paidAt ISO 8601
 * @param about.address absent once the customer was forgotten
 */
export function renderInvoice(
  order: PaidOrder,
  about: { readonly seller: string; readonly paidAt: string; readonly address: Address | undefined },
): string {
  const locale = localeOf(about.address?.country)
  const language = { locale, words: invoiceWords[locale.language] }
  const { words } = language
  const invoice = invoiceOf(order)
  const { number, orderNumber, taxes, corrections } = invoice
  const supplied = isSent(order)
    ? [...new Set(order.shipments.map(({ shippedAt }) => dayText(shippedAt, locale)))]
    : []
  const page = html`<!doctype html>
<html lang="${locale.language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${words.invoice} ${number}</title><style>${{ html: STYLE }}</style></head>
<body>
<h1>${words.invoice} ${number}</h1>
<p>${words.date}: ${dayText(about.paidAt, locale)}<br>${words.order} ${orderNumber}, ${words.ordered} ${dayText(order.submittedAt, locale)}${supplied.length > 0 ? html`<br>${words.supplied}: ${supplied.join("; ")}` : undefined}</p>
<h2>${words.seller}</h2><address>${about.seller}</address>
<h2>${words.buyer}</h2><address>${about.address ? addressText(about.address) : words.forgotten}</address>
<table><thead><tr><th scope="col">${words.item}</th><th scope="col" class="sum">${words.quantity}</th><th scope="col" class="sum">${words.unitPrice}</th><th scope="col">${words.taxRate}</th><th scope="col" class="sum">${words.amount}</th></tr></thead><tbody>${rows(order, language)}</tbody></table>
${taxTable(taxes, language)}
<p><strong>${words.total}: ${moneyText(order.total, locale)}</strong></p>
<p>${words.paid} ${dayText(about.paidAt, locale)}.</p>
${corrections.map((one) => correctionSection(one, number, language))}${
  corrections.length > 0
    ? html`<p><strong>${words.remaining}: ${moneyText(openAmount(order, invoice), locale)}</strong></p>`
    : undefined
}
</body>
</html>
`
  return page.html
}
