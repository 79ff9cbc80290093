// Runs one of the project's commands on a clean clone: installs what is missing, then continues on Node 24.
// Dependency-free and plain JavaScript on purpose: it is the only file that the machine's own Node (20 or later) runs.
//   node tools/run.mjs [--omit=dev] <file.ts | name of an installed binary> [arguments…]
// With --omit=dev the command needs no devDependencies: they are not installed for it, nor removed.
import { spawn } from "node:child_process"
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const NODE_MAJOR = 24
const TELL_EVERY_MS = 5_000
const EXPLAIN_AFTER_MS = 20_000
const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** What npm believes to be installed. */
const record = join(root, "node_modules", ".package-lock.json")

/** The packages that a lockfile of npm lists, by their folder; none where there is no such file. */
const packagesIn = (lockfile) =>
  existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, "utf8")).packages : {}

/** Whether a folder holds what the lockfile says: a link to a folder of the project, or that version of a package. */
function holds(folder, wanted) {
  const path = join(root, folder)
  const manifest = join(path, "package.json")
  if (!existsSync(manifest)) return false
  if (wanted.link) return lstatSync(path).isSymbolicLink()
  // Some name their own version with a `v` in front.
  return JSON.parse(readFileSync(manifest, "utf8")).version.replace(/^v/, "") === wanted.version
}

/**
 * Compares package-lock.json with npm's own record of what it installed (written last, so a broken installation has
 * none), and with what is there (npm writes its record in front of the facts with --package-lock-only).
 * Tells whether something is missing, and whether devDependencies are (to be) installed.
 */
function inspect(omitDev) {
  const installed = packagesIn(record)
  const wantedPackages = Object.entries(packagesIn(join(root, "package-lock.json")))
  const isInstalledForDev = ([folder, { dev }]) => dev && existsSync(join(root, folder))
  const withDev = !omitDev || wantedPackages.some(isInstalledForDev)
  const isMissing = ([folder, wanted]) => {
    if (!folder.includes("node_modules/") || (wanted.dev && !withDev)) return false
    const here = installed[folder]
    // Optional is what serves one operating system only: npm has decided whether this is the one.
    if (!here && (wanted.optional || wanted.devOptional)) return false
    return here?.version !== wanted.version || here?.integrity !== wanted.integrity || !holds(folder, wanted)
  }
  return { withDev, incomplete: wantedPackages.some(isMissing) }
}

/** `npm install` rather than `npm ci`: when it fails it puts back what was there, where `npm ci` has emptied the folder. */
function install(withDev) {
  const started = Date.now()
  const registry = process.env.npm_config_registry ?? "npm's registry"
  console.log("Installing packages (what package-lock.json lists and is not there yet) …")
  const progress = setInterval(() => {
    const passed = Date.now() - started
    console.log(`  … ${Math.round(passed / 1000)} s`)
    if (passed < EXPLAIN_AFTER_MS || passed >= EXPLAIN_AFTER_MS + TELL_EVERY_MS) return
    console.log(
      `  npm still fetches and unpacks. If nothing comes of it: does this machine reach ${registry} ?`,
    )
  }, TELL_EVERY_MS)
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []]
  const options = [
    ...["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    ...["--prefer-offline", "--fetch-retry-maxtimeout=10000", withDev ? "--include=dev" : "--omit=dev"],
  ]
  // Without its record npm looks at the folders themselves.
  const recorded = existsSync(record) ? readFileSync(record) : undefined
  rmSync(record, { force: true })
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, "install", ...options], {
      cwd: root,
      stdio: "inherit",
      shell: !npm && process.platform === "win32",
    })
    child.on("error", reject)
    child.on("exit", (code) => {
      if (code === 0) return resolve()
      if (recorded) writeFileSync(record, recorded)
      const message =
        `npm could not install the packages (code ${code}, its reason is above); what was there before is still there. ` +
        `They come from ${registry}: is there a way to it (network, proxy, npm config get registry)?`
      reject(new Error(message))
    })
  })
    .then(() => console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s`))
    .finally(() => clearInterval(progress))
}

/** Node 24: this one if it is new enough, else the one from the platform package in node_modules. */
function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR) return process.execPath
  const binary = process.platform === "win32" ? "node.exe" : "node"
  const os = process.platform === "win32" ? "win" : process.platform
  for (const name of [`node-${os}-${process.arch}`, `node-bin-${os}-${process.arch}`]) {
    const path = join(root, "node_modules", name, "bin", binary)
    if (existsSync(path)) return path
  }
  throw new Error(
    `Node ${NODE_MAJOR} is needed; there is no platform package for ${process.platform}-${process.arch}. ` +
      `Install Node ${NODE_MAJOR} and run the command again.`,
  )
}

/** A .ts/.mjs path is run as it is; any other name is a binary that a package in node_modules declares. */
function resolveProgram(program) {
  if (/\.(ts|mjs|js)$/.test(program)) return join(root, program)
  const require = createRequire(join(root, "package.json"))
  const owner =
    { biome: "@biomejs/biome", depcruise: "dependency-cruiser", tsc: "typescript" }[program] ?? program
  const manifest = join(root, "node_modules", owner, "package.json")
  const { bin } = require(manifest)
  return join(dirname(manifest), typeof bin === "string" ? bin : bin[program])
}

async function main() {
  const given = process.argv.slice(2)
  const omitDev = given[0] === "--omit=dev"
  const [program, ...args] = omitDev ? given.slice(1) : given
  if (!program) throw new Error("usage: node tools/run.mjs [--omit=dev] <file.ts | binary> [arguments…]")
  const { withDev, incomplete } = inspect(omitDev)
  if (incomplete) await install(withDev)
  const node = findNode()
  const child = spawn(node, [resolveProgram(program), ...args], {
    cwd: root,
    // The channel tells a long-running command that this process was killed.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      ...process.env,
      PATH: `${dirname(node)}${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`,
    },
  })
  // A terminal sends Ctrl-C to the whole process group; the child decides when it is done. A signal sent to
  // this process alone (a supervisor's SIGTERM) is passed on.
  process.on("SIGINT", () => {})
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1)
  })
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
