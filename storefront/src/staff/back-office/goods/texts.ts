import { messages } from "../../../texts/messages.ts"
import { de } from "./texts.de.ts"

/** What several pages of what is sold say. */
export const en = {
  "navigation.label": "What is sold",
  "products.title": "Products",
  "products.says": "Variants, texts, pictures, what is published",
  "categories.title": "Categories",
  "categories.says": "The tree that products are found in",
  "stock.title": "Stock",
  "stock.says": "What lies where, and what is running low",
  "imports.title": "Import and export",
  "imports.says": "Many products, prices and counts at once",
  "taxes.title": "Tax rates",
  "taxes.says": "How high what is taxed, by country",
  "shipping.title": "Shipping methods",
  "shipping.says": "The ways to ship, where to, and what they cost",
  "audit.title": "Audit trail",
  "audit.says": "Who changed what, and when",
  "stale.says": "This is what they saved. What you typed is still in the form.",
  "stale.take": "Take theirs into the form",
  "stale.keep": "Save mine in their place",
  "stale.back": "Back to the form",
  "status.draft": "Draft",
  "status.published": "Published",
  "status.discontinued": "Discontinued",
} as const

export const t = messages(en, de)
