import type { Tx } from "@eshop/building-blocks/app/call"
import type { EmailDigest } from "./email-digest.ts"

/** By what an order is found by whoever knows its number and the e-mail address that it was placed with. */
export type OrderContact = {
  readonly orderId: string
  readonly orderNumber: string
  readonly customerId: string
  readonly email: EmailDigest
}

/** An order as a person names it: by its number, which a few may share, or by its id. */
export type NamedOrder = { readonly number: string } | { readonly id: string }

/** The contacts of orders, apart from everything else: they are deleted when their customer is forgotten. */
export type OrderContacts = {
  /** An order that has its contact keeps it. */
  add(tx: Tx, contact: OrderContact): Promise<void>
  find(order: NamedOrder): Promise<readonly OrderContact[]>
  /** @returns the ids of the orders that were placed with any of these, newest first */
  ordersOf(emails: readonly EmailDigest[], limit: number): Promise<readonly string[]>
  /** @returns who has placed orders with any of these, and how many with them and with others; most orders first */
  customersOf(
    emails: readonly EmailDigest[],
    limit: number,
  ): Promise<
    readonly { readonly customerId: string; readonly orders: number; readonly ordersWithOthers: number }[]
  >
  /**
   * Forgets those of a customer whose addresses were forgotten before, in the same transaction.
   * @returns how many orders there were
   */
  forget(tx: Tx, customerId: string): Promise<number>
}

/** How often something was asked for, in windows of a fixed length. */
export type LookupCounts = {
  /**
   * Counts one look-up for each subject.
   * @returns the highest count within a subject's window, and the seconds until that window ends
   */
  count(
    tx: Tx,
    subjects: readonly string[],
    windowSeconds: number,
  ): Promise<{ readonly count: number; readonly secondsLeft: number }>
  /** Forgets windows that began longer ago. */
  forgetOlderThan(seconds: number): Promise<void>
}
