import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, it, vi } from "vitest"
import { testApp } from "./testing.ts"

const bin = fileURLToPath(new URL("../bin/functions-host.mjs", import.meta.url))
const children: ChildProcessWithoutNullStreams[] = []
const folders: string[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL")
      await once(child, "exit")
    }
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Starts an app of the fixtures, or of a folder, with more environment. */
async function start(app: string, options: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), "functions-host-cli-"))
  folders.push(stateDir)
  const args = [
    bin,
    "start",
    "--script-root",
    resolve(testApp("."), app),
    "--port",
    "0",
    "--state-dir",
    stateDir,
    ...options,
  ]
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } })
  children.push(child)
  let output = ""
  const listening = new Promise<string>((found, reject) => {
    child.stdout.on("data", (data) => {
      output += data
      const url = /GET,POST\] (http:\/\/localhost:\d+)/.exec(output)?.[1]
      if (url && output.includes("Host lock lease acquired")) found(url)
    })
    child.on("exit", () => reject(new Error(`The host ended: ${output}`)))
  })
  return { child, url: await listening, output: () => output }
}

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" })
  return { status, stdout, stderr }
}

describe("functions-host", () => {
  it("serves an app and ends at SIGTERM after the running invocation", async () => {
    const { child, url } = await start("cjs", ["--no-reload"])
    const slow = fetch(`${url}/api/wait?ms=500`).then((response) => response.text())
    await new Promise((resolve) =>
      child.stdout.on("data", (data) => `${data}`.includes("Executing") && resolve(0)),
    )
    child.kill("SIGTERM")
    expect(await slow).toBe("waited")
    expect(await once(child, "exit")).toEqual([0, null])
  })

  it("ends when its standard input closes, if told so", async () => {
    const { child } = await start("cjs", ["--exit-with-parent", "--no-reload"])
    child.stdin.end()
    expect(await once(child, "exit")).toEqual([0, null])
  })

  it("marks every line with its level when ESHOP_LOG_LEVELS is 1", async () => {
    const folder = mkdtempSync(join(testApp("."), ".copy-"))
    folders.push(folder)
    const source = (body: string) =>
      writeFileSync(
        join(folder, "index.js"),
        `const { app } = require("@azure/functions")
        app.http("hello", { authLevel: "anonymous", handler: async () => { ${body} } })`,
      )
    cpSync(testApp("empty"), folder, { recursive: true })
    source('throw new TypeError("it broke")')
    const { url, output } = await start(folder, [], { ESHOP_LOG_LEVELS: "1" })
    const until = (pattern: RegExp) => vi.waitFor(() => expect(output()).toMatch(pattern), 10_000)

    expect((await fetch(`${url}/api/hello`)).status).toBe(500)
    await until(/^<3>\[.+\] Executed 'Functions\.hello' \(Failed/m)
    await until(/^<3>Exception: it broke$/m)
    source("")
    await until(/^<5>\[.+\] Reloaded in \d+ ms\.$/m)
    source("}")
    await until(/^<3>\[.+\] The change of .+index\.js could not be loaded/m)
    expect(
      output()
        .split("\n")
        .slice(0, -1)
        .filter((line) => !/^<[3-7]>/.test(line)),
    ).toEqual([])
    expect(output()).toMatch(/^<6>Functions:$/m)
  })

  it("explains itself and what is wrong with its arguments", () => {
    expect(run("--help")).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("Usage:") })
    expect(run("start", "--nonsense")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("--nonsense"),
    })
    expect(run("stop")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Unknown command "stop"'),
    })
    expect(run("start", "--script-root", "/does/not/exist")).toMatchObject({
      status: 1,
      stderr: "The script root /does/not/exist does not exist\n",
    })
    expect(run("start", "--port", "many")).toMatchObject({
      status: 1,
      stderr: '--port must be a port number, not "many"\n',
    })
  })

  it("names the entry point that does not load, with the stack", () => {
    const { status, stderr } = run("start", "--script-root", testApp("broken"), "--port", "0")
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /^Error: Worker was unable to load entry point "index\.js": the database module is missing\n {4}at .*index\.js:1/,
    )
  })

  it("says in one line that the port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as { port: number }
    const { status, stderr } = run("start", "--script-root", testApp("empty"), "--port", String(port))
    server.close()
    expect([status, stderr]).toEqual([
      1,
      `Port ${port} is unavailable. Close the process using it, or choose another with --port.\n`,
    ])
  })
})
