import { execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { root } from "./apps.ts"

/** A registry with two packages, "needed" and "checker"; `answer` decides what becomes of a request. */
let registry: Server
let requests: string[]
let answer: (response: ServerResponse, send: () => void) => void
let folder: string

const versions = ["1.0.0", "2.0.0"]
const names = ["needed", "checker"]
const tarballs = new Map<string, Buffer>()
const integrityOf = (name: string) =>
  `sha512-${createHash("sha512")
    .update(tarballs.get(name) as Buffer)
    .digest("base64")}`

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "run-"))
  for (const name of names)
    for (const version of versions) {
      const content = join(folder, "packed", "package")
      mkdirSync(content, { recursive: true })
      writeFileSync(join(content, "package.json"), JSON.stringify({ name, version }))
      execFileSync("tar", ["-czf", join(folder, "packed.tgz"), "-C", join(folder, "packed"), "package"])
      tarballs.set(`${name}-${version}.tgz`, readFileSync(join(folder, "packed.tgz")))
    }
  requests = []
  answer = (_, send) => send()
  registry = createServer((request, response) => {
    const path = (request.url ?? "").slice(1)
    requests.push(path)
    answer(response, () => response.end(tarballs.get(path) ?? JSON.stringify(packument(path))))
  }).listen(0, "127.0.0.1")
  await once(registry, "listening")
  mkdirSync(join(folder, "tools"))
  copyFileSync(join(root, "tools", "run.mjs"), join(folder, "tools", "run.mjs"))
  writeFileSync(join(folder, "command.mjs"), 'console.log("ran")')
  want("1.0.0")
})

afterEach(() => {
  registry.closeAllConnections()
  registry.close()
  rmSync(folder, { recursive: true })
})

const address = () => `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`

function packument(name: string) {
  const one = (version: string) => {
    const file = `${name}-${version}.tgz`
    return { name, version, dist: { tarball: `${address()}${file}`, integrity: integrityOf(file) } }
  }
  return { name, versions: Object.fromEntries(versions.map((version) => [version, one(version)])) }
}

/** Writes package.json and its lockfile: "needed" in that version, "checker" for development. */
function want(version: string): void {
  const project = { name: "shop", dependencies: { needed: version }, devDependencies: { checker: "1.0.0" } }
  const locked = (file: string, more = {}) => ({
    ...{ version: /-(.*)\.tgz/.exec(file)?.[1], integrity: integrityOf(file) },
    ...more,
  })
  const packages = {
    "": project,
    "node_modules/checker": locked("checker-1.0.0.tgz", { dev: true }),
    "node_modules/needed": locked(`needed-${version}.tgz`),
    "node_modules/elsewhere": locked("checker-1.0.0.tgz", { optional: true, os: ["none"] }),
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify(project))
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ name: "shop", lockfileVersion: 3, requires: true, packages }),
  )
}

async function command(args: string[], onOutput: (printed: string) => void = () => {}) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, npm_config_registry: address(), npm_config_cache: join(folder, "cache") },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let printed = ""
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text
      onOutput(printed)
    })
  const [code] = await once(child, "close")
  return { code, printed }
}

const run = (args: string[] = [], onOutput?: (printed: string) => void) =>
  command([join("tools", "run.mjs"), ...args, "command.mjs"], onOutput)

/** The versions that are installed. */
const installed = () =>
  Object.fromEntries(
    names.flatMap((name) => {
      const file = join(folder, "node_modules", name, "package.json")
      return existsSync(file) ? [[name, JSON.parse(readFileSync(file, "utf8")).version]] : []
    }),
  )
const idle = { code: 0, printed: "ran\n" }

describe("a command of the project", () => {
  it("installs what it needs, others complete it, and nobody removes anything", async () => {
    const first = await run(["--omit=dev"])
    expect(first.code).toBe(0)
    expect(first.printed).toMatch(/^Installing packages .*\nInstalled in \d+\.\d s\nran\n$/s)
    expect(installed()).toEqual({ needed: "1.0.0" })
    expect(await run(["--omit=dev"])).toEqual(idle)

    expect((await run()).code).toBe(0)
    expect(installed()).toEqual({ needed: "1.0.0", checker: "1.0.0" })
    expect(await run(["--omit=dev"])).toEqual(idle)

    want("2.0.0")
    expect((await run(["--omit=dev"])).code).toBe(0)
    expect(installed()).toEqual({ needed: "2.0.0", checker: "1.0.0" })
  })

  it("leaves alone what npm itself installed, and mends what somebody deleted", async () => {
    const npm = process.env.npm_execpath ?? ""
    expect((await command([npm, "ci"])).code).toBe(0)
    requests = []
    expect(await run()).toEqual(idle)
    expect(requests).toEqual([])

    rmSync(join(folder, "node_modules", "needed"), { recursive: true })
    expect((await run()).code).toBe(0)
    expect(installed()).toEqual({ needed: "1.0.0", checker: "1.0.0" })
  })

  it("does not trust npm's record where the folder holds something else", async () => {
    expect((await run()).code).toBe(0)
    want("2.0.0")
    const npm = process.env.npm_execpath ?? ""
    expect((await command([npm, "install", "--package-lock-only"])).code).toBe(0)
    expect(installed()).toEqual({ needed: "1.0.0", checker: "1.0.0" })
    expect((await run()).code).toBe(0)
    expect(installed()).toEqual({ needed: "2.0.0", checker: "1.0.0" })
  })

  it("says after 20 s what it waits for; a failed installation takes nothing away", async () => {
    expect((await run()).code).toBe(0)
    want("2.0.0")
    const waiting: ServerResponse[] = []
    answer = (response) => waiting.push(response)
    const { code, printed } = await run([], (text) => {
      if (!text.includes("does this machine reach")) return
      answer = (response) => response.writeHead(404).end()
      for (const response of waiting.splice(0)) response.writeHead(404).end()
    })
    expect(code).toBe(1)
    expect(printed).toContain(
      `… 20 s\n  npm still fetches and unpacks. If nothing comes of it: does this machine reach ${address()} ?\n`,
    )
    expect(printed).toContain("what was there before is still there")
    expect(installed()).toEqual({ needed: "1.0.0", checker: "1.0.0" })
    want("1.0.0")
    expect(await run()).toEqual(idle)
  })
})
