import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { reservePorts } from "./ports.ts"
import { type PartName, type Ports, repositoryRoot } from "./settings.ts"
import { startMarker } from "./supervisor/start-marker.ts"

const parts: PartName[] = ["gateway", "payments", "postgres"]
let dataDir: string
let ports: Ports
let launchers: Launcher[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "launcher-"))
  const reservation = await reservePorts("free", [...parts, "telemetry"])
  ports = reservation.ports
  await reservation.releaseAll()
  launchers = []
})

afterEach(async () => {
  for (const { child, ended } of launchers) {
    child.kill("SIGTERM")
    await ended
  }
  await rm(dataDir, { recursive: true })
})

interface Launcher {
  child: ChildProcess
  output: () => string
  ended: Promise<number | null>
}

function launch(...args: string[]): Launcher {
  const child = spawn(
    process.execPath,
    [
      join(repositoryRoot, "local", "cloud", "src", "cli.ts"),
      ...["--data-dir", dataDir],
      ...(args.includes("--only") ? [] : ["--only", parts.join(",")]),
      ...parts.flatMap((part) => ["--port", `${part}=${ports[part]}`]),
      ...args,
    ],
    { stdio: ["ignore", "pipe", "pipe", "ipc"] },
  )
  let printed = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8")
    stream?.on("data", (text) => {
      printed += text
    })
  }
  const ended = once(child, "exit").then(([code]) => code as number | null)
  const launcher = { child, output: () => printed, ended }
  launchers.push(launcher)
  return launcher
}

const ready = (launcher: Launcher) => expect.poll(launcher.output, { timeout: 30_000 }).toContain("Ready in")

/** Everything the launcher runs, as its pid files name it: direct children and, under a guard, PostgreSQL. */
async function running(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const name of await readdir(join(dataDir, "run"))) {
    found[name.replace(".json", "")] = JSON.parse(await readFile(join(dataDir, "run", name), "utf8")).pid
  }
  return found
}

const survivors = async (pids: number[]) => {
  const markers = await Promise.all(pids.map(startMarker))
  return pids.filter((_, index) => markers[index] !== undefined)
}

describe("npm start", () => {
  it("shows each part, then what to paste; Ctrl-C stops everything", async () => {
    const launcher = launch()
    await ready(launcher)
    for (const part of parts) expect(launcher.output()).toMatch(new RegExp(`✔ ${part} +\\d+\\.\\d s`))
    expect(launcher.output()).toContain(`http://localhost:${ports.gateway}/health/ready`)
    const pids = Object.values(await running())
    expect(pids).toHaveLength(4)
    expect(await survivors(pids)).toEqual(pids)
    launcher.child.kill("SIGINT")
    expect(await launcher.ended).toBe(0)
    expect(await survivors(pids)).toEqual([])
  })

  it("ends with the address of the telemetry's page, where that runs", async () => {
    const launcher = launch("--only", "payments,telemetry", "--port", `telemetry=${ports.telemetry}`)
    await ready(launcher)
    await expect.poll(launcher.output).toContain(`telemetry   http://localhost:${ports.telemetry}`)
  })

  it("ends everything at once at the second Ctrl-C, even what does not listen", async () => {
    const launcher = launch("--only", "payments")
    await ready(launcher)
    const pids = Object.values(await running())
    process.kill((await running()).payments ?? 0, "SIGSTOP")
    launcher.child.kill("SIGINT")
    await expect.poll(launcher.output).toContain("Stopping")
    launcher.child.kill("SIGINT")
    expect(await launcher.ended).toBe(0)
    expect(await survivors(pids)).toEqual([])
  })

  it("goes with the process that started it", async () => {
    const launcher = launch("--only", "payments")
    await ready(launcher)
    const pids = Object.values(await running())
    launcher.child.disconnect()
    expect(await launcher.ended).toBe(0)
    expect(await survivors(pids)).toEqual([])
  })

  it("leaves no process behind when the launcher is killed", async () => {
    const launcher = launch()
    await ready(launcher)
    const pids = Object.values(await running())
    launcher.child.kill("SIGKILL")
    await launcher.ended
    await expect.poll(() => survivors(pids), { timeout: 15_000 }).toEqual([])
  })

  it("ends at the next start what outlived launcher and guard, and finds the data again", async () => {
    const launcher = launch()
    await ready(launcher)
    const before = await running()
    launcher.child.kill("SIGSTOP")
    process.kill(before.postgres ?? 0, "SIGKILL")
    launcher.child.kill("SIGKILL")
    await launcher.ended
    const orphan = before["postgres.guarded"] ?? 0
    expect(await survivors([orphan])).toEqual([orphan])

    const second = launch()
    await ready(second)
    expect(second.output()).toContain(`Ended postgres.guarded (pid ${orphan})`)
    expect(await survivors([orphan])).toEqual([])
  })

  it("ends with one line and code 1 when a port is in use", async () => {
    const other = createServer().listen(ports.payments, "127.0.0.1")
    await once(other, "listening")
    const launcher = launch()
    expect(await launcher.ended).toBe(1)
    other.close()
    await expect
      .poll(launcher.output)
      .toMatch(
        new RegExp(
          `^Port ${ports.payments} of payments is in use.*: choose another with --port payments=N\\n$`,
        ),
      )
    expect(await running()).toEqual({})
  })

  it.each([
    [["--port", "gateway=x"], "--port takes PART=N"],
    [["--port", "nothing=80"], 'there is no part "nothing"'],
    [["--only", "cosmos"], 'there is no part "cosmos"'],
    [
      ["--otlp", "localhost:4318"],
      '--otlp takes the base URL of a viewer, such as http://localhost:4318; got "localhost:4318"',
    ],
    [["--otlp", "http://localhost:4318", "--no-telemetry"], "--no-telemetry that it goes nowhere"],
    [["--shiny"], "Unknown option '--shiny'"],
  ])("explains %j", async (args, message) => {
    const launcher = launch(...args)
    expect(await launcher.ended).toBe(1)
    await expect.poll(launcher.output).toContain("Usage: npm start")
    expect(launcher.output()).toContain(message)
  })
})
