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
  /** Forgets a customer: the key, and with it everything. @returns false when there is nothing to forget */
  forget(tx: Tx, customerId: string): Promise<boolean>
}

/** Data or a key that cannot be opened; says neither of them. */
export class PersonalDataError extends Error {
  override readonly name = "PersonalDataError"
}
