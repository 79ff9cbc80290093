import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type RunningHost, startHost } from "../host.ts"
import { createTimerExtension } from "./timer-extension.ts"

const scriptRoot = join(import.meta.dirname, "../../fixtures/timer-app")

let stateDir: string
let lines: string[]
let host: RunningHost | undefined

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "timer-host-"))
  lines = []
})

afterEach(async () => {
  await host?.stop()
  rmSync(stateDir, { recursive: true })
})

async function start() {
  host = await startHost({
    scriptRoot,
    stateDir,
    port: 0,
    env: { YEARLY_SCHEDULE: "0 0 0 1 1 *" },
    extensions: [createTimerExtension()],
    log: (line) => lines.push(line.replace(/^\[[^\]]*\] /, "")),
  })
}

const seen = (part: string) => vi.waitFor(() => expect(lines.join("\n")).toContain(part), { timeout: 20_000 })

describe("timers in the host", () => {
  it("fires every second with the camel-cased timer and no status", async () => {
    await start()
    const timer = { schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false }
    await seen(`everySecond ${JSON.stringify(timer)}`)
    expect(lines.join("\n")).toMatch(
      /Executing 'Functions\.everySecond' \(Reason='Timer fired at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00', Id=/,
    )
  })

  it("runs at start and retries by the function's policy", async () => {
    await start()
    await seen("atStart passed on attempt 2")
    expect(lines.filter((line) => line.includes("atStart failed on attempt 0")).length).toBeGreaterThan(0)
  })

  it("fires a missed occurrence as past due at start and records the run", async () => {
    const file = join(stateDir, "timers", "yearly.json")
    const year = new Date().getUTCFullYear()
    mkdirSync(join(stateDir, "timers"))
    writeFileSync(
      file,
      JSON.stringify({
        Last: `${year - 1}-01-01T00:00:00.000Z`,
        Next: `${year}-01-01T00:00:00.000Z`,
        LastUpdated: `${year - 1}-01-01T00:00:00.000Z`,
      }),
    )
    await start()
    await seen(`"isPastDue":true`)
    expect(lines).toContain(
      `Trigger Details: UnscheduledInvocationReason: IsPastDue, OriginalSchedule: ${year}-01-01T00:00:00.0000000+00:00`,
    )
    await vi.waitFor(() =>
      expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
        Next: `${year + 1}-01-01T00:00:00.000Z`,
      }),
    )
  })
})
