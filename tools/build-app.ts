import { existsSync } from "node:fs"
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { appFolder, root } from "./apps.ts"
import { bundle } from "./bundle.ts"

/**
 * Writes one app as it is deployed: the bundle, its host.json and package.json, the migrations and the program
 * that applies them (an init container does).
 * @param out the folder to write; what was in it is gone
 * @returns the size of the bundle in bytes
 */
export async function buildApp(app: string, out: string): Promise<number> {
  await rm(out, { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  await bundle(join(appFolder(app), "src/main.ts"), join(out, "main.cjs"))
  const manifest = JSON.parse(await readFile(join(appFolder(app), "package.json"), "utf8"))
  await writeFile(
    join(out, "package.json"),
    `${JSON.stringify({ name: manifest.name, version: manifest.version, private: true, main: "main.cjs" }, null, 2)}\n`,
  )
  await cp(join(root, "host.json"), join(out, "host.json"))
  const migrations = join(appFolder(app), "migrations")
  // Discount keeps its data in tables and has nothing to migrate.
  if (existsSync(migrations)) {
    await cp(migrations, join(out, "migrations"), { recursive: true })
    await bundle(join(root, "infra/containers/migrate.ts"), join(out, "migrate.cjs"))
  }
  const { size } = await stat(join(out, "main.cjs"))
  return size
}
