import type { HttpResponseInit } from "@azure/functions"
import type { Store } from "../store/store.ts"

/** Asks one dependency; rejects, or takes too long, when it is out. */
export type Probe = () => Promise<unknown>

const PROBE_MS = 1_500

/** What the dependency answers; undefined when it does not in time. */
async function inTime<T>(probe: () => Promise<T>): Promise<{ readonly answer: T } | undefined> {
  try {
    const late = new Promise<never>((_, reject) => setTimeout(reject, PROBE_MS).unref())
    return { answer: await Promise.race([probe(), late]) }
  } catch {
    return undefined
  }
}
const answers = async (probe: Probe): Promise<boolean> => (await inTime(probe)) !== undefined

const json = (status: number, body: object): HttpResponseInit => ({
  status,
  headers: {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  },
  body: JSON.stringify(body),
})

/** Whether the process answers; asks no dependency. */
export const live = (): HttpResponseInit => json(200, { status: "live" })

/** A dependency as this instance sees it, and since which of its looks it has seen it so. */
export type DependencyState = { readonly state: "up" | "down"; readonly since: string }

/**
 * Asks every dependency, and remembers since when it has seen it so.
 * @returns the look
 */
export function dependencyStates(
  probes: Readonly<Record<string, Probe>>,
  clock: () => Date = () => new Date(),
): () => Promise<Readonly<Record<string, DependencyState>>> {
  const seen = new Map<string, DependencyState>()
  const look = async ([name, probe]: [string, Probe]): Promise<[string, DependencyState]> => {
    const state = (await answers(probe)) ? "up" : "down"
    const before = seen.get(name)
    const now: DependencyState = before?.state === state ? before : { state, since: clock().toISOString() }
    seen.set(name, now)
    return [name, now]
  }
  return async () => Object.fromEntries(await Promise.all(Object.entries(probes).map(look)))
}

/**
 * Tells whether this instance can do its main work: 503 when its own store is away or hangs; 200, and `degraded` with a
 * list, for everything else. Each dependency is there with its state and since when.
 * @param look at the dependencies, by name: without `store` the app cannot work, without the others it can
 */
export function readiness(
  look: () => Promise<Readonly<Record<string, DependencyState>>>,
  parked?: Store["parked"],
): () => Promise<HttpResponseInit> {
  return async () => {
    const [counted, dependencies] = await Promise.all([parked && inTime(() => parked.count()), look()])
    if (dependencies.store?.state === "down")
      return json(503, { status: "unavailable", degraded: [], dependencies })
    const degraded = Object.keys(dependencies).filter((name) => dependencies[name]?.state === "down")
    const waiting = counted?.answer ?? 0
    if (waiting > 0) degraded.push(`parked messages: ${waiting}`)
    return json(200, { status: degraded.length > 0 ? "degraded" : "ready", degraded, dependencies })
  }
}
