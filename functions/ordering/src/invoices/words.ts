import type { Language } from "../locale.ts"

/** What an invoice calls its parts. */
export type InvoiceWords = Readonly<
  Record<
    | "invoice"
    | "creditNote"
    | "cancellation"
    | "number"
    | "date"
    | "order"
    | "ordered"
    | "supplied"
    | "seller"
    | "buyer"
    | "forgotten"
    | "item"
    | "quantity"
    | "unitPrice"
    | "taxRate"
    | "amount"
    | "discount"
    | "shipping"
    | "net"
    | "tax"
    | "gross"
    | "total"
    | "included"
    | "paid"
    | "corrects"
    | "cancels"
    | "refunded"
    | "returned"
    | "remaining"
    | "noTax",
    string
  >
>

export const invoiceWords: Readonly<Record<Language, InvoiceWords>> = {
  en: {
    invoice: "Invoice",
    creditNote: "Credit note",
    cancellation: "Cancellation of a credit note",
    number: "Number",
    date: "Date",
    order: "Order",
    ordered: "ordered on",
    supplied: "Shipped on",
    seller: "From",
    buyer: "To",
    forgotten: "(deleted at the customer's request)",
    item: "Item",
    quantity: "Quantity",
    unitPrice: "Unit price",
    taxRate: "Tax",
    amount: "Amount",
    discount: "Discount",
    shipping: "Shipping",
    net: "Net",
    tax: "Tax",
    gross: "Gross",
    total: "Total",
    included: "included",
    paid: "Paid in full on",
    corrects: "corrects invoice",
    cancels: "cancels credit note",
    refunded: "Refunded",
    returned: "Refund sent back by the bank",
    remaining: "Total after corrections",
    noTax: "no tax",
  },
  de: {
    invoice: "Rechnung",
    creditNote: "Gutschrift (Rechnungskorrektur)",
    cancellation: "Stornierung einer Gutschrift",
    number: "Nummer",
    date: "Datum",
    order: "Bestellung",
    ordered: "bestellt am",
    supplied: "Versandt am",
    seller: "Von",
    buyer: "An",
    forgotten: "(auf Wunsch des Kunden gelöscht)",
    item: "Artikel",
    quantity: "Menge",
    unitPrice: "Einzelpreis",
    taxRate: "Steuer",
    amount: "Betrag",
    discount: "Rabatt",
    shipping: "Versand",
    net: "Netto",
    tax: "Steuer",
    gross: "Brutto",
    total: "Gesamtbetrag",
    included: "enthalten",
    paid: "Vollständig bezahlt am",
    corrects: "berichtigt die Rechnung",
    cancels: "storniert die Gutschrift",
    refunded: "Erstattet",
    returned: "Von der Bank zurückgekommene Erstattung",
    remaining: "Gesamtbetrag nach Korrekturen",
    noTax: "ohne Steuer",
  },
}
