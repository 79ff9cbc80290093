import type { Language } from "../locale.ts"
import type { NoticeKind } from "./notice.ts"

/**
 * A notice in one language. `{name}` and the like are filled in; a paragraph with one that there is no value for is left
 * out; `{lines}` is a list of goods.
 */
export type Template = { readonly subject: string; readonly paragraphs: readonly string[] }

/** What stands around every notice. */
export const frames: Readonly<Record<Language, { readonly greeting: string; readonly closing: string }>> = {
  en: { greeting: "Hello {name},", closing: "Your eShop" },
  de: { greeting: "Guten Tag {name},", closing: "Ihr eShop" },
}

const seeOrder: Readonly<Record<Language, string>> = {
  en: "Your order: {link}",
  de: "Ihre Bestellung: {link}",
}

export const templates: Readonly<Record<NoticeKind, Readonly<Record<Language, Template>>>> = {
  "order-confirmed": {
    en: {
      subject: "Your order {number}",
      paragraphs: [
        "Thank you for your order {number} of {date}. We have received your payment of {total}.",
        "{lines}",
        "We tell you as soon as it is on its way.",
        seeOrder.en,
      ],
    },
    de: {
      subject: "Ihre Bestellung {number}",
      paragraphs: [
        "vielen Dank für Ihre Bestellung {number} vom {date}. Ihre Zahlung über {total} ist bei uns eingegangen.",
        "{lines}",
        "Wir melden uns, sobald sie unterwegs ist.",
        seeOrder.de,
      ],
    },
  },
  "order-shipped": {
    en: {
      subject: "Your order {number} is on its way",
      paragraphs: [
        "A parcel of your order {number} has left our house:",
        "{lines}",
        "Carrier: {carrier}",
        "Tracking number: {tracking}",
        seeOrder.en,
      ],
    },
    de: {
      subject: "Ihre Bestellung {number} ist unterwegs",
      paragraphs: [
        "ein Paket Ihrer Bestellung {number} hat unser Haus verlassen:",
        "{lines}",
        "Versand durch: {carrier}",
        "Sendungsnummer: {tracking}",
        seeOrder.de,
      ],
    },
  },
  "order-delivered": {
    en: {
      subject: "Your order {number} has arrived",
      paragraphs: [
        "Everything of your order {number} has been delivered.",
        "You may withdraw from the contract without giving a reason until {deadline}.",
        seeOrder.en,
      ],
    },
    de: {
      subject: "Ihre Bestellung {number} ist angekommen",
      paragraphs: [
        "Ihre Bestellung {number} ist vollständig zugestellt.",
        "Sie können den Vertrag bis zum {deadline} ohne Angabe von Gründen widerrufen.",
        seeOrder.de,
      ],
    },
  },
  "order-cancelled": {
    en: {
      subject: "Your order {number} was cancelled",
      paragraphs: [
        "Your order {number} was cancelled.",
        "{reason}",
        "What you have paid goes back to you; we tell you when it has.",
        seeOrder.en,
      ],
    },
    de: {
      subject: "Ihre Bestellung {number} wurde storniert",
      paragraphs: [
        "Ihre Bestellung {number} wurde storniert.",
        "{reason}",
        "Was Sie bezahlt haben, erstatten wir Ihnen; wir melden uns, sobald es geschehen ist.",
        seeOrder.de,
      ],
    },
  },
  "lines-cancelled": {
    en: {
      subject: "Part of your order {number} was cancelled",
      paragraphs: [
        "This part of your order {number} was cancelled and will not be shipped:",
        "{lines}",
        "{reason}",
        seeOrder.en,
      ],
    },
    de: {
      subject: "Ein Teil Ihrer Bestellung {number} wurde storniert",
      paragraphs: [
        "dieser Teil Ihrer Bestellung {number} wurde storniert und wird nicht versandt:",
        "{lines}",
        "{reason}",
        seeOrder.de,
      ],
    },
  },
  "order-returned": {
    en: {
      subject: "Your return of order {number} has arrived",
      paragraphs: ["We have received and accepted this of your order {number}:", "{lines}", seeOrder.en],
    },
    de: {
      subject: "Ihre Rücksendung zur Bestellung {number} ist angekommen",
      paragraphs: [
        "wir haben dies aus Ihrer Bestellung {number} erhalten und angenommen:",
        "{lines}",
        seeOrder.de,
      ],
    },
  },
  "order-refunded": {
    en: {
      subject: "Refund for your order {number}",
      paragraphs: ["{amount} of your payment for order {number} went back to you on {date}.", seeOrder.en],
    },
    de: {
      subject: "Erstattung zu Ihrer Bestellung {number}",
      paragraphs: [
        "am {date} haben wir Ihnen {amount} Ihrer Zahlung für die Bestellung {number} erstattet.",
        seeOrder.de,
      ],
    },
  },
  // Article 11a(4) of Directive 2011/83/EU: the content of the withdrawal, and its date and time, on a durable medium.
  "withdrawal-received": {
    en: {
      subject: "We have received your withdrawal from order {number}",
      paragraphs: [
        "On {moment} you declared that you withdraw from the contract of your order {number} of {date} for:",
        "{lines}",
        "Name in the order: {name}",
        "Paid back at once: {refundNow}",
        "Paid back once the goods have come back: {refundOnReturn}",
        "This is the confirmation that we have received your declaration.",
        seeOrder.en,
      ],
    },
    de: {
      subject: "Wir haben Ihren Widerruf zur Bestellung {number} erhalten",
      paragraphs: [
        "am {moment} haben Sie erklärt, dass Sie den Vertrag Ihrer Bestellung {number} vom {date} widerrufen, für:",
        "{lines}",
        "Name in der Bestellung: {name}",
        "Sofort erstattet: {refundNow}",
        "Nach der Rücksendung erstattet: {refundOnReturn}",
        "Dies ist die Bestätigung, dass Ihre Erklärung bei uns eingegangen ist.",
        seeOrder.de,
      ],
    },
  },
  "order-link": {
    en: {
      subject: "The way to your order {number}",
      paragraphs: [
        "You, or somebody who knows your e-mail address, asked for the way to your order {number}. Here it is, for 90 days:",
        "{link}",
        "Whoever has this link sees your order: keep it to yourself. If you did not ask for it, you need not do anything.",
      ],
    },
    de: {
      subject: "Der Weg zu Ihrer Bestellung {number}",
      paragraphs: [
        "Sie oder jemand, der Ihre E-Mail-Adresse kennt, hat nach dem Weg zu Ihrer Bestellung {number} gefragt. Hier ist er, 90 Tage lang:",
        "{link}",
        "Wer diesen Link hat, sieht Ihre Bestellung: Geben Sie ihn nicht weiter. Wenn Sie nicht gefragt haben, brauchen Sie nichts zu tun.",
      ],
    },
  },
}

/** Why an order or a part of it was cancelled, by the reason's code; where there is no sentence, none is said. */
export const reasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  "customer.asked": { en: "You asked us to.", de: "Sie haben uns darum gebeten." },
  "customer.withdrew": {
    en: "You withdrew from the contract.",
    de: "Sie haben den Vertrag widerrufen.",
  },
  "stock.insufficient": {
    en: "We do not have enough of what you ordered.",
    de: "Wir haben von dem, was Sie bestellt haben, nicht genug.",
  },
  "payment.declined": {
    en: "The payment was not accepted.",
    de: "Die Zahlung wurde nicht angenommen.",
  },
  "payment.action-required": {
    en: "The payment was not confirmed in time.",
    de: "Die Zahlung wurde nicht rechtzeitig bestätigt.",
  },
}
