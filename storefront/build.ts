// Builds the storefront where its sources are others than those of the last build.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const storefront = dirname(fileURLToPath(import.meta.url))
const repository = dirname(storefront)
const cache = join(repository, "node_modules", ".cache", "storefront")

/** What a build is made of, in the repository. */
const sources = [
  ...["storefront/src", "storefront/public", "storefront/index.html"],
  ...["storefront/staff.html", "storefront/vite.config.ts", "storefront/vite.prerender.config.ts"],
  ...["packages/shop-client/src", "package-lock.json"],
]

/** The built pages. */
export const builtStorefront = join(storefront, "dist")
/** The same pages for Node, where they are prerendered; what it exports says `prerender/renderer.ts`. */
export const builtRenderer = join(cache, "prerender", "entry.mjs")

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined)
  if (!entries) return [path]
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.filter((file) => !file.includes(".test.")).toSorted()
}

async function hashOfSources(): Promise<string> {
  const hash = createHash("sha256")
  for (const source of sources) {
    for (const file of await filesOf(join(repository, source))) {
      hash.update(file.slice(repository.length)).update(await readFile(file))
    }
  }
  return hash.digest("hex")
}

/**
 * Brings the build up to date: a hash of the sources tells whether it is already.
 * @returns whether something was built
 * @throws Error with what Vite said when it cannot be built; what was built before stays
 */
export async function buildStorefront(): Promise<boolean> {
  const hash = await hashOfSources()
  const record = join(cache, "built-from")
  const builtFrom = await readFile(record, "utf8").catch(() => undefined)
  if (builtFrom === hash && existsSync(join(builtStorefront, "index.html")) && existsSync(builtRenderer))
    return false
  await mkdir(cache, { recursive: true })
  // Whole or not at all: a gateway may be serving the one before.
  const fresh = join(cache, `build-${process.pid}`)
  const [pages, renderer] = [join(fresh, "pages"), join(fresh, "prerender")]
  try {
    await Promise.all([
      vite(["build", "--outDir", pages]),
      vite(["build", "--config", "vite.prerender.config.ts", "--outDir", renderer]),
    ])
    await replaceDirectory(builtStorefront, pages)
    await replaceDirectory(dirname(builtRenderer), renderer)
    await writeFile(record, hash)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return true
}

async function replaceDirectory(directory: string, fresh: string): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  await rename(fresh, directory)
}

function vite(args: readonly string[]): Promise<void> {
  const program = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin", "vite.js")
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: storefront,
      stdio: ["ignore", "pipe", "pipe"],
      // A test's environment is no production's.
      env: { ...process.env, NODE_ENV: "production" },
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    child.on("error", reject)
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`the storefront cannot be built:\n${output}`)),
    )
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log((await buildStorefront()) ? "Built storefront/dist" : "storefront/dist is up to date")
}
