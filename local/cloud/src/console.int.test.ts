import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Cloud } from "./cloud.ts"
import { terminal } from "./console.ts"
import { type Connections, defaultPorts } from "./settings.ts"
import { Part, type PartSpec } from "./supervisor/part.ts"
import { PartLog } from "./supervisor/part-log.ts"

let directory: string
let printed: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "console-"))
  printed = ""
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += stripVTControlCharacters(String(text))
    return true
  })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await rm(directory, { recursive: true })
})

/** Runs a part that prints the lines, and ends it when the last one has come. */
async function run(lines: string[], options: { verbose?: boolean; quiet?: boolean } = {}): Promise<void> {
  const program = join(directory, "part.mjs")
  await writeFile(program, `console.log(${JSON.stringify(lines.join("\n"))}); process.stdin.resume()`)
  const output = terminal({ verbose: false, quiet: false, dataDir: directory, ...options })
  const last = Promise.withResolvers<void>()
  const log = await PartLog.open(directory, "catalog", (line, level) => {
    output.line("catalog", line, level)
    if (line === "end") last.resolve()
  })
  const spec: PartSpec = {
    ...{ name: "catalog", needs: [], layer: 0, address: "here", graceMs: 1_000 },
    launch: () => ({ kind: "node", program, args: [], env: process.env }),
    isReady: async () => true,
  }
  const part = new Part(spec, log, directory, () => {})
  part.start([])
  await last.promise
  await part.stop()
}

const lines = [
  "<6>[12:00] Executing 'get-product'",
  "<3>[12:00] TypeError: Cannot read properties of undefined",
  "<3>    at handle (main.ts:1)",
  "<4>[12:00] The lock was lost",
  "<5>[12:00] Reloaded in 12 ms",
  "<7>debug",
  "no error, and no mark",
  "<6>end",
]
/** An app's own line, as its host writes it. */
const json = {
  ...{ level: "warn", time: "2026-11-26T03:42:26.325Z", service: "ordering", msg: "a notice waits" },
  ...{ orderId: "o-1", ms: 12, trace: "t", span: "s", error: "Error", stack: "Error: oops\n    at send" },
}
const failures = [
  "catalog     [12:00] TypeError: Cannot read properties of undefined",
  "catalog         at handle (main.ts:1)",
  "catalog     [12:00] The lock was lost",
]
const shown = () => printed.split("\n").filter(Boolean)

describe("the terminal", () => {
  it("shows errors, warnings and notices of a part by their level", async () => {
    await run(lines)
    expect(shown()).toEqual([...failures, "catalog     [12:00] Reloaded in 12 ms"])
  })

  it("shows an app's line by its text and what it is about; its log keeps it as it came", async () => {
    await run([
      `<4>[12:00] [send-notices 7] ${JSON.stringify(json)}`,
      `<4>[12:00] {"level": no JSON}`,
      "<6>end",
    ])
    expect(shown()).toEqual([
      "catalog     [12:00] [send-notices 7] a notice waits (orderId=o-1 ms=12 trace=t error=Error)",
      "    Error: oops",
      "        at send",
      `catalog     [12:00] {"level": no JSON}`,
    ])
    expect(await readFile(join(directory, "catalog.log"), "utf8")).toContain(JSON.stringify(json))
  })

  it("shows failures alone with --quiet and everything with --verbose", async () => {
    await run(lines, { quiet: true })
    expect(shown()).toEqual(failures)
    printed = ""
    await run(lines, { verbose: true })
    expect(shown()).toHaveLength(lines.length)
  })

  it("names a damaged file once, and the way out", () => {
    const output = terminal({ verbose: false, quiet: false, dataDir: directory })
    const died = {
      ...({ type: "died", part: "payments", reason: "exit code 1", delayMs: 0 } as const),
      damage: { file: "/data/payments.sqlite", reason: "file is not a database" },
    }
    output.event({ ...died, keepsDying: false, output: ["Error: file is not a database", "at …"] })
    output.event({ ...died, keepsDying: true, output: ["Error: file is not a database", "at …"] })
    output.event({ ...died, keepsDying: true, output: [] })
    expect(shown()).toEqual([
      "✖ payments died (exit code 1), restarting …",
      "    /data/payments.sqlite is damaged: file is not a database",
      `    Put a good copy back, or begin with empty data: npm start -- --fresh --data-dir ${directory}`,
      "✖ payments keeps dying (exit code 1); further tries are in its log only",
    ])
  })

  it("says that a changed file waits for a restart", () => {
    const output = terminal({ verbose: false, quiet: false, dataDir: directory })
    output.needsRestart(["host.json", "infra/gateway/routes.json"])
    expect(shown()).toEqual([
      "! host.json, infra/gateway/routes.json changed: Ctrl-C and `npm start` again apply it",
    ])
  })

  it.each([
    [{}, "npm run order"],
    [{ gateway: 8081 }, "npm run order -- --gateway-port 8081"],
    [
      { gateway: 8081, identity: 8190, payments: 8191, catalog: 1 },
      "npm run order -- --gateway-port 8081 --identity-port 8190 --payments-port 8191",
    ],
  ])("with the ports %j says %s", (ports, command) => {
    const parts = (["gateway", "identity", "basket"] as const).map((name) => ({ name, address: name }))
    const connections: Partial<Connections> = { gateway: "gateway", identity: "identity" }
    const cloud = { parts, connections, ports: { ...defaultPorts, ...ports }, dataDir: directory }
    terminal({ verbose: false, quiet: true, dataDir: directory }).ready(cloud as unknown as Cloud, 1)
    expect(shown()).toContain(`Place an order:    ${command}`)
  })
})
