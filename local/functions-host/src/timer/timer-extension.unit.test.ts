import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { HostExtension, HostRuntime, Invocation, RegisteredFunction } from "../contract.ts"
import { createTimerExtension } from "./timer-extension.ts"

const START = "2026-03-01T10:00:30.000Z"

let stateDir: string
let extensions: HostExtension[]
let settings: Record<string, string>
let log: string[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: Date.parse(START) })
  stateDir = mkdtempSync(join(tmpdir(), "timers-"))
  extensions = []
  settings = {}
  log = []
})

afterEach(async () => {
  await Promise.all(extensions.map((extension) => extension.stop()))
  vi.useRealTimers()
  rmSync(stateDir, { recursive: true })
})

function timerFunction(trigger: Record<string, unknown>): RegisteredFunction {
  const binding = { name: "timer", type: "timerTrigger", direction: "in" as const, ...trigger }
  return { id: "tick", name: "tick", bindings: { timer: binding }, trigger: binding }
}

async function start(
  trigger: Record<string, unknown>,
  run: () => Promise<void> = async () => {},
): Promise<{ invocations: Invocation[]; inputs: unknown[]; extension: HostExtension }> {
  const invocations: Invocation[] = []
  const inputs: unknown[] = []
  const host = {
    stateDir,
    functions: [timerFunction(trigger)],
    settings: { get: (name: string) => settings[name], expand: (text: string) => text.replace("%s%", "0") },
    log: { log: (level: string, message: string) => log.push(`${level}: ${message}`) },
    async invoke(invocation: Invocation) {
      invocations.push(invocation)
      inputs.push(JSON.parse(invocation.triggerValue.json as string))
      await run()
      return { outputs: {} }
    },
  } as unknown as HostRuntime
  const extension = createTimerExtension()
  extensions.push(extension)
  await extension.start(host)
  return { invocations, inputs, extension }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe("a timer trigger", () => {
  it("fires at its occurrences with the input of the .NET TimerInfo", async () => {
    const { invocations, inputs } = await start({ schedule: "%s% */5 * * * *" })
    await pass(269_999)
    expect(invocations).toEqual([])
    await pass(1)
    await pass(300_000)
    expect(invocations.map((invocation) => invocation.reason)).toEqual([
      "Timer fired at 2026-03-01T10:05:00.0000000+00:00",
      "Timer fired at 2026-03-01T10:10:00.0000000+00:00",
    ])
    expect(inputs).toEqual([
      {
        Schedule: { AdjustForDST: true },
        ScheduleStatus: {
          Last: "0001-01-01T00:00:00+00:00",
          Next: "2026-03-01T10:05:00+00:00",
          LastUpdated: "2026-03-01T10:00:30+00:00",
        },
        IsPastDue: false,
      },
      {
        Schedule: { AdjustForDST: true },
        ScheduleStatus: {
          Last: "2026-03-01T10:05:00+00:00",
          Next: "2026-03-01T10:10:00+00:00",
          LastUpdated: "2026-03-01T10:05:00+00:00",
        },
        IsPastDue: false,
      },
    ])
  })

  it("fires once at start, as past due, when an occurrence was missed while the host was away", async () => {
    const first = await start({ schedule: "0 */5 * * * *" })
    await pass(270_000)
    await first.extension.stop()
    vi.setSystemTime(Date.parse("2026-03-01T10:17:00Z"))
    const second = await start({ schedule: "0 */5 * * * *" })
    await pass(1)
    expect(second.inputs).toMatchObject([
      {
        IsPastDue: true,
        ScheduleStatus: { Last: "2026-03-01T10:05:00+00:00", Next: "2026-03-01T10:10:00+00:00" },
      },
    ])
    expect(log).toContain(
      "information: Trigger Details: UnscheduledInvocationReason: IsPastDue, OriginalSchedule: 2026-03-01T10:10:00.0000000+00:00",
    )
    await pass(180_000)
    expect(second.inputs).toHaveLength(2)
    expect(second.inputs[1]).toMatchObject({ IsPastDue: false })
  })

  it("is not past due after a restart before the next occurrence, nor when the schedule changed", async () => {
    const first = await start({ schedule: "0 */5 * * * *" })
    await first.extension.stop()
    const second = await start({ schedule: "0 */5 * * * *" })
    await pass(1000)
    await second.extension.stop()
    vi.setSystemTime(Date.parse("2026-03-01T12:00:10Z"))
    const third = await start({ schedule: "0 0 * * * *" })
    await pass(1000)
    expect([first, second, third].map(({ inputs }) => inputs.length)).toEqual([0, 0, 0])
    await pass(3_600_000)
    expect(third.inputs).toMatchObject([{ IsPastDue: false }])
  })

  it("takes a spoilt status file for a first start", async () => {
    const first = await start({ schedule: "0 */5 * * * *" })
    await first.extension.stop()
    const file = join(stateDir, "timers", "tick.json")
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      Last: null,
      Next: "2026-03-01T10:05:00.000Z",
      LastUpdated: START,
    })
    writeFileSync(file, "{")
    vi.setSystemTime(Date.parse("2026-03-01T11:00:00Z"))
    const second = await start({ schedule: "0 */5 * * * *" })
    await pass(299_999)
    expect(second.inputs).toEqual([])
  })

  it.each([
    ["0 */5 * * * *", { useMonitor: false }],
    ["*/10 * * * * *", {}],
    ["00:00:30", { useMonitor: "true" }],
  ])("keeps no status for %s %j", async (schedule, flags) => {
    const first = await start({ schedule, ...flags })
    await first.extension.stop()
    vi.setSystemTime(Date.parse("2026-03-01T11:00:00Z"))
    const second = await start({ schedule, ...flags })
    await pass(1)
    expect(second.inputs).toEqual([])
    await pass(300_000)
    expect(second.inputs[0]).toMatchObject({ ScheduleStatus: null, IsPastDue: false })
  })

  it("runs at start when asked to, and again at the next occurrence", async () => {
    const { inputs } = await start({ schedule: "0 */5 * * * *", runOnStartup: true })
    await pass(1)
    expect(inputs).toMatchObject([{ IsPastDue: false }])
    expect(log).toContain("information: Trigger Details: UnscheduledInvocationReason: RunOnStartup")
    await pass(269_998)
    expect(inputs).toHaveLength(1)
    await pass(1)
    expect(inputs).toHaveLength(2)
  })

  it("never runs twice at once; what fell due during a run happens once after it", async () => {
    let running = 0
    let most = 0
    const { inputs } = await start({ schedule: "*/10 * * * * *" }, async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 35_000))
      running--
    })
    await pass(10_000 + 35_001 + 35_001)
    expect([inputs.length, most]).toEqual([3, 1])
    await pass(35_000)
  })

  it("goes on after a failed run", async () => {
    const { inputs } = await start({ schedule: "*/10 * * * * *" }, async () => {
      throw new Error("no")
    })
    await pass(30_000)
    expect(inputs).toHaveLength(3)
  })

  it("waits longer than a Node timer can", async () => {
    const { inputs } = await start({ schedule: "0 0 0 1 1 *" })
    await pass(Date.parse("2027-01-01T00:00:00Z") - Date.parse(START) - 1)
    expect(inputs).toEqual([])
    await pass(1)
    expect(inputs).toHaveLength(1)
  })

  it("waits at stop for the running invocation and fires no more", async () => {
    let ended = false
    const { inputs, extension } = await start({ schedule: "*/10 * * * * *" }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5000))
      ended = true
    })
    await pass(10_000)
    const stopped = extension.stop().then(() => ended)
    await pass(5000)
    expect(await stopped).toBe(true)
    await pass(60_000)
    expect(inputs).toHaveLength(1)
  })

  it("keeps to WEBSITE_TIME_ZONE", async () => {
    settings.WEBSITE_TIME_ZONE = "Europe/Istanbul"
    const { invocations, inputs } = await start({ schedule: "0 30 13 * * *" })
    expect(log[0]).toContain(
      "will be:\n03/01/2026 13:30:00+03:00 (03/01/2026 10:30:00Z)\n03/02/2026 13:30:00",
    )
    await pass(1_770_000)
    expect(invocations[0]?.reason).toBe("Timer fired at 2026-03-01T13:30:00.0000000+03:00")
    expect(inputs[0]).toMatchObject({ ScheduleStatus: { Next: "2026-03-01T13:30:00+03:00" } })
  })

  it("names the function whose schedule cannot be read, and does not run it", async () => {
    const unreadable = await start({ schedule: "every day" })
    const missing = await start({})
    expect(log).toEqual([
      expect.stringMatching(/^error: The 'tick' function is in error: .*'every day'/),
      "error: The 'tick' function is in error: The timer trigger has no schedule.",
    ])
    await pass(86_400_000)
    expect([...unreadable.invocations, ...missing.invocations]).toEqual([])
  })
})
