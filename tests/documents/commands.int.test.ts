import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { reservePorts } from "@eshop/local-cloud/ports"
import {
  defaultPorts,
  type PartName,
  type Ports,
  partNames,
  repositoryRoot,
} from "@eshop/local-cloud/settings"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const documents = ["README.md", "CONTRIBUTING.md", "docs/local-development.md"]

/** Shown, but not run here, and why. */
const notRun: Record<string, string> = {
  "npm start": "runs until Ctrl-C: it is what the other commands here are run against",
  "npm start -- --fresh": "tested by local/cloud/src/cloud.int.test.ts",
  "npm start -- --port gateway=8081": "the shop of this test is started with --port",
  "npm start -- --otlp http://localhost:4318": "tested by local/cloud/src/cloud.int.test.ts",
  "npm start -- --faults faults.json": "tested by local/cloud/src/cli.int.test.ts",
  "npm start -- --no-telemetry": "tested by local/cloud/src/cloud.int.test.ts",
  "npm start -- --verbose": "tested by local/cloud/src/console.int.test.ts",
  "npm run order -- --gateway-port N": "a placeholder; npm run order is run with --gateway-port here",
  "npm test": "is what runs this test",
  "npm test -- functions/catalog": "runs tests",
  "npm test -- --project unit": "runs tests",
  "npm run seed -- --products 100000":
    "takes minutes; tested by local/cloud/src/shop/add-products.int.test.ts",
  "npm run orders": "prints its commands; tested by local/cloud/src/shop/order-operations.int.test.ts",
  "npm run sagas": "prints how it is used; tested by tools/sagas/check.int.test.ts",
  "npm run build": "run by tests/bundles/bundles.int.test.ts",
  "npm run check": "takes a minute; continuous integration begins with it",
  "npm run ci:long": "takes hours",
  "npm run format": "changes files",
  "npm run bench": "takes minutes",
  "npm run bench -- budget": "takes a minute; tested by bench/budget/budget.e2e.test.ts",
  "npm run prove": "takes half an hour; the short form is tested by tests/prove/prove.e2e.test.ts",
  "npm run infra:check": "takes minutes and needs terraform",
  "npm run infra:rehearse":
    "takes a minute and needs terraform; tested by tools/rehearsal/rehearse.int.test.ts",
  "npm run chart:check": "a part of npm test",
  "npm run gitops:check": "needs kubectl and go; tested by tools/kubernetes/gitops.int.test.ts",
  "npm run generate": "changes files",
  "npm run observability:generate": "changes files; npm run check holds them to their sources",
  "npm run storefront": "runs until Ctrl-C, against a shop of its own",
  "npm run storefront:prerender": "tested by tests/browser/static.e2e.test.ts",
  "npm run screenshots": "changes files, and needs chromium",
  "npm run lighthouse": "takes minutes and installs packages of its own; a part of npm run ci:long",
  "npm run pipelines:check": "takes half a minute; tested by tools/pipelines/check.int.test.ts",
  "npm run pipelines:generate": "changes files",
  "npm run pipeline -- <app>": "takes minutes; tested by tools/pipelines/run.int.test.ts",
  "npm ci": "empties node_modules first",
  "npm ci --ignore-scripts": "empties node_modules first",
  'psql "postgres://catalog:$(cat .local/database-password)@127.0.0.1:54329/catalog"':
    "waits for input, and psql is not everywhere",
}

