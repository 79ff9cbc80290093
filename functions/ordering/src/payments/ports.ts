import type { Tx } from "@eshop/building-blocks/app/call"
import type { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import type { Money } from "@eshop/domain/kernel/money"
import type { AuthorisationOutcome, CaptureOutcome, RefundOutcome } from "@eshop/domain/payment/payment"
import type { z } from "zod"

/** A payment as the order asks for it. Repeating it is the same payment: its idempotency key is made of the order. */
export type PaymentRequest = {
  readonly orderId: string
  readonly amount: Money
  /** The provider's token. */
  readonly paymentMethod: string
}

/** Money that goes back. Repeating it is the same refund, whenever that is: the provider keeps its id with it. */
export type RefundRequest = {
  readonly orderId: string
  readonly paymentId: string
  readonly refundId: string
  readonly amount: Money
}

/**
 * The payment provider. Every call is idempotent: by order, a refund by its own id.
 * @throws DependencyUnavailableError from each of them while the provider cannot be reached, or wants to be asked again
 */
export type Payments = {
  /** Sets the money aside at the customer's bank. */
  authorise(payment: PaymentRequest): Promise<AuthorisationOutcome>
  /** Asks how a payment stands that needed more time. */
  check(paymentId: string): Promise<AuthorisationOutcome>
  /** Takes the money that was set aside. */
  capture(payment: { orderId: string; paymentId: string }): Promise<CaptureOutcome>
  /**
   * Undoes whatever the order's payment came to: nothing, an authorisation (void) or a capture (refund).
   * @param paymentId the payment, where it is known; otherwise the provider tells it by the request's idempotency key
   */
  undo(payment: PaymentRequest, paymentId: string | undefined): Promise<void>
  /** Gives captured money back, all of it or a part. */
  refund(refund: RefundRequest): Promise<RefundOutcome>
  /** Asks how a refund stands that was pending. */
  checkRefund(providerRefundId: string): Promise<RefundOutcome>
}

/** How a payment stands at the provider. */
export type PaymentRecord = {
  readonly paymentId: string
  /** The order that asked for it; absent where none of the shop's did. */
  readonly orderId?: string
  /**
   * `open` while the provider, or the payment's holder, has still to do something; `refunded` once all that was captured
   * has gone back.
   */
  readonly status: "open" | "authorised" | "captured" | "refunded" | "declined" | "cancelled"
  /** Why it was declined. */
  readonly code?: string
  /** Absent for a currency that the shop does not take. */
  readonly captured?: Money
}

/** How a dispute stands at the provider. */
export type DisputeRecord = {
  readonly disputeId: string
  readonly paymentId: string
  readonly amount: Money
  readonly reason: string
  readonly outcome: "open" | "won" | "lost"
}

/** How a refund stands at the provider. */
export type RefundRecord = {
  readonly providerRefundId: string
  readonly paymentId: string
  /** The order that the refund, or its payment, names; absent where neither does, or was not asked for. */
  readonly orderId?: string
  /** The shop's own id of it; absent for one that somebody has made on the provider's pages. */
  readonly refundId?: string
  /** Absent for a currency that the shop does not take. */
  readonly amount?: Money
  readonly outcome: RefundOutcome
}

/**
 * What the provider has on record: how things stand, whatever it reported and in whatever order that came.
 * @throws DependencyUnavailableError as {@link Payments}
 */
export type ProviderRecords = {
  find(paymentId: string): Promise<PaymentRecord | undefined>
  findDispute(disputeId: string): Promise<DisputeRecord | undefined>
  findRefund(providerRefundId: string): Promise<RefundRecord | undefined>
  /**
   * Payments made in this time, newest first, page by page.
   * @param from @param to to the second
   * @param after the last payment of the page before
   */
  madeBetween(
    from: Date,
    to: Date,
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly payments: readonly PaymentRecord[]; readonly isLast: boolean }>
  /** Refunds made in this time, as {@link ProviderRecords.madeBetween}; each with the order of its payment. */
  refundsMadeBetween(
    from: Date,
    to: Date,
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly refunds: readonly RefundRecord[]; readonly isLast: boolean }>
  /**
   * The reports of failed refunds and of disputes that were made in this time, whether they have arrived or not, as
   * {@link ProviderRecords.madeBetween}.
   */
  lateReportsMadeBetween(
    from: Date,
    to: Date,
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly reports: readonly ProviderEvent[]; readonly isLast: boolean }>
  /** Undoes a payment: voids what was authorised, gives back what was captured and is left. Done twice it is once. */
  release(payment: { orderId: string; paymentId: string }): Promise<void>
}

/** What there is to know of a payment, a refund or a dispute. */
export type Report = z.output<typeof PaymentReported.data>["report"]

/** Something that the provider reports by its webhook. */
export type ProviderEvent = {
  /** The same report again has the same one. */
  readonly id: string
  readonly type: string
  /** Absent for what the shop has no use for. */
  readonly about?: {
    readonly paymentId: string
    /** Absent where the provider does not say it, or it is none of the shop's. */
    readonly orderId?: string
    readonly report: Report
    /** Of the request that brought it about, where one did. */
    readonly idempotencyKey?: string
  }
}

/** Reads the provider's reports. */
export type ProviderEvents = {
  /**
   * @param headers with names in lower case
   * @returns undefined for bytes that the provider has not signed, or too long ago; "unreadable" for what it has signed
   *   and is not shaped as its events are
   */
  read(
    bytes: Buffer,
    headers: Readonly<Record<string, string>>,
    now: Date,
  ): Promise<ProviderEvent | "unreadable" | undefined>
}

/** How far a list of the provider's is settled: what was made before `from`, and of that up to `to` down to `after`. */
export type ReconciledUntil = { readonly from: Date; readonly to?: Date; readonly after?: string }

/** A payment or a refund, by the provider's id, and its order. */
export type Watched = { readonly id: string; readonly orderId: string }

/** Where the reconciler stands in one of the provider's lists. */
export type ListPosition = {
  until(): Promise<ReconciledUntil | undefined>
  moveTo(until: ReconciledUntil): Promise<void>
}

/** What the reconciler remembers of a list whose entries may have to wait. */
export type ProviderWatch = ListPosition & {
  /** Those that are looked at again and again until they are settled, oldest first. */
  watched(limit: number): Promise<readonly Watched[]>
  /** From now on this one as well. */
  watch(tx: Tx, watched: Watched, now: Date): Promise<void>
  settled(id: string): Promise<void>
}
