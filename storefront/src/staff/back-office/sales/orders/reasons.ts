const words: Readonly<Record<string, string>> = {
  "customer.asked": "The customer asked for it",
  "customer.withdrew": "The customer withdrew",
  "stock.damaged": "The goods are damaged",
  "stock.missing": "The goods are not there",
  "fraud.suspected": "It looked like a fraud",
  "merchant.decided": "The shop decided so",
  "goods.damaged": "Damaged",
  "goods.not-as-described": "Not as described",
  "goods.wrong": "The wrong goods",
  "goods.unwanted": "Not wanted any more",
  "goods.used": "Used",
  "goods.missing": "Did not come back",
  "goods.late": "Came late",
  "provider.refunded": "Refunded on the payment provider's pages",
  goodwill: "Goodwill",
  "price.mistake": "The price was wrong",
  other: "Another reason",
}

/** What a reason's code means; the code itself where it is a new one. */
export const reasonInWords = (code: string): string => words[code] ?? code
