import type { SearchFilter } from "./store.ts"
import { invalid } from "./stripe-error.ts"

const CLAUSE = /^\s*(?:(status)|metadata\[(['"])([^'"]+)\2\])\s*:\s*(['"])([^'"]*)\4\s*/

/**
 * Reads the part of Stripe's search language (https://docs.stripe.com/search) that finds intents for
 * reconciliation: `metadata['order_id']:'…'` and `status:'…'`, joined by AND. Throws a Stripe error for the rest.
 */
export function parseSearchQuery(query: string): SearchFilter {
  const metadata: Record<string, string> = {}
  let status: string | undefined
  let rest = query
  for (;;) {
    const clause = CLAUSE.exec(rest)
    if (!clause) throw invalid(`We were unable to parse your search query near: ${rest}`, "query")
    const [matched, isStatus, , key = "", , value = ""] = clause
    if (isStatus) status = value
    else metadata[key] = value
    rest = rest.slice(matched.length)
    if (rest === "") return { metadata, ...(status === undefined ? {} : { status }) }
    const joined = /^AND\s+/i.exec(rest)
    if (!joined) throw invalid(`We were unable to parse your search query near: ${rest}`, "query")
    rest = rest.slice(joined[0].length)
  }
}
