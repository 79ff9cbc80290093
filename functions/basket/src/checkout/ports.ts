import type { Tx } from "@eshop/building-blocks/app/call"
import type { Outbox } from "@eshop/building-blocks/messaging/outbox"
import type { PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import type { Checkout } from "@eshop/domain/contracts/basket-events"
import type { HoldPorts } from "../holds/ports.ts"
import type { Proofs } from "../proofs/ports.ts"

export type Checkouts = {
  /** @throws when this version of the customer's cart was checked out before */
  add(tx: Tx, checkout: Checkout, cartVersion: number, at: Date): Promise<void>
  find(checkoutId: string): Promise<{ readonly checkout: Checkout; readonly checkedOutAt: Date } | undefined>
  /** Marks that its lines go back. @returns undefined when they did so before, or there is no such checkout */
  giveBack(tx: Tx, checkoutId: string, at: Date): Promise<Checkout | undefined>
}

export type CheckoutPorts = HoldPorts & {
  readonly checkouts: Checkouts
  readonly outbox: Outbox
  readonly personalData: PersonalData
  readonly proofs: Proofs
}
