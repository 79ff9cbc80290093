// `npm run generate`: writes what is derived from the apps. With `--check` it writes nothing and names what is stale.
import { root } from "../apps.ts"
import { generateFiles, staleFiles, writeFiles } from "./generated-files.ts"
import { readSources } from "./sources.ts"

const files = generateFiles(await readSources(root))
const stale = staleFiles(root, files)
if (!process.argv.includes("--check")) {
  writeFiles(root, files, stale)
  for (const path of stale) console.log(`written: ${path}`)
  console.log(`${files.size} files, ${stale.length} of them changed`)
} else if (stale.length > 0) {
  for (const path of stale) console.error(`${path} is stale: npm run generate`)
  process.exitCode = 1
}
