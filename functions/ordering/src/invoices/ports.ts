import type { Tx } from "@eshop/building-blocks/app/call"

/** The series of invoice numbers, one for each year. */
export type InvoiceSeries = {
  /**
   * Takes the next number of a year's series, which begins with 1. It is taken if the transaction commits, and free if
   * it does not; until then everybody else who wants one waits, so nothing slow may follow.
   */
  next(tx: Tx, year: number): Promise<number>
}
