import { describe, expect, test } from "vitest"
import { dependencyStates, type Probe, readiness } from "./health.ts"

const up: Probe = async () => "up"
const down: Probe = () => Promise.reject(new Error("down"))
const read = async (check: ReturnType<typeof readiness>) => JSON.parse((await check()).body as string)

describe("readiness", () => {
  test("shows each dependency with its state and since when it has been so", async () => {
    let minute = 0
    let redis = up
    const clock = () => new Date(Date.UTC(2026, 10, 1, 10, minute))
    const at = (minutes: number) => new Date(Date.UTC(2026, 10, 1, 10, minutes)).toISOString()
    const check = readiness(dependencyStates({ store: up, redis: () => redis() }, clock))
    const store = { state: "up", since: at(0) }
    expect(await read(check)).toEqual({
      status: "ready",
      degraded: [],
      dependencies: { store, redis: { state: "up", since: at(0) } },
    })
    redis = down
    for (minute = 1; minute <= 3; minute++)
      expect(await read(check)).toMatchObject({
        status: "degraded",
        degraded: ["redis"],
        dependencies: { store, redis: { state: "down", since: at(1) } },
      })
    redis = up
    expect((await read(check)).dependencies).toEqual({ store, redis: { state: "up", since: at(4) } })
  })

  test("is 503 without the store alone", async () => {
    const statusOf = async (probes: Record<string, Probe>) =>
      (await readiness(dependencyStates(probes))()).status
    expect(await statusOf({ store: down, redis: up })).toBe(503)
    expect(await statusOf({ store: up, redis: down })).toBe(200)
    expect(await statusOf({})).toBe(200)
  })
})
