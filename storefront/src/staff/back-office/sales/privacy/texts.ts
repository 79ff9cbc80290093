import { messages } from "../../../../texts/messages.ts"
import { de } from "./texts.de.ts"

/** The texts of the page about what is kept of customers. */
export const en = {
  title: "Privacy requests",
  says: "For a customer who asked in another way than on the shop's own pages. Each step is in the audit trail.",
  id: "Customer id",
  "id.hint": "As orders show it; the id of a guest counts as well",
  open: "Look it up",
  email: "E-mail address",
  "email.title": "By an e-mail address",
  "email.says":
    "Only if you have checked that whoever asks receives what is sent there: anybody may have typed it into a checkout. Decide customer by customer: one who orders with other addresses as well may be somebody else.",
  "email.pattern": "An address has an @",
  "email.find": "Find the customers",
  "email.none": "Nobody has ordered with this address, or they were forgotten.",
  "email.guest": "A guest; orders of this address: {orders}.",
  "email.account": "An account; orders of this address: {orders}.",
  "email.others": "Of other addresses: {orders}.",
  "guests.title": "With it, the guests that this customer was before",
  "data.title": "What is kept",
  "data.says":
    "Everything that the four contexts keep of this customer, and of the guests that they were before they signed in, as a file to hand over.",
  "data.do": "Export",
  "data.done": "The export was saved.",
  "erasure.title": "Erasure",
  "erasure.do": "Forget this customer",
  "erasure.confirm.title": "Forget this customer?",
  "erasure.confirm.says":
    "Name, address and e-mail address of everything until now are forgotten for good, as soon as no order is open. This cannot be taken back.",
  "erasure.confirm.do": "Yes, forget them",
  "state.not-requested": "Nobody has asked for it.",
  "state.waiting": "It was asked for and waits.",
  "state.erased": "It is done.",
  requested: "Asked for",
  "erased-until": "Forgotten is what was known until",
  "waits.title": "It waits for",
  "waits.none": "It is carried out within minutes.",
  "kept.title": "What the law keeps",
  "kept.invoice": "Name and address on the invoice of an order, until",
  order: "Order",
} as const

export const t = messages(en, de)
