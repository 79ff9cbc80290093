/** The host as the monitor's VS Code extension starts it, beside a host that runs the app. */

import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { fixture } from "../testing/hub.ts"

const bin = fileURLToPath(new URL("../../../bin/functions-host.mjs", import.meta.url))
const home = mkdtempSync(join(tmpdir(), "functions-host-home-"))
const storage = (port: number) =>
  `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:${port}/devstoreaccount1;`
const children: ChildProcessWithoutNullStreams[] = []
const folder = mkdtempSync(join(tmpdir(), "functions-host-backend-"))

/** Starts the command; resolves with what the pattern finds in its output. */
async function start(args: string[], env: Record<string, string>, listens: RegExp) {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { ...process.env, HOME: home, ...env },
  })
  children.push(child)
  const printed = { out: "", error: "" }
  child.stderr.on("data", (data) => {
    printed.error += data
  })
  const url = await new Promise<string>((found, reject) => {
    child.stdout.on("data", (data) => {
      printed.out += data
      const [, address] = listens.exec(printed.out) ?? []
      if (address) found(address)
    })
    child.on("exit", () => reject(new Error(`it ended: ${printed.out}${printed.error}`)))
  })
  return { child, url, printed }
}

let host: Awaited<ReturnType<typeof start>>
let backend: Awaited<ReturnType<typeof start>>
const nonce = "bm9uY2U="
beforeAll(async () => {
  const app = [
    "start",
    "--script-root",
    fixture("durable-sequence"),
    "--port",
    "0",
    "--state-dir",
    join(folder, "state"),
  ]
  host = await start(
    [...app, "--no-reload", "--enable-auth"],
    { AzureWebJobsStorage: storage(10_002), FUNCTIONS_HOST_TASK_HUB_SYNCHRONOUS: "off" },
    /(http:\/\/localhost:\d+)/,
  )
  backend = await start(
    ["start", "--port", "0", "--csharp"],
    { AzureWebJobsStorage: storage(10_002).replace("127.0.0.1", "localhost"), DFM_NONCE: nonce },
    /(http:\/\/localhost:\d+\/a\/p\/i)/,
  )
})
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill("SIGKILL")
    await once(child, "exit")
  }
  for (const path of [home, folder]) rmSync(path, { recursive: true, force: true })
})

const ask = async (
  path: string,
  headers: Record<string, string> = { "x-dfm-nonce": nonce },
  body?: object,
) => {
  const answer = await fetch(`${backend.url}/${path}`, {
    headers: { ...headers, "content-type": "application/json" },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text,
  }
}

test("tells its version first, new enough for the extension", () => {
  const env = { ...process.env, HOME: home }
  expect(execFileSync(bin, ["--version"], { encoding: "utf8", env }).trim()).toMatch(/^4\.\d{4,}\.\d+$/)
})

test("serves the hub of the running host by its name and storage, to who knows the nonce", async () => {
  const hub = await vi.waitFor(async () => {
    const { body } = await ask("task-hub-names")
    expect(body).toHaveLength(1)
    return body[0]
  })
  expect(await ask(`--${hub}/about`)).toMatchObject({
    status: 200,
    body: {
      accountName: "devstoreaccount1",
      hubName: hub,
      permissions: ["DurableFunctionsMonitor.ReadWrite"],
    },
  })
  expect((await ask(`--${hub}/about`, {})).status).toBe(401)
  expect((await ask(`--${hub}/about`, { "x-dfm-nonce": "wrong" })).status).toBe(401)
  expect((await ask("easyauth-config")).body).toEqual({ userName: null })
  expect((await ask(`--${hub}/manage-connection`)).body).toMatchObject({
    connectionString: expect.stringContaining("AccountKey=*****"),
    isReadOnly: true,
  })
  const started = await ask(`--${hub}/orchestrations`, undefined, { name: "nobody", data: 1 })
  expect(started).toMatchObject({ status: 400, body: expect.stringContaining("nobody") })
  expect((await ask("--Mistyped/about")).status).toBe(401)
  const told = 'No functions host runs the task hub "Mistyped" with this storage'
  await vi.waitFor(() => expect(backend.printed.out).toContain(told))
  // The extension takes whatever is printed there for a failed start.
  expect(backend.printed.error).toBe("")
})

test("another storage has another hub, and a host that ended has none", async () => {
  const { url, child } = await start(
    ["start", "--port", "0", "--csharp"],
    { AzureWebJobsStorage: storage(20_002), DFM_NONCE: nonce },
    /(http:\/\/localhost:\d+\/a\/p\/i)/,
  )
  const names = async (base: string) =>
    await (await fetch(`${base}/task-hub-names`, { headers: { "x-dfm-nonce": nonce } })).json()
  expect(await names(url)).toEqual([])
  child.kill("SIGTERM")
  expect(await once(child, "exit")).toEqual([0, null])
  const running = join(home, ".functions-host", "running")
  expect(readdirSync(running)).toHaveLength(1)
  host.child.kill("SIGKILL")
  await once(host.child, "exit")
  expect(await names(backend.url)).toEqual([])
  expect(existsSync(running) && readdirSync(running)).toEqual([])
})
