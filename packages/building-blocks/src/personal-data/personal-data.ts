import type { Tx } from "../app/call.ts"

/** What a person said of themselves (name, e-mail, address) about one subject, such as an order. */
export type PersonalRecord = {
  /** A guest is a customer with an id of its own. */
  readonly customerId: string
  /** The id of what it belongs to; itself not personal. */
  readonly subject: string
  /** JSON. */
  readonly data: unknown
}

/**
 * The one place of a context where personal data lies, encrypted under a key per customer. Events, streams, views and
 * logs have the subject's id, and a commitment where they must be able to prove what the data was.
 */
export type PersonalData = {
  /**
   * Keeps the data of a subject, in place of what it had.
   * @returns a hash that proves the data while it is kept, and tells nothing of it: its salt lies, and dies, with it
   * @throws when the subject is another customer's
   */
  put(tx: Tx, record: PersonalRecord): Promise<{ readonly commitment: string }>
  /**
   * @returns undefined for an unknown subject and for a forgotten customer
   * @throws PersonalDataError when it cannot be opened
   */
  find(
    subject: string,
  ): Promise<(Omit<PersonalRecord, "subject"> & { readonly commitment: string }) | undefined>
  /** What is kept of a customer, by subject, at most `limit`. @throws PersonalDataError when one cannot be opened */
  ofCustomer(customerId: string, limit: number): Promise<readonly Omit<PersonalRecord, "customerId">[]>
  /** Nobody else keeps or forgets anything of the customer until the transaction ends. */
  lock(tx: Tx, customerId: string): Promise<void>
  /**
   * Forgets a customer as far as they were known by a moment of the store's clock: the key, and with it everything
   * that it sealed. What came since is sealed under a new one, with the commitment that it had.
   * @returns false when there is nothing to forget
   */
  forget(tx: Tx, customerId: string, until: Date): Promise<boolean>
}

/** Data that the law wants kept when its customer is forgotten, restricted, until a day of its own. */
export type ArchivedRecord = {
  readonly subject: string
  readonly data: unknown
  readonly until: Date
  /** The customer who asked to be forgotten, and is told that it is kept. */
  readonly askedBy: string
}

export type Archive = {
  /** Keeps the data of a subject until then; what is kept of it already stays. */
  keep(tx: Tx, record: ArchivedRecord): Promise<void>
  find(subject: string): Promise<Pick<ArchivedRecord, "data" | "until"> | undefined>
  /** What is kept although this customer asked, at most `limit`, by its day and subject. */
  keptFrom(askedBy: string, limit: number): Promise<readonly Pick<ArchivedRecord, "subject" | "until">[]>
  /** Forgets what is over by then: the keys of those days, and with them everything that they sealed. */
  forgetOver(now: Date): Promise<void>
}

/** The wrapping of the keys that seal personal data, for a rotation. */
export type WrappedKeys = {
  /** Wraps some keys of older versions with the current one. @returns how many; 0 when none is left */
  rewrap(tx: Tx, limit: number): Promise<number>
  /** How many keys each version wraps. */
  versions(): Promise<readonly { readonly version: string; readonly keys: number }[]>
}

/** Data or a key that cannot be opened; says neither of them. */
export class PersonalDataError extends Error {
  override readonly name = "PersonalDataError"
}
