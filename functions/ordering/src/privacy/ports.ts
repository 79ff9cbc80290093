import type { Tx } from "@eshop/building-blocks/app/call"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import type { Outbox } from "@eshop/building-blocks/messaging/outbox"
import type { ErasedCustomer, ErasedCustomers } from "@eshop/building-blocks/personal-data/erased-customers"
import type { Archive, PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import type { CustomerData } from "@eshop/domain/contracts/customer-data"
import type { Order } from "@eshop/domain/ordering/order"
import type { OrderContacts } from "../access/ports.ts"
import type { Notices } from "../notices/ports.ts"

/** The orders of a customer. */
export type CustomerOrders = {
  /** The newest first. */
  list(customerId: string, limit: number): Promise<readonly Order[]>
  /** Those whose address was kept by a moment of the store's clock, the oldest first. */
  keptBy(tx: Tx, customer: ErasedCustomer): Promise<readonly Order[]>
  /** Which of these there are. */
  known(orderIds: readonly string[]): Promise<readonly string[]>
}

export type ErasureRequest = { readonly customerId: string; readonly requestedAt: Date }

/** Who wants to be forgotten, until it is done. */
export type ErasureRequests = {
  /** Asked again while it waits, what came meanwhile is meant as well. It is due a minute later. */
  put(tx: Tx, customerId: string): Promise<ErasureRequest>
  find(customerId: string): Promise<ErasureRequest | undefined>
  /** Some of those that are to be looked at. */
  due(limit: number): Promise<readonly ErasureRequest[]>
  /** Looks at it again some minutes later. */
  postpone(customerId: string): Promise<void>
  /** It is done. @returns false when another process has done it, or it was asked again meanwhile */
  remove(tx: Tx, request: ErasureRequest): Promise<boolean>
}

/** What another context keeps of a customer. @throws DependencyUnavailableError */
export type DataOfContext = (customerId: string) => Promise<CustomerData>

/** The contexts besides this one that keep something of customers. */
export type OtherContexts = Readonly<Record<"basket" | "catalog" | "discount", DataOfContext>>

export type ForgettingPorts = {
  readonly customerOrders: CustomerOrders
  readonly personalData: PersonalData
  readonly archive: Archive
  readonly audit: Audit
  readonly erased: ErasedCustomers
  readonly contacts: Pick<OrderContacts, "forget">
  readonly delivery: Pick<Notices, "forget">
  readonly outbox: Outbox
}

export type ErasurePorts = ForgettingPorts & {
  readonly erasureRequests: ErasureRequests
  readonly otherContexts: OtherContexts
}
