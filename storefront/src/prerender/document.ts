import { escapeHtml, jsonForScript } from "./escape.ts"
import { type Answer, PRERENDERED } from "./take-prerendered.ts"

/** What a page says of itself and what it shows. */
export type PageContent = {
  readonly language: string
  readonly title: string
  readonly description: string
  /** Its one address, with the shop's origin. */
  readonly canonical: string
  /** The same page in other languages, itself included; none where there is one alone. */
  readonly alternates: readonly { readonly language: string; readonly url: string }[]
  /** Open Graph (https://ogp.me), name and value. */
  readonly openGraph: readonly (readonly [name: string, value: string])[]
  /** JSON-LD. */
  readonly data: readonly object[]
  /** What `#shop` shows: React's HTML. */
  readonly body: string
  /** Said to whoever has no script. */
  readonly note: string
  readonly answers: readonly Answer[]
}

const meta = (attribute: "name" | "property", name: string, content: string) =>
  `<meta ${attribute}="${escapeHtml(name)}" content="${escapeHtml(content)}" />`

const link = (rel: string, href: string, language?: string) =>
  `<link rel="${rel}"${language === undefined ? "" : ` hreflang="${escapeHtml(language)}"`} href="${escapeHtml(href)}" />`

function headOf(page: PageContent): string {
  return [
    `<title>${escapeHtml(page.title)}</title>`,
    meta("name", "description", page.description),
    link("canonical", page.canonical),
    ...page.alternates.map(({ language, url }) => link("alternate", url, language)),
    ...page.openGraph.map(([name, value]) => meta("property", name, value)),
    // Data, which no policy has to let in: a browser runs no script of another type than JavaScript.
    ...page.data.map((value) => `<script type="application/ld+json">${jsonForScript(value)}</script>`),
  ].join("\n    ")
}

/** Replaces a part of the template. @throws Error where it does not have it: the pages would be wrong in silence */
function put(template: string, part: RegExp, text: string): string {
  if (!part.test(template)) throw new Error(`the built page has nothing like ${part.source}`)
  return template.replace(part, () => text)
}

/**
 * A page as a file: the build's own page with another head and with content.
 * @param template `index.html` of the build, which names the scripts and styles of this release
 */
export function documentOf(template: string, page: PageContent): string {
  const answers = `<script type="application/json" id="${PRERENDERED}">${jsonForScript(page.answers)}</script>`
  const steps: [RegExp, string][] = [
    [/<html lang="[^"]*">/, `<html lang="${escapeHtml(page.language)}">`],
    [/<meta name="description"[^>]*>\s*/, ""],
    [/<title>[^<]*<\/title>/, headOf(page)],
    [/<div id="shop"><\/div>/, `<div id="shop" class="prerendered">${page.body}</div>${answers}`],
    [/<noscript>[^<]*<\/noscript>/, `<noscript>${escapeHtml(page.note)}</noscript>`],
  ]
  return steps.reduce((text, [part, replacement]) => put(text, part, replacement), template)
}

/** What stands at an address that a page has left; a host of files has no other redirection. */
export const movedDocument = (language: string, says: string, url: string): string => `<!doctype html>
<html lang="${escapeHtml(language)}">
  <head>
    <meta charset="utf-8" />
    <title>${escapeHtml(says)}</title>
    <link rel="canonical" href="${escapeHtml(url)}" />
    <meta http-equiv="refresh" content="0; url=${escapeHtml(url)}" />
  </head>
  <body>
    <p>${escapeHtml(says)} <a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>
  </body>
</html>
`
