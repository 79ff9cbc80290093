import type { QueryClient } from "@tanstack/react-query"

/** The element of a prerendered page that holds the answers it was made of. */
export const PRERENDERED = "prerendered"

/** An answer of the API, as the page's queries name it. */
export type Answer = { readonly key: readonly unknown[]; readonly data: unknown }

/**
 * Takes the answers that a prerendered page was made of, so that it is shown at once. They are old already: everything is
 * asked for anew as soon as it is shown.
 * @returns whether this is such a page
 */
export function takePrerendered(client: QueryClient): boolean {
  const text = document.getElementById(PRERENDERED)?.textContent
  if (text === undefined || text === null) return false
  for (const { key, data } of JSON.parse(text) as Answer[]) client.setQueryData(key, data, { updatedAt: 1 })
  return true
}
