import type { Content } from "./draft.ts"

export type Member = keyof Content
export const members = [
  ...(["name", "slug", "description", "brand", "categories", "attributes", "images"] as const),
  ...(["variants", "status", "featured"] as const),
] satisfies readonly Member[]

/** As JSON with the members of objects in one order, so that equal contents are equal texts. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  ) ?? ""

/** Whether two values say the same. */
export const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

/** A part of a product that two people changed, each into something else. */
export type Conflict = { readonly member: Member; readonly mine: unknown; readonly theirs: unknown }

/** What becomes of two people's changes of one product. */
export type Merged = {
  /** With both of their changes; where these conflict, with mine. */
  readonly content: Content
  /** What the other one changed, and was taken over. */
  readonly takenOver: readonly Member[]
  readonly conflicts: readonly Conflict[]
}

/**
 * Puts together what two people made of one product.
 * @param base what both began with
 */
export function merge(base: Content, mine: Content, theirs: Content): Merged {
  const takenOver: Member[] = []
  const conflicts: Conflict[] = []
  for (const member of members) {
    const [before, here, there] = [base[member], mine[member], theirs[member]]
    if (isSame(before, there) || isSame(here, there)) continue
    if (isSame(before, here)) takenOver.push(member)
    else conflicts.push({ member, mine: here, theirs: there })
  }
  return { content: taking(mine, theirs, takenOver), takenOver, conflicts }
}

/** A content with some parts of another one in their place. */
export function taking(content: Content, from: Content, taken: readonly Member[]): Content {
  const result: Record<string, unknown> = { ...content }
  for (const member of taken) {
    if (from[member] === undefined) delete result[member]
    else result[member] = from[member]
  }
  return result as Content
}
