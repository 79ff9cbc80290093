import { textIn } from "../../parts/addresses.ts"

/** Those of these parameters that an address has, as texts. */
export function textsIn<const Name extends string>(
  search: Record<string, unknown>,
  names: readonly Name[],
): { [Key in Name]?: string } {
  const found: { [Key in Name]?: string } = {}
  for (const name of names) {
    const value = textIn(search[name])
    if (value !== undefined) found[name] = value
  }
  return found
}

/** The address of a list that is paged. */
export const cursorSearch = (search: Record<string, unknown>) => textsIn(search, ["cursor"])

/** The address of a subscription with its log. */
export const deliverySearch = (search: Record<string, unknown>) => textsIn(search, ["state", "cursor"])
