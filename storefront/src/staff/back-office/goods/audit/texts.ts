import { messages } from "../../../../texts/messages.ts"
import { de } from "./texts.de.ts"

/** What the page of the audit trail says. */
export const en = {
  title: "Audit trail",
  says: "Who changed what and when, over all parts of the shop, the newest first. It is only ever added to.",
  contexts: "Parts of the shop",
  "context.catalog": "Catalog",
  "context.basket": "Basket",
  "context.discount": "Discount",
  "context.ordering": "Ordering",
  hidden: "Not shown: {contexts}. Its trail is for the role {roles}, which your account does not have.",
  away: "{contexts} does not answer at the moment; its entries are missing here.",
  subject: "What",
  "subject-hint": "Exactly, such as stock IPHONE-X-BLACK",
  action: "Action begins with",
  "action-hint": "Such as product. or price",
  by: "Who",
  "by-hint": "The id of an account or a service",
  since: "Since",
  until: "Until",
  find: "Find",
  clear: "Show all",
  "column.at": "When",
  "column.by": "Who",
  "column.context": "Where",
  "column.subject": "What",
  "column.action": "Action",
  "column.change": "Change",
  "change.show": "Show",
  none: "Nothing fits this.",
  "none-yet": "Nothing in the entries that were looked at. There are older ones.",
  more: "Look further back",
  "kind.anonymous": "nobody known",
  "kind.guest": "guest",
  "kind.order-holder": "order’s holder",
  "kind.customer": "person",
  "kind.service": "service",
  "kind.system": "the shop itself",
} as const

export const t = messages(en, de)
