import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { dirname, join } from "node:path"
import { build } from "esbuild"
import { afterEach, describe, expect, it } from "vitest"
import type { HostExtension, HostRuntime } from "./contract.ts"
import { startTestHost, type TestHost, testApp } from "./testing.ts"

const hosts: TestHost[] = []
const folders: string[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

async function start(options: Parameters<typeof startTestHost>[0]): Promise<TestHost> {
  const host = await startTestHost(options)
  hosts.push(host)
  return host
}

/** A copy of an app that a test may change; inside the package, so that its imports resolve. */
function copyOf(app: string): string {
  const folder = mkdtempSync(join(testApp("."), ".copy-"))
  folders.push(folder)
  cpSync(testApp(app), folder, { recursive: true })
  return folder
}

const text = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init)
  return [response.status, await response.text()]
}

describe("starting", () => {
  it("runs TypeScript directly, with hooks", async () => {
    const host = await start({ scriptRoot: testApp("esm-ts") })
    expect(await text(`${host.baseUrl}/api/hello?name=Ada`)).toEqual([200, "Hello, Ada!"])
    expect(await text(`${host.baseUrl}/api/hooked`)).toEqual([
      200,
      '{"input":{"replaced":true},"started":true,"from":"pre"}',
    ])
    expect(await text(`${host.baseUrl}/api/swallowed`)).toEqual([200, "no harm done"])
  })

  it("runs an esbuild bundle with @azure/functions-core external", async () => {
    const folder = copyOf("esm-ts")
    await build({
      entryPoints: [join(folder, "src/functions.ts")],
      outfile: join(folder, "dist/main.cjs"),
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["@azure/functions-core"],
      logLevel: "silent",
    })
    writeFileSync(join(folder, "package.json"), '{ "main": "dist/main.cjs" }')
    const host = await start({ scriptRoot: folder })
    expect(await text(`${host.baseUrl}/api/hello`)).toEqual([200, "Hello, world!"])
  })

  it("prints the functions, the lease and every execution", async () => {
    const host = await start({ scriptRoot: testApp("esm-ts") })
    expect(host.lines.join("\n")).toContain(
      `\nFunctions:\n\n\thello: [GET,POST] ${host.baseUrl}/api/hello\n\n\thooked: [GET,POST] `,
    )
    await host.line("Host lock lease acquired by instance ID '")
    await fetch(`${host.baseUrl}/api/hello`)
    expect(await host.line("Executing 'Functions.hello'")).toMatch(
      /^\[[^\]]+Z\] Executing 'Functions\.hello' \(Reason='This function was programmatically called via the host APIs\.', Id=[0-9a-f-]{36}, TraceId=[0-9a-f]{32}\)$/,
    )
    expect(await host.line("Executed 'Functions.hello'")).toMatch(
      /^\[[^\]]+Z\] Executed 'Functions\.hello' \(Succeeded, Id=[0-9a-f-]{36}, Duration=\d+ms\)$/,
    )
  })

  it("is stopped by an entry point that throws, and says which", async () => {
    await expect(startTestHost({ scriptRoot: testApp("broken") })).rejects.toThrow(
      'Worker was unable to load entry point "index.js": the database module is missing',
    )
  })

  it.each([
    ["src/{index.js,functions/*.js}", ["src/index.js", "src/functions/a.js", "src/functions/b.js"]],
    ["{src/functions/b.js,src/*.js}", ["src/functions/b.js", "src/index.js"]],
    ["src/**/*.js", ["src/index.js", "src/a/z.js", "src/functions/a.js", "src/functions/b.js"]],
    ["./src/index.js", ["./src/index.js"]],
  ])("loads the entry points of %s in the order of the glob library", async (main, expected) => {
    const folder = copyOf("empty")
    writeFileSync(join(folder, "package.json"), JSON.stringify({ main }))
    for (const file of ["src/functions/b.js", "src/functions/a.js", "src/a/z.js", "src/index.js"]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), "")
    }
    const host = await start({ scriptRoot: folder, verbose: true })
    const loaded = host.lines.map((line) => /Loading entry point file "(.*)"/.exec(line)?.[1])
    expect(loaded.filter((file) => file !== undefined)).toEqual(expected)
  })

  it("is stopped by an entry point that does not exist", async () => {
    const folder = copyOf("empty")
    writeFileSync(join(folder, "package.json"), '{ "main": "dist/*.js" }')
    await expect(startTestHost({ scriptRoot: folder })).rejects.toThrow(
      'Worker was unable to load entry point "dist/*.js": Found zero files matching the supplied pattern',
    )
  })

  it("says what it looked for when there is no function", async () => {
    const host = await start({ scriptRoot: testApp("empty") })
    expect(await host.line("No job functions found.")).toContain('names "main": "index.js"')
  })

  it("names a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => server.once("listening", resolve))
    const { port } = server.address() as { port: number }
    await expect(startTestHost({ scriptRoot: testApp("empty"), port })).rejects.toThrow(
      `Port ${port} is unavailable. Close the process using it, or choose another with --port.`,
    )
    await new Promise((resolve) => server.close(resolve))
  })

  it("puts a function with an unknown binding in error and serves the others", async () => {
    const host = await start({ scriptRoot: testApp("cjs") })
    const line = await host.line("The 'queued' function is in error")
    expect(line).toContain(
      "This host has no 'queueTrigger': it serves HTTP, timers, Service Bus and Durable Functions.",
    )
    expect(await text(`${host.baseUrl}/admin/functions/queued/status`)).toEqual([
      200,
      JSON.stringify({ errors: [line.replace(/^\[[^\]]+\] /, "")] }),
    ])
    expect((await fetch(`${host.baseUrl}/api/nothing`)).status).toBe(204)
  })

  it.each([
    [undefined, 'The connection "Orders" is not set: set the app setting "Orders" (or "AzureWebJobsOrders")'],
    ["no connection string", 'The app setting "Orders" is not a Service Bus connection string'],
  ])("puts functions whose connection is %s in error and runs the others", async (Orders, message) => {
    const folder = copyOf("empty")
    writeFileSync(
      join(folder, "index.js"),
      `const { app, output } = require("@azure/functions")
      app.serviceBusQueue("listens", { connection: "Orders", queueName: "q", handler() {} })
      const toQueue = output.serviceBusQueue({ connection: "Orders", queueName: "q" })
      app.http("sends", { authLevel: "anonymous", return: toQueue, handler: () => "x" })
      app.http("works", { authLevel: "anonymous", handler: () => ({ body: "works" }) })`,
    )
    const host = await start({ scriptRoot: folder, env: { Orders } })
    expect(await host.line("The 'listens' function is in error: ")).toContain(message)
    expect(await host.line("The 'sends' function is in error: ")).toContain(message)
    expect(await text(`${host.baseUrl}/api/works`)).toEqual([200, "works"])
    expect((await fetch(`${host.baseUrl}/api/sends`)).status).toBe(404)
  })

  it("hands settings to the app: the environment over local.settings.json, host.json filter over both", async () => {
    const folder = copyOf("cjs")
    writeFileSync(
      join(folder, "local.settings.json"),
      '{ "IsEncrypted": false, "Values": { "FROM_FILE": "file", "FROM_BOTH": "file" } }',
    )
    const host = await start({
      scriptRoot: folder,
      env: { FROM_BOTH: "environment", AzureFunctionsJobHost__functions__0: "env" },
    })
    expect(JSON.parse((await text(`${host.baseUrl}/api/env`))[1] as string)).toEqual({
      FROM_FILE: "file",
      FROM_BOTH: "environment",
      WEBSITE_HOSTNAME: new URL(host.baseUrl).host,
      FUNCTIONS_WORKER_RUNTIME: "node",
    })
    expect(host.functions.map(({ metadata }) => metadata.name)).toEqual(["env"])
    expect((await fetch(`${host.baseUrl}/api/nothing`)).status).toBe(404)
  })
})

