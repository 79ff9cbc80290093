import { Address } from "@eshop/domain/contracts/checkouts"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import type { z } from "zod"

/** Invoices are kept for so many years after the end of the year in which they were made. */
const YEARS = 10
/** An order is paid within a day, or cancelled. */
const PAID_WITHIN_MS = 86_400_000

/** What an invoice must say of whom it was made out to; the e-mail address is not on it. */
export const InvoiceAddress = Address.omit({ emailAddress: true })
export type InvoiceAddress = z.infer<typeof InvoiceAddress>

/** When the invoice of an order need be kept no longer; undefined for an order that has none. */
export function invoiceKeptUntil(order: Order): Date | undefined {
  if (!isPaid(order)) return undefined
  const paidBy = new Date(Date.parse(order.submittedAt) + PAID_WITHIN_MS)
  return new Date(Date.UTC(paidBy.getUTCFullYear() + YEARS + 1, 0, 1))
}
