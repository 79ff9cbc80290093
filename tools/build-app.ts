import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { build } from "esbuild"
import { appFolder, root } from "./apps.ts"

/**
 * Writes one app as it is deployed: the bundle, its host.json and package.json, and the migrations.
 * @param out the folder to write; what was in it is gone
 * @returns the size of the bundle in bytes
 */
export async function buildApp(app: string, out: string): Promise<number> {
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
  return size
}
