/** The frame's words, which are the provider's: it speaks the visitor's language itself. */
const en = {
  number: "Card number",
  expiry: "Expiry date",
  cvc: "Security code",
  testCards: "Test cards",
  "card.visa": "Accepted",
  "card.authenticationRequired": "Asks its holder (3-D Secure)",
  "card.slow": "Takes a while",
  "card.chargeDeclined": "Declined",
  incomplete_number: "Your card number is incomplete.",
  invalid_number: "Your card number is invalid.",
  incomplete_expiry: "Your card’s expiry is incomplete: month and year, such as 04 / 30.",
  invalid_expiry_year_past: "Your card has expired.",
  incomplete_cvc: "Your card’s security code is incomplete.",
  card_declined: "This is no test card, and this shop takes no others.",
  api_connection_error: "The payment provider cannot be reached. Please try again.",
}

export type CardText = keyof typeof en

const de: Record<CardText, string> = {
  number: "Kartennummer",
  expiry: "Gültig bis",
  cvc: "Prüfziffer",
  testCards: "Testkarten",
  "card.visa": "Wird angenommen",
  "card.authenticationRequired": "Fragt ihren Inhaber (3-D Secure)",
  "card.slow": "Braucht eine Weile",
  "card.chargeDeclined": "Wird abgelehnt",
  incomplete_number: "Die Kartennummer ist unvollständig.",
  invalid_number: "Die Kartennummer ist ungültig.",
  incomplete_expiry: "Das Ablaufdatum ist unvollständig: Monat und Jahr, etwa 04 / 30.",
  invalid_expiry_year_past: "Die Karte ist abgelaufen.",
  incomplete_cvc: "Die Prüfziffer ist unvollständig.",
  card_declined: "Das ist keine Testkarte, und andere nimmt dieser Shop nicht.",
  api_connection_error: "Der Zahlungsanbieter ist nicht erreichbar. Bitte versuchen Sie es noch einmal.",
}

export const textsIn = (locale: string): Record<CardText, string> => (locale === "de" ? de : en)
