// `npm run build [app…]`: one deployable folder per Function App in dist/: the bundle, its host.json and package.json,
// and the migrations. Ready for `func start --script-root dist/<app>`, a zip deployment or the Functions container.
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { join, relative } from "node:path"
import { build } from "esbuild"
import { appFolder, apps, root } from "./apps.ts"

const kib = (bytes: number) => `${Math.round(bytes / 1024)} KiB`

async function buildApp(app: string): Promise<string> {
  const started = Date.now()
  const out = join(root, "dist", app)
  await rm(out, { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  await build({
    entryPoints: [join(appFolder(app), "src/main.ts")],
    outfile: join(out, "main.cjs"),
    bundle: true,
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    platform: "node",
    target: "node22",
    // CommonJS: the libraries below are, and the Functions worker supplies this one module through require().
    format: "cjs",
    external: ["@azure/functions-core", "pg-native"],
    logLevel: "warning",
  })
  const manifest = JSON.parse(await readFile(join(appFolder(app), "package.json"), "utf8"))
  await writeFile(
    join(out, "package.json"),
    `${JSON.stringify({ name: manifest.name, version: manifest.version, private: true, main: "main.cjs" }, null, 2)}\n`,
  )
  await cp(join(root, "host.json"), join(out, "host.json"))
  await cp(join(appFolder(app), "migrations"), join(out, "migrations"), { recursive: true }).catch(
    (error) => {
      // Discount keeps its data in tables and has nothing to migrate.
      if (error.code !== "ENOENT") throw error
    },
  )
  const { size } = await stat(join(out, "main.cjs"))
  return `${relative(root, out).padEnd(16)} ${kib(size).padStart(9)}  ${Date.now() - started} ms`
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : [...apps]
const unknown = wanted.filter((app) => !(apps as readonly string[]).includes(app))
if (unknown.length > 0) throw new Error(`no such app: ${unknown.join(", ")}; there are ${apps.join(", ")}`)
for (const line of await Promise.all(wanted.map(buildApp))) console.log(line)
