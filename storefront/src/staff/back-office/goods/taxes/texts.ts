import { messages } from "../../../../texts/messages.ts"
import { de } from "./texts.de.ts"

/** What the pages of the tax rates say. */
export const en = {
  title: "Tax rates",
  says: "A price names its tax category; the country, or its state, says how high that is taxed. Shipping is taxed too, as the category shipping.",
  country: "Country",
  code: "Code",
  version: "Version",
  open: "Rates of another country",
  "open-hint": "Two letters (ISO 3166-1), such as IT",
  "open-do": "Open",
  "one.title": "Tax rates of {country}",
  "one.back": "All countries",
  "one.unknown": "Nothing is known of this country: nothing is taxed there.",
  "one.malformed": "A country is named by two letters.",
  "rows.title": "Rates that hold now or will",
  "rows.says":
    "What is not in this list when it is saved holds no longer. Rates that are over are not shown and stay as they were, since they prove old invoices. Times are those of your own time zone.",
  "rows.category": "Tax category",
  "rows.state": "State",
  "rows.state-hint": "The whole country",
  "rows.rate": "Rate in %",
  "rows.rate-says": "A percentage with up to three digits behind the point, such as 9.975",
  "rows.from": "From",
  "rows.until": "Until",
  "rows.actions": "Remove",
  "rows.of": "{member}, rate {number}",
  "rows.add": "Add a rate",
  "rows.remove": "Remove rate {number}",
  save: "Save the rates",
  saved: "Saved. Carts follow within seconds.",
  unchanged: "Nothing was changed.",
  "stale.title": "Somebody else has set these rates meanwhile",
} as const

export const t = messages(en, de)
