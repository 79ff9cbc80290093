import { said, textIn } from "../../../parts/addresses.ts"

/** What the address of the stock says. */
export type StockSearch = {
  readonly q?: string
  readonly location?: string
  readonly low?: true
  readonly cursor?: string
}

/** Reads an address that anybody may have written; what it does not understand it leaves out. */
export const stockSearch = (search: Record<string, unknown>): StockSearch =>
  said({
    q: textIn(search.q)?.slice(0, 100),
    location: textIn(search.location),
    low: search.low === true ? (true as const) : undefined,
    cursor: textIn(search.cursor),
  })