describe("pages of other sites", () => {
  const from = (host: TestHost, origin: string) =>
    fetch(`${host.baseUrl}/api/nothing`, { headers: { origin } })

  it("are let in by Host.CORS of local.settings.json, or by the option instead of it", async () => {
    const folder = copyOf("cjs")
    writeFileSync(
      join(folder, "local.settings.json"),
      '{ "Values": {}, "Host": { "CORS": "https://a.example,https://b.example" } }',
    )
    const byFile = await start({ scriptRoot: folder })
    const allowed = await from(byFile, "https://b.example")
    expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "https://b.example",
    ])
    expect((await from(byFile, "https://c.example")).status).toBe(403)
    const byOption = await start({ scriptRoot: folder, cors: "https://c.example" })
    expect((await from(byOption, "https://c.example")).status).toBe(204)
    expect((await from(byOption, "https://b.example")).status).toBe(403)
  })
})

describe("keys", () => {
  it("are not asked for unless wanted", async () => {
    const host = await start({ scriptRoot: testApp("cjs") })
    expect(await text(`${host.baseUrl}/api/keyed`)).toEqual([200, "with key"])
  })

  it("open functions by their level when wanted", async () => {
    const host = await start({ scriptRoot: testApp("cjs"), enableAuth: true })
    const { masterKey: master } = JSON.parse(readFileSync(join(host.stateDir, "keys.json"), "utf8"))
    const admin = (path: string) =>
      fetch(`${host.baseUrl}/admin/${path}`, { headers: { "x-functions-key": master } }).then((r) => r.json())
    const { keys } = (await admin("functions/keyed/keys")) as { keys: { value: string }[] }
    const key = keys[0]?.value as string
    const { keys: hostKeys } = (await admin("host/keys")) as { keys: { value: string }[] }

    expect(await text(`${host.baseUrl}/api/keyed`)).toEqual([401, ""])
    expect(await text(`${host.baseUrl}/api/keyed?code=wrong`)).toEqual([401, ""])
    expect(await text(`${host.baseUrl}/api/keyed?code=${key}`)).toEqual([200, "with key"])
    expect(
      await text(`${host.baseUrl}/api/keyed`, {
        headers: { "x-functions-key": hostKeys[0]?.value as string },
      }),
    ).toEqual([200, "with key"])
    expect(await text(`${host.baseUrl}/api/master?code=${key}`)).toEqual([401, ""])
    expect(await text(`${host.baseUrl}/api/master?code=${master}`)).toEqual([200, "with master key"])
    expect(await text(`${host.baseUrl}/api/nothing`)).toEqual([204, ""])
    expect((await fetch(`${host.baseUrl}/admin/functions`)).status).toBe(401)
    expect((await fetch(`${host.baseUrl}/admin/host/ping`)).status).toBe(200)
  })
})

