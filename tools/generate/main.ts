// `npm run generate`: writes what is derived from the apps. With `--check` it writes nothing and names what is stale.
// What breaks a client of the API is named by both, and written only with `--breaking`.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../apps.ts"
import { apiBreaks } from "./api-breaks.ts"
import { generateFiles, staleFiles, wholeApi, writeFiles } from "./generated-files.ts"
import { shopClientFiles } from "./shop-client.ts"
import { readSources } from "./sources.ts"

const derived = generateFiles(await readSources(root))
const files = new Map([...derived, ...(await shopClientFiles(derived.get(wholeApi) as string))])
const stale = staleFiles(root, files)
const breaks = apiBreaks(
  JSON.parse(readFileSync(join(root, wholeApi), "utf8")),
  JSON.parse(files.get(wholeApi) as string),
)
for (const line of breaks) console.error(`breaks clients: ${line}`)
const has = (option: string) => process.argv.includes(option)
if (has("--check")) {
  for (const path of stale) console.error(`${path} is stale: npm run generate`)
  if (stale.length > 0) process.exitCode = 1
} else if (breaks.length > 0 && !has("--breaking")) {
  console.error("nothing is written; `npm run generate -- --breaking` writes it all the same (docs/api.md)")
  process.exitCode = 1
} else {
  writeFiles(root, files, stale)
  for (const path of stale) console.log(`written: ${path}`)
  console.log(`${files.size} files, ${stale.length} of them changed`)
}
