/** What an address says as a text, trimmed; nothing where it says none. */
export const textIn = (value: unknown): string | undefined => {
  const written = typeof value === "number" || typeof value === "string" ? String(value).trim() : ""
  return written === "" ? undefined : written.slice(0, 1_000)
}

/** One of some words, where an address says it. */
export const oneOf = <Word extends string>(words: readonly Word[], value: unknown): Word | undefined =>
  words.find((word) => word === value)

/** Without the members that say nothing, which an address is to leave out. */
export const said = <Search extends Record<string, unknown>>(search: Search): Said<Search> =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Said<Search>

type Said<Search> = { readonly [Name in keyof Search]?: Exclude<Search[Name], undefined> }
