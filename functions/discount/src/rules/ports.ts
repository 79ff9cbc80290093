import type { Call } from "@eshop/building-blocks/app/call"
import type { AuditEntry } from "@eshop/building-blocks/audit/audit"
import type { Coupon } from "@eshop/domain/discount/coupon"
import type { Promotion } from "@eshop/domain/discount/promotion"

/** A definition as it was read for a change, with whatever stands in the way of the change. */
export type DefinitionState<T> = {
  /** Undefined where there is none. */
  readonly stored?: T | undefined
  /** There was one; what names it is never used again. */
  readonly isDeleted: boolean
  /** Who has the wanted sort order; undefined when nobody else does. Its key is that of a definition of this kind. */
  readonly holder?: { readonly key: string | undefined; readonly name: string } | undefined
  /** Of all rules: grows with every change. */
  readonly revision: number
  /** The versions that a write must find unchanged. */
  readonly etags: { readonly definition?: string; readonly head?: string }
}

/** Promotions or coupons as they are stored. */
export type Definitions<T> = {
  find(key: string): Promise<T | undefined>
  /** By key. @param after the last key of the page before */
  list(limit: number, after?: string): Promise<readonly T[]>
  /** @param sortOrder the one that the change would take */
  read(key: string, sortOrder?: number): Promise<DefinitionState<T>>
  /**
   * Writes the definition (none: deletes it), its sort order, the next revision and the audit trail, all or nothing.
   * @returns the new revision; undefined when a rule was changed since the state was read
   */
  write(
    before: DefinitionState<T>,
    key: string,
    next: T | undefined,
    entry: AuditEntry,
    call: Pick<Call, "caller" | "now">,
  ): Promise<number | undefined>
}

export type RuleStore = {
  readonly promotions: Definitions<Promotion>
  readonly coupons: Definitions<Coupon>
}

/** Rules as quotes and redemptions read them: remembered, and read anew once one was changed. */
export type Rules = {
  /** All, whether in force or not. */
  promotions(): Promise<readonly Promotion[]>
  /** @param code in upper case */
  coupon(code: string): Promise<Coupon | undefined>
  /** Tells of a change. @param revision that the change made */
  changed(revision: number): Promise<void>
}

export type RulePorts = { readonly store: RuleStore; readonly rules: Rules }
