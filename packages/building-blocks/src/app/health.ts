import type { HttpResponseInit } from "@azure/functions"
import * as z from "zod"
import type { OutboxBacklog } from "../messaging/outbox.ts"
import type { Store } from "../store/store.ts"
import { get } from "./app.ts"
import { useCase } from "./use-case.ts"

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
export const DependencyState = z.strictObject({ state: z.enum(["up", "down"]), since: z.iso.datetime() })
export type DependencyState = z.infer<typeof DependencyState>
export type DependencyStates = Readonly<Record<string, DependencyState>>

/**
 * Asks every dependency, and remembers since when it has seen it so.
 * @returns the look
 */
export function dependencyStates(
  probes: Readonly<Record<string, Probe>>,
  clock: () => Date = () => new Date(),
): () => Promise<DependencyStates> {
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

type Verdict = { readonly status: "ready" | "degraded" | "unavailable"; readonly degraded: string[] }

/** Whether this instance can do its main work, and without what it does it. */
function verdictOf(dependencies: DependencyStates, parked: number): Verdict {
  if (dependencies.store?.state === "down") return { status: "unavailable", degraded: [] }
  const degraded = Object.keys(dependencies).filter((name) => dependencies[name]?.state === "down")
  if (parked > 0) degraded.push(`parked messages: ${parked}`)
  return { status: degraded.length > 0 ? "degraded" : "ready", degraded }
}

/**
 * Tells whether this instance can do its main work: 503 when its own store is away or hangs; 200, and `degraded` with a
 * list, for everything else. Each dependency is there with its state and since when.
 * @param look at the dependencies, by name: without `store` the app cannot work, without the others it can
 */
export function readiness(
  look: () => Promise<DependencyStates>,
  parked?: Store["parked"],
): () => Promise<HttpResponseInit> {
  return async () => {
    const [counted, dependencies] = await Promise.all([parked && inTime(() => parked.count()), look()])
    const verdict = verdictOf(dependencies, counted?.answer ?? 0)
    return json(verdict.status === "unavailable" ? 503 : 200, { ...verdict, dependencies })
  }
}

/** What an app can say of its own health. {@link start} brings it along. */
export type HealthPorts = {
  readonly health: {
    readonly look: () => Promise<DependencyStates>
    /** For apps that keep an outbox. */
    readonly outbox?: () => Promise<OutboxBacklog>
    /** For apps that keep what nothing handles: how many wait for each reason. */
    readonly parked?: () => Promise<Readonly<Record<string, number>>>
  }
}

const getHealth = useCase("operations.get-health", {
  input: z.strictObject({}),
  result: z.strictObject({
    status: z.enum(["ready", "degraded", "unavailable"]),
    degraded: z.array(z.string()).describe("What it does without"),
    dependencies: z.record(z.string(), DependencyState),
    outbox: z
      .strictObject({ pending: z.int(), oldestSeconds: z.number() })
      .optional()
      .describe("Events that wait to be sent; absent where there is no outbox, or nobody can say now"),
    parked: z
      .record(z.string(), z.int())
      .optional()
      .describe("Messages that nothing handles until they are redriven, by reason"),
  }),
  handle:
    ({ health }: HealthPorts) =>
    async () => {
      const asked = <T>(read: (() => Promise<T>) | undefined) => (read ? inTime(read) : undefined)
      const [dependencies, outbox, parked] = await Promise.all([
        health.look(),
        asked(health.outbox),
        asked(health.parked),
      ])
      const waiting = Object.values(parked?.answer ?? {}).reduce((sum, count) => sum + count, 0)
      return {
        ...verdictOf(dependencies, waiting),
        dependencies,
        ...(outbox && { outbox: outbox.answer }),
        ...(parked && { parked: parked.answer }),
      }
    },
})

/** An app's health for operators, through the gateway; {@link readiness} is for who stands beside the app. */
export const healthRoutes = [get("operations/health", getHealth, { access: { role: "operations" } })] as const
