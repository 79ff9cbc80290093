// Builds the storefront, if need be, and holds its first load to the limit of .size-limit.mjs.
import { spawnSync } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildStorefront } from "./build.ts"

await buildStorefront()
const program = join(dirname(createRequire(import.meta.url).resolve("size-limit")), "bin.js")
const { status } = spawnSync(process.execPath, [program], {
  cwd: dirname(fileURLToPath(import.meta.url)),
  stdio: "inherit",
})
process.exitCode = status ?? 1
