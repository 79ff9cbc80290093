/** The command line: `functions-host start`. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import type { RunningHost } from "./host.ts"
import { hostVersion } from "./host-version.ts"
import { type LineLevel, markLevel } from "./output.ts"
import { readLocalSettings } from "./settings.ts"

const help = `functions-host ${hostVersion}: runs an Azure Functions app (Node, v4 programming model)

Usage: functions-host start [options]

Options:
  --script-root DIR    folder of the app, with host.json and package.json (default: .)
  --port N, -p N       port to listen on (default: Host.LocalHttpPort of local.settings.json, or 7071)
  --host-json FILE     host.json, if it is not in the script root
  --state-dir DIR      where the host keeps its state (default: DIR/.functions-host)
  --hostname NAME      address to listen on (default: 127.0.0.1)
  --cors ORIGINS       origins whose pages may call, separated by commas (default: Host.CORS of local.settings.json)
  --allow-host NAME    a Host name to serve besides those of this machine, "*" for all; may be repeated
  --no-reload          do not watch the app's files
  --enable-auth        demand access keys as in Azure
  --exit-with-parent   end when standard input closes
  --csharp             serve the Durable Functions Monitor of VS Code instead of an app (see docs/functions-host.md)
  --version, -v        show the version of the host that this one follows
  --verbose            show debug lines of host and worker
  --help, -h           show this text

App settings come from the environment and from local.settings.json; the environment wins.
`

async function main(): Promise<void> {
  let args: ReturnType<typeof parse>
  try {
    args = parse()
  } catch (error) {
    fail(`${(error as Error).message}\nTry functions-host --help`)
  }
  const { values, positionals } = args
  if (values.version) {
    process.stdout.write(`${hostVersion}\n`)
    return
  }
  if (values.help || positionals.length === 0) {
    process.stdout.write(help)
    process.exit(values.help ? 0 : 1)
  }
  if (positionals.length !== 1 || positionals[0] !== "start") {
    fail(`Unknown command "${positionals.join(" ")}". Try functions-host --help`)
  }
  if (values.csharp) return await serveMonitor(values.port)
  const scriptRoot = values["script-root"] ?? "."
  if (!existsSync(scriptRoot)) fail(`The script root ${scriptRoot} does not exist`)
  let host: RunningHost
  try {
    const port = portOf(values.port ?? String(readLocalSettings(scriptRoot).host.port ?? 7071))
    const color = process.stdout.isTTY && !process.env.NO_COLOR
    const [hostJsonFile, stateDir] = [values["host-json"], values["state-dir"]].map(
      (path) => path && resolve(path),
    )
    // As in the real worker, relative paths of the app's code begin at the script root.
    process.chdir(scriptRoot)
    print(`\nfunctions-host (Azure Functions host in Node)\nFunction Runtime Version: ${hostVersion}\n`)
    const { startHost } = await import("./host.ts")
    host = await startHost({
      scriptRoot: process.cwd(),
      port,
      hostname: values.hostname,
      cors: values.cors,
      allowedHosts: values["allow-host"],
      hostJsonFile,
      stateDir,
      reload: !values["no-reload"],
      enableAuth: values["enable-auth"],
      verbose: values.verbose,
      color,
      log: print,
    })
  } catch (error) {
    fail(
      error instanceof Error && error.name === "AppStartError"
        ? (error.stack ?? "")
        : (error as Error).message,
    )
  }

  let stopping = false
  const stop = (reason: string) => {
    if (stopping) process.exit(1)
    stopping = true
    print(`${reason}: stopping, running invocations may end.`)
    host.stop().then(
      () => {
        flush()
        process.exit(0)
      },
      (error) => fail((error as Error).stack ?? ""),
    )
  }
  process.on("SIGINT", () => stop("Interrupted"))
  process.on("SIGTERM", () => stop("Terminated"))
  if (values["exit-with-parent"]) {
    process.stdin.on("end", () => stop("The parent process ended"))
    process.stdin.on("error", () => stop("The parent process ended"))
    process.stdin.resume()
  }
}

/** Serves what the monitor's VS Code extension expects of the backend that it starts with --csharp. */
async function serveMonitor(port: string | undefined): Promise<void> {
  const { startBackend } = await import("./durable/monitor/backend.ts")
  const { url } = await startBackend({ port: portOf(port ?? "7071"), env: process.env, print })
  print(`Durable Functions Monitor: ${url}`)
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0))
}

function portOf(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65_535) fail(`--port must be a port number, not "${text}"`)
  return Number(text)
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      "script-root": { type: "string" },
      port: { type: "string", short: "p" },
      "host-json": { type: "string" },
      "state-dir": { type: "string" },
      hostname: { type: "string" },
      cors: { type: "string" },
      "allow-host": { type: "string", multiple: true },
      "no-reload": { type: "boolean" },
      "enable-auth": { type: "boolean" },
      "exit-with-parent": { type: "boolean" },
      csharp: { type: "boolean" },
      version: { type: "boolean", short: "v" },
      verbose: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  })
}

/** Lines of so many milliseconds go out together, because a write may block. */
const FLUSH_MS = 20
let pending = ""
const withLevels = process.env.ESHOP_LOG_LEVELS === "1"
process.on("exit", flush)

/** Writes a line, soon; for the launcher of the local cloud with its level. */
function print(line: string, level: LineLevel = "information"): void {
  if (pending === "") setTimeout(flush, FLUSH_MS)
  pending += `${withLevels ? markLevel(line, level) : line}\n`
}

function flush(): void {
  if (pending !== "") process.stdout.write(pending)
  pending = ""
}

function fail(message: string): never {
  flush()
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

await main()
