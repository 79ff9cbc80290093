// Runs one of the project's commands on a clean clone: installs what is missing, then continues on Node 24.
// Dependency-free and plain JavaScript on purpose: it is the only file that the machine's own Node (20 or later) runs.
//   node tools/run.mjs <file.ts | name of an installed binary> [arguments…]
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const NODE_MAJOR = 24
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, "node_modules", ".installed-from")

const lockHash = () =>
  createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex")
const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === lockHash()

function install() {
  const started = Date.now()
  console.log("Installing packages (first run, or package-lock.json changed) …")
  const progress = setInterval(() => console.log(`  … ${Math.round((Date.now() - started) / 1000)} s`), 5_000)
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []]
  return new Promise((resolve, reject) => {
    const child = spawn(
      command,
      [...args, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
      {
        cwd: root,
        stdio: "inherit",
        shell: !npm && process.platform === "win32",
      },
    )
    child.on("error", (error) => {
      clearInterval(progress)
      reject(error)
    })
    child.on("exit", (code) => {
      clearInterval(progress)
      if (code !== 0) return reject(new Error(`npm ci ended with code ${code}`))
      writeFileSync(stamp, lockHash())
      console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s`)
      resolve()
    })
  })
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
  const [program, ...args] = process.argv.slice(2)
  if (!program) throw new Error("usage: node tools/run.mjs <file.ts | binary> [arguments…]")
  if (!isInstalled()) await install()
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
