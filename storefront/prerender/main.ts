// `npm run storefront:prerender`: writes the published products' and categories' pages as files.
import { readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { buildStorefront, builtRenderer, builtStorefront } from "../build.ts"
import { prerender } from "./prerender.ts"
import type { Renderer } from "./renderer.ts"

const help = `npm run storefront:prerender -- [options]

Writes a page for each published product and category, sitemaps and robots.txt. Pages that are what they were are not
written again; those of products that are gone are removed.

  --gateway URL   where the shop's API is read (default: http://localhost:8080)
  --build DIR     a build, folder with pages/ and prerender/, instead of this repository's
  --site URL      the shop's origin, as pages name themselves (default: that of the gateway)
  --out DIR       where the pages are written (default: .local/pages, from where npm start serves them)
  --state DIR     where it is remembered what was written (default: OUT/.state)
`

const { values } = parseArgs({
  options: {
    gateway: { type: "string", default: "http://localhost:8080" },
    build: { type: "string" },
    site: { type: "string" },
    out: { type: "string", default: join(import.meta.dirname, "..", "..", ".local", "pages") },
    state: { type: "string" },
    "exit-with-parent": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})

if (values["exit-with-parent"]) {
  process.on("disconnect", () => process.exit(1))
  process.channel?.unref()
}

if (values.help) process.stdout.write(help)
else {
  if (values.build === undefined) await buildStorefront()
  const [pages, entry] =
    values.build === undefined
      ? [builtStorefront, builtRenderer]
      : [resolve(values.build, "pages"), resolve(values.build, "prerender", "entry.mjs")]
  const { renderer } = (await import(pathToFileURL(entry).href)) as { renderer: Renderer }
  renderer.connect(values.gateway)
  const out = resolve(values.out)
  const { written, unchanged, removed } = await prerender({
    renderer,
    frame: {
      template: await readFile(join(pages, "index.html"), "utf8"),
      site: new URL(values.site ?? values.gateway).origin,
    },
    directory: out,
    state: values.state === undefined ? join(out, ".state") : resolve(values.state),
    now: new Date(),
  })
  console.log(`${written} pages written, ${unchanged} unchanged, ${removed.length} removed, in ${out}`)
}
