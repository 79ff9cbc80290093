/** Text that is HTML already: it is put into a page as it is. */
export type Html = { readonly html: string }

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

type Part = string | number | Html | readonly Part[] | undefined

function htmlOf(part: Part): string {
  if (part === undefined) return ""
  if (typeof part === "string" || typeof part === "number")
    return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
  return Array.isArray(part) ? part.map(htmlOf).join("") : (part as Html).html
}

/**
 * A template of HTML. What is put into it is text, whatever it looks like, unless it is HTML of another template; undefined
 * is nothing. For the content of elements and quoted attributes, not for scripts, styles or addresses.
 */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: strings.map((text, index) => `${text}${index < parts.length ? htmlOf(parts[index]) : ""}`).join(""),
})
