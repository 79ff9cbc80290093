import { writeFile } from "node:fs/promises"
import { join } from "node:path"

/** More than so many addresses no sitemap may have (https://www.sitemaps.org/protocol.html). */
const MOST = 50_000

/** Addresses have letters, digits, dashes and slashes; of a site's origin nothing else needs escaping either. */
const urlEntry = (url: string, changed: string) =>
  `  <url><loc>${url}</loc><lastmod>${changed}</lastmod></url>\n`

const document = (root: "urlset" | "sitemapindex", content: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>
<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${content}</${root}>
`

/**
 * Writes sitemaps while pages come, and the index of all of them in the end.
 * @param most addresses of one sitemap
 */
export function sitemaps(directory: string, site: string, most = MOST) {
  const written: string[] = []
  let part: { name: string; entries: string[] } | undefined
  async function flush() {
    if (!part) return
    await writeFile(join(directory, part.name), document("urlset", part.entries.join("")))
    written.push(part.name)
    part = undefined
  }
  return {
    /** @param kind names the file: `sitemap-products-1.xml` */
    async add(kind: string, address: string, changed: string): Promise<void> {
      const count = written.filter((name) => name.startsWith(`sitemap-${kind}-`)).length
      if (part && (part.entries.length >= most || !part.name.startsWith(`sitemap-${kind}-`))) {
        await flush()
        return this.add(kind, address, changed)
      }
      part ??= { name: `sitemap-${kind}-${count + 1}.xml`, entries: [] }
      part.entries.push(urlEntry(site + address, changed))
    },
    /** @returns the files that were written */
    async finish(): Promise<string[]> {
      await flush()
      const content = written.map((name) => `  <sitemap><loc>${site}/${name}</loc></sitemap>\n`).join("")
      await writeFile(join(directory, "sitemap.xml"), document("sitemapindex", content))
      return ["sitemap.xml", ...written]
    },
  }
}

export const robots = (site: string): string => `User-agent: *\nAllow: /\n\nSitemap: ${site}/sitemap.xml\n`
