import { messages } from "../../../../texts/messages.ts"
import { de } from "./preview-texts.de.ts"

/** The texts of the preview of a rule. */
export const en = {
  title: "Try it on a basket",
  says: "Nothing is saved by this. Taxes are counted at the checkout, after these discounts.",
  add: "Put into the basket",
  empty: "Put something into the basket to see what the rule does.",
  incomplete: "Fill in the rule to see what it does.",
  quantity: "Quantity of {name}",
  remove: "Take {name} out",
  country: "Country",
  shipping: "Shipping",
  "shipping.unknown": "Not chosen yet",
  coupon: "Coupon sent besides",
  groups: "Customer groups",
  at: "At (in {zone}; now when empty)",
  ordered: "The customer has ordered before",
  amounts: "What goes off",
  "column.line": "Line",
  "column.price": "Price",
  "column.without": "Without it",
  "column.with": "With it",
  "column.rule": "Rule",
  total: "Total",
  less: "({amount} less)",
  more: "({amount} more)",
  rules: "What became of each rule",
  draft: "the one you edit",
  refused: "{code} is refused: {why}",
  "outcome.applied": "applied",
  "outcome.suppressed": "gave way",
  "outcome.not-met": "not met",
} as const

export const t = messages(en, de)
