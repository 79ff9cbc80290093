export const contexts = ["catalog", "basket", "discount", "ordering"] as const
export type Context = (typeof contexts)[number]

/** What the address of the list says. */
export type LettersSearch = { readonly context?: Context; readonly reason?: string }

/** Reads an address that anybody may have written; what it does not understand it leaves out. */
export function lettersSearch(search: Record<string, unknown>): LettersSearch {
  const context = contexts.find((one) => one === search.context)
  const reason = typeof search.reason === "string" ? search.reason.slice(0, 200) : ""
  return { ...(context && { context }), ...(reason !== "" && { reason }) }
}