describe("the admin API", () => {
  it("tells the state of the host and describes functions", async () => {
    const host = await start({ scriptRoot: testApp("cjs") })
    const status = (await (await fetch(`${host.baseUrl}/admin/host/status`)).json()) as Record<
      string,
      unknown
    >
    expect(status).toMatchObject({ state: "Running", version: "4.1037.0" })
    const functions = (await (await fetch(`${host.baseUrl}/admin/functions`)).json()) as { name: string }[]
    expect(functions.map(({ name }) => name)).toContain("echo")
    const echo = (await (await fetch(`${host.baseUrl}/admin/functions/ECHO`)).json()) as Record<
      string,
      unknown
    >
    expect(echo).toMatchObject({
      name: "echo",
      href: `${host.baseUrl}/admin/functions/echo`,
      invoke_url_template: `${host.baseUrl}/api/echo/{id:int}/{*rest}`,
      language: "node",
      isDisabled: false,
      config: { name: "echo", scriptFile: "http.js" },
    })
    expect((await fetch(`${host.baseUrl}/admin/functions/none`)).status).toBe(404)
    expect((await fetch(`${host.baseUrl}/`)).status).toBe(200)
  })
})

describe("reload", () => {
  const source = (answer: string) => `
    const { app } = require("@azure/functions")
    app.http("answer", { authLevel: "anonymous", handler: async (request) => {
      await new Promise((resolve) => setTimeout(resolve, Number(request.query.get("ms") ?? 0)))
      return { body: ${JSON.stringify(answer)} }
    } })`

  it("swaps to the new code; running invocations end on the old", async () => {
    const folder = copyOf("empty")
    writeFileSync(join(folder, "index.js"), source("old"))
    const host = await start({ scriptRoot: folder, reload: true })
    const slow = text(`${host.baseUrl}/api/answer?ms=1500`)
    expect(await text(`${host.baseUrl}/api/answer`)).toEqual([200, "old"])
    writeFileSync(join(folder, "index.js"), source("new"))
    await host.line("Reloaded in")
    expect(await text(`${host.baseUrl}/api/answer`)).toEqual([200, "new"])
    expect(await slow).toEqual([200, "old"])
  })

  it("follows a workspace package that the app imports", async () => {
    const folder = copyOf("empty")
    const shared = copyOf("empty")
    writeFileSync(join(shared, "package.json"), '{ "name": "shared", "main": "index.js" }')
    writeFileSync(join(shared, "index.js"), 'exports.answer = "old"')
    mkdirSync(join(folder, "node_modules"))
    symlinkSync(shared, join(folder, "node_modules/shared"), "junction")
    writeFileSync(
      join(folder, "index.js"),
      `const { app } = require("@azure/functions")
      app.http("answer", { authLevel: "anonymous", handler: async () => ({ body: require("shared").answer }) })
      require("shared")`,
    )
    const host = await start({ scriptRoot: folder, reload: true })
    expect(await text(`${host.baseUrl}/api/answer`)).toEqual([200, "old"])
    writeFileSync(join(shared, "index.js"), 'exports.answer = "new"')
    await host.line("Reloaded in")
    expect(await text(`${host.baseUrl}/api/answer`)).toEqual([200, "new"])
  })

  it("applies a host.json that lies elsewhere, and says that another port needs a restart", async () => {
    const [folder, elsewhere] = [copyOf("empty"), copyOf("empty")]
    writeFileSync(join(folder, "index.js"), source("here"))
    const hostJsonFile = join(elsewhere, "host.json")
    const host = await start({ scriptRoot: folder, hostJsonFile, reload: true })
    writeFileSync(join(elsewhere, "other.js"), "")
    writeFileSync(hostJsonFile, '{ "version": "2.0", "extensions": { "http": { "routePrefix": "v2" } } }')
    await host.line("Reloaded in")
    expect(await text(`${host.baseUrl}/v2/answer`)).toEqual([200, "here"])
    writeFileSync(join(folder, "local.settings.json"), '{ "Host": { "LocalHttpPort": 7999 } }')
    await host.line(
      "Host.LocalHttpPort of local.settings.json has changed: that needs a restart of the host.",
    )
    expect(host.lines.filter((line) => line.includes("changed: reloading"))).toEqual([
      expect.stringContaining(hostJsonFile),
      expect.stringContaining("local.settings.json"),
    ])
  })

  it("keeps the old code when the new one does not load", async () => {
    const folder = copyOf("empty")
    writeFileSync(join(folder, "index.js"), source("old"))
    const host = await start({ scriptRoot: folder, reload: true })
    writeFileSync(join(folder, "index.js"), "this is no JavaScript")
    expect(await host.line("could not be loaded")).toContain("SyntaxError")
    expect(await text(`${host.baseUrl}/api/answer`)).toEqual([200, "old"])
    writeFileSync(join(folder, "index.js"), source("repaired"))
    await host.line("Reloaded in")
    expect(await text(`${host.baseUrl}/api/answer`)).toEqual([200, "repaired"])
  })

  it("stops and starts the extensions around the swap", async () => {
    const calls: string[] = []
    const extension: HostExtension = {
      name: "recorder",
      bindingTypes: ["recordertrigger"],
      start: async (runtime: HostRuntime) => void calls.push(`start ${runtime.functions.length}`),
      stop: async () => void calls.push("stop"),
    }
    const folder = copyOf("empty")
    const host = await start({ scriptRoot: folder, extensions: [extension] })
    writeFileSync(join(folder, "index.js"), source("new"))
    await host.reload()
    await host.stop()
    expect(calls).toEqual(["start 0", "stop", "start 1", "stop"])
  })
})

describe("stopping", () => {
  it("lets running requests end and runs the appTerminate hooks", async () => {
    const host = await start({ scriptRoot: testApp("cjs") })
    const slow = text(`${host.baseUrl}/api/wait?ms=300`)
    await host.line("Executing 'Functions.wait'")
    await host.stop()
    expect(await slow).toEqual([200, "waited"])
    await host.line("appTerminate ran")
    await expect(fetch(`${host.baseUrl}/admin/host/ping`)).rejects.toThrow("fetch failed")
  })
})
