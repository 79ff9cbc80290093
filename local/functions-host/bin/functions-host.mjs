#!/usr/bin/env node
// Runs the command line on Node 24: on this Node if it is new enough, else on the one that npm installed
// (node_modules/.bin/node). Plain JavaScript, because an older Node cannot run TypeScript.
import { spawn, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const required = 24
const cli = new URL("../src/cli.ts", import.meta.url)

if (Number(process.versions.node.split(".")[0]) >= required) {
  await import(cli.href)
} else {
  const node = findNode()
  if (!node) {
    console.error(
      `functions-host needs Node ${required} or newer; this is ${process.version} and none was found in node_modules/.bin or on PATH.`,
    )
    process.exit(1)
  }
  const child = spawn(node, [fileURLToPath(cli), ...process.argv.slice(2)], { stdio: "inherit" })
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code, signal) => {
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}

function findNode() {
  const candidates = []
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    candidates.push(join(folder, "node_modules", ".bin", process.platform === "win32" ? "node.exe" : "node"))
    if (folder === dirname(folder)) break
  }
  candidates.push("node")
  return candidates.find((candidate) => {
    if (candidate !== "node" && !existsSync(candidate)) return false
    const { stdout } = spawnSync(candidate, ["--version"], { encoding: "utf8" })
    return Number(/^v(\d+)/.exec(stdout ?? "")?.[1]) >= required
  })
}
