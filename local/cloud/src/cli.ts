import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { buildStorefront } from "@eshop/storefront/build"
import { type Cloud, type CloudEvent, type CloudOptions, startCloud } from "./cloud.ts"
import { terminal } from "./console.ts"
import { DataDirectoryError, defaultDataDirectory } from "./data-directory.ts"
import { lostRedemptions } from "./lost-redemptions.ts"
import { PortInUseError } from "./ports.ts"
import { prerenderPages } from "./prerender-pages.ts"
import { watchRestartFiles } from "./restart-files.ts"
import { defaultPorts, isPartName, type PartName, type Ports, partNames, repositoryRoot } from "./settings.ts"
import { whenStartingNpmEnds } from "./supervisor/starting-npm.ts"

const help = `Usage: npm start -- [options]

Runs the whole shop on this machine: PostgreSQL, table storage, a Service Bus emulator, Redis where a
redis-server is on PATH, a payment and an identity simulator, the four function apps, the gateway and a page that shows their traces,
metrics and logs.

  --fresh            empty the data directory first
  --port PART=N      let a part listen on port N (repeatable)
  --data-dir DIR     keep data, logs and pid files there (default: .local)
  --only PART,…      run only these parts and what they need (repeatable)
  --no-rate-limits   let a client send as many requests as it likes
  --otlp URL         send traces, metrics and logs to another viewer, such as http://localhost:4318
  --no-telemetry     send them nowhere
  --faults FILE      replay a script of the switchboard of faults as soon as the shop is ready
  --no-faults        run without that switchboard
  --verbose          show every line that the parts print
  --quiet            show errors and the final addresses only
  --help             show this text

Parts and their ports:
${partNames.map((name) => `  ${name.padEnd(12)} ${defaultPorts[name]}`).join("\n")}
`

const RETRY_MS = 500

/** A mistake on the command line. */
class UsageError extends Error {}

/** Whether faults can be switched on, and the script that is replayed. */
function readFaults(script: string | undefined, isOff: boolean): CloudOptions["faults"] & {} {
  if (script === undefined) return !isOff
  if (isOff) throw new UsageError("--faults replays faults, and --no-faults says that there are none")
  if (!existsSync(script)) throw new UsageError(`there is no file ${script}`)
  return { script: resolve(script) }
}

function partOf(name: string): PartName {
  if (!isPartName(name))
    throw new UsageError(`there is no part "${name}"; the parts are ${partNames.join(", ")}`)
  return name
}

function readPorts(given: readonly string[]): Partial<Ports> {
  const ports: Partial<Ports> = {}
  for (const text of given) {
    const [name = "", number = ""] = text.split("=")
    const port = Number(number)
    if (!/^\d+$/.test(number) || port < 1 || port > 65_535) {
      throw new UsageError(
        `--port takes PART=N with a port from 1 to 65535, such as gateway=8081; got "${text}"`,
      )
    }
    ports[partOf(name)] = port
  }
  return ports
}

/** Where telemetry goes: to the part of its own, to the viewer at the given address, or nowhere. */
function readTelemetry(otlp: string | undefined, isOn: boolean): boolean | string {
  if (otlp === undefined) return isOn
  if (!isOn) throw new UsageError("--otlp says where telemetry goes, and --no-telemetry that it goes nowhere")
  const url = URL.canParse(otlp) ? new URL(otlp) : undefined
  if (!url || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new UsageError(
      `--otlp takes the base URL of a viewer, such as http://localhost:4318; got "${otlp}"`,
    )
  }
  return otlp.replace(/\/+$/, "")
}

function readOptions(args: string[]) {
  let values: ReturnType<typeof parse>["values"]
  const parse = () =>
    parseArgs({
      args,
      options: {
        fresh: { type: "boolean", default: false },
        port: { type: "string", multiple: true, default: [] },
        "data-dir": { type: "string" },
        only: { type: "string", multiple: true },
        "rate-limits": { type: "boolean", default: true },
        otlp: { type: "string" },
        telemetry: { type: "boolean", default: true },
        faults: { type: "string" },
        "no-faults": { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
      allowNegative: true,
    })
  try {
    values = parse().values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  const dataDir = resolve(values["data-dir"] ?? defaultDataDirectory)
  const cloud: CloudOptions = {
    ...{ fresh: values.fresh, ports: readPorts(values.port), dataDir },
    telemetry: readTelemetry(values.otlp, values.telemetry),
    rateLimits: values["rate-limits"],
    faults: readFaults(values.faults, values["no-faults"]),
  }
  if (values.only) {
    const named = values.only.flatMap((list) => list.split(",")).map(partOf)
    cloud.parts = values.faults === undefined ? named : [...named, "faults"]
  }
  return { cloud, dataDir, help: values.help, verbose: values.verbose, quiet: values.quiet }
}

async function run(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(help)
    return
  }
  const output = terminal(options)
  const started = performance.now()
  let cloud: Cloud | undefined
  let prerendering: AbortController | undefined
  let interrupts = 0
  const interrupted = async () => {
    interrupts += 1
    if (interrupts > 1) {
      cloud?.kill()
      return
    }
    output.stopping()
    prerendering?.abort()
    await cloud?.stop()
    output.stopped()
    process.exit(0)
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupted)
  // Started with a message channel (by tools/run.mjs), it goes with whoever started it, however that one ends.
  process.on("disconnect", interrupted)
  await whenStartingNpmEnds(interrupted)

  watchRestartFiles(repositoryRoot, output.needsRestart)
  const redemptions = lostRedemptions(output.note)
  const onEvent = (event: CloudEvent) => {
    output.event(event)
    void redemptions.onEvent(event, cloud)
  }
  cloud = await startCloud({ ...options.cloud, onEvent, onLine: output.line })
  output.starting(cloud)
  const shows = cloud.parts.some(({ name }) => name === "gateway")
  await Promise.all([untilReady(cloud), shows && buildPages(output.note)])
  output.ready(cloud, performance.now() - started)
  if (shows && cloud.parts.some(({ name }) => name === "catalog")) {
    prerendering = new AbortController()
    prerenderPages(cloud.connections.gateway, options.dataDir, prerendering.signal, output.note)
  }
  await redemptions.onStart(cloud)
}

/** Builds the shop's pages where they are not up to date; without them the API is served all the same. */
async function buildPages(note: (text: string) => void): Promise<void> {
  try {
    await buildStorefront()
  } catch (error) {
    note((error as Error).message)
  }
}

/** Waits for every part; one that keeps dying is on the terminal already and may yet recover. */
async function untilReady(cloud: Cloud): Promise<void> {
  for (;;) {
    const isReady = await cloud.waitUntilReady().then(
      () => true,
      () => false,
    )
    if (isReady) return
    await sleep(RETRY_MS)
  }
}

run().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${help}`)
  else if (error instanceof PortInUseError || error instanceof DataDirectoryError)
    console.error(error.message)
  else console.error(error)
  process.exit(1)
})
