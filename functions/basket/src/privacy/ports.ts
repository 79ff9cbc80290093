import type { Tx } from "@eshop/building-blocks/app/call"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import type { ErasedCustomers } from "@eshop/building-blocks/personal-data/erased-customers"
import type { PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import type { Checkout } from "@eshop/domain/contracts/basket-events"
import type { Carts } from "../cart/ports.ts"

/** What Basket keeps by customer. */
export type Customers = {
  /** The checkouts of a customer, the newest first. */
  checkouts(
    customerId: string,
    limit: number,
  ): Promise<readonly { readonly checkout: Checkout; readonly checkedOutAt: Date }[]>
  /** Removes the checkouts whose address was forgotten. */
  removeCheckouts(tx: Tx, customerId: string): Promise<void>
  /** Takes out of the carts' trails which cart of somebody else this customer's was merged with. */
  forgetMerges(tx: Tx, customerId: string): Promise<void>
  /** Forgets some addresses that were kept before, and keys that nothing is sealed with any more. @returns how many */
  forgetAddresses(tx: Tx, before: Date, limit: number): Promise<number>
  /** Forgets some of what was done to carts before. @returns how much */
  forgetTrails(before: Date, limit: number): Promise<number>
}

/** Which guest became which customer. */
export type GuestAccounts = {
  /** A guest who has become somebody already stays that one. */
  add(tx: Tx, guestId: string, customerId: string): Promise<void>
  /** Those that a customer was, the last one first; `mergedAt` in ISO 8601. */
  guestsOf(
    customerId: string,
    limit: number,
  ): Promise<readonly { readonly guestId: string; readonly mergedAt: string }[]>
  /** Forgets who became this one, or whom this one became, by then. */
  forget(tx: Tx, id: string, until: Date): Promise<void>
}

export type PrivacyPorts = {
  readonly customers: Customers
  readonly guestAccounts: GuestAccounts
  readonly carts: Pick<Carts, "current" | "remove">
  readonly personalData: PersonalData
  readonly audit: Audit
  readonly erased: ErasedCustomers
}