/** The commands of the shell blocks, and those of npm in the running text. */
function commandsIn(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block.split("\n"),
  )
  const inline = [...markdown.matchAll(/`(npm [^`]+)`/g)].map(([, command = ""]) => command)
  return [...blocks, ...inline].map((line) => line.replace(/\s+# .*$/, "").trim()).filter(Boolean)
}

const shown = [
  ...new Set(documents.flatMap((name) => commandsIn(readFileSync(join(repositoryRoot, name), "utf8")))),
]
const dataDir = mkdtempSync(join(tmpdir(), "documented-"))
let ports: Ports
let shop: ChildProcess

beforeAll(async () => {
  const reservation = await reservePorts("free", partNames)
  ports = reservation.ports
  await reservation.releaseAll()
  const options = partNames.flatMap((part) => ["--port", `${part}=${ports[part]}`])
  shop = spawn("npm", ["start", "--", "--data-dir", dataDir, ...options], {
    cwd: repositoryRoot,
    stdio: ["ignore", "pipe", "inherit"],
  })
  let printed = ""
  await new Promise<void>((resolve, reject) => {
    shop.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text
      if (printed.includes("Ready in")) resolve()
    })
    shop.on("close", () => reject(new Error(`npm start ended:\n${printed}`)))
  })
})

afterAll(async () => {
  const ended = once(shop, "close")
  shop.kill("SIGTERM")
  await ended
  rmSync(dataDir, { recursive: true })
})

/** The command, pointed at the shop of this test. */
function here(command: string): string {
  let text = command
  for (const part of partNames) {
    text = text.replaceAll(`localhost:${defaultPorts[part]}`, `localhost:${ports[part]}`)
  }
  const name = /^npm run (order|dead-letters)\b/.exec(text)?.[1]
  if (!name) return text
  const parts: PartName[] = ["gateway", "identity", ...(name === "order" ? ["payments" as const] : [])]
  const moved = parts.map((part) => `--${part}-port ${ports[part]}`)
  return `${text}${text.includes(" -- ") ? "" : " --"} ${moved.join(" ")}`
}

function run(script: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile("bash", ["-ec", script], { cwd: repositoryRoot }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr })
    })
  })
}

/** What the answer must hold, where the document says so or it would not tell success from failure. */
const says: Record<string, string> = {
  "npm run order": "The order is Paid",
  "npm run order -- --payment declined": "The order is Cancelled",
  "npm run order -- --quantity 100000": "The order is Cancelled",
  "npm run dead-letters -- list": "Messages: 0 shown, 0 parked altogether.",
  "npm start -- --help": "Usage: npm start",
  "curl 'http://localhost:8090/dev/token?customer=mehmet'": '"customer_id"',
  "curl 'http://localhost:8090/dev/token?role=catalog.write&role=catalog.read'": '"access_token"',
  "curl 'http://localhost:8090/dev/token?client=basket'": '"access_token"',
  "curl 'http://localhost:8090/dev/token?customer=mehmet&shape=entra'": '"access_token"',
  'curl -H "Authorization: Bearer $TOKEN" http://localhost:8080/basket/cart': '"lines"',
}
const setsToken = shown.filter((command) => command.startsWith("TOKEN="))
const runnable = shown.filter((command) => !(command in notRun) && !setsToken.includes(command))

describe("the documents", () => {
  it("show no command that is neither run here nor left out for a reason", () => {
    expect(runnable.toSorted()).toEqual(Object.keys(says).toSorted())
    expect(Object.keys(notRun).filter((command) => !shown.includes(command))).toEqual([])
    expect(setsToken).toHaveLength(1)
  })

  it.each(runnable)("show a command that works: %s", async (command) => {
    const { code, output } = await run(`${here(setsToken[0] ?? "")}\n${here(command)}`)
    expect(output).toContain(says[command])
    expect(code).toBe(0)
  })

  it.each([
    ["build", "npm run build -- [app…]"],
    ["bench", "npm run bench -- [benchmark…]"],
    ["prove", "npm run prove -- [--seed N] [--short] [--only TEXT]"],
    ["dead-letters", "npm run dead-letters -- list [options]"],
    ["infra:check", "npm run infra:check -- --online"],
    ["order", "npm run order -- [options]"],
    ["pipeline", "npm run pipeline -- <basket|catalog|discount|ordering> [options]"],
  ])("name npm run %s, which explains itself", async (name, usage) => {
    const { code, output } = await run(`npm run --silent ${name} -- --help`)
    expect(output).toContain(usage)
    expect(code).toBe(0)
  })
})

describe("infra:check without terraform", () => {
  it.each([
    ["", 0, "SKIPPED, nothing about infra/terraform was checked"],
    ["true", 1, "terraform is not on the PATH"],
  ])("and CI=%j ends with %i", async (ci, expected, message) => {
    const script = `CI=${ci} PATH=/nowhere '${process.execPath}' tools/terraform/check.ts`
    const { code, output } = await run(script)
    expect(output).toContain(message)
    expect(code).toBe(expected)
  })
})
