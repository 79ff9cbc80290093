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
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(body),
})

/** Whether the process answers; asks no dependency. */
export const live = (): HttpResponseInit => json(200, { status: "live" })

/**
 * Whether this instance can do its main work: 503 when its own store is away or hangs; 200, and `degraded` with a list,
 * for everything else.
 * @param own what the app cannot work without
 * @param others what it can, by name
 */
export async function ready(
  own: Probe | undefined,
  others: Readonly<Record<string, Probe>>,
  parked?: Store["parked"],
): Promise<HttpResponseInit> {
  const [counted, able, ...up] = await Promise.all([
    parked && inTime(() => parked.count()),
    own ? answers(own) : true,
    ...Object.values(others).map(answers),
  ])
  if (!able) return json(503, { status: "unavailable", degraded: [] })
  const degraded = Object.keys(others).filter((_, index) => !up[index])
  const waiting = counted?.answer ?? 0
  if (waiting > 0) degraded.push(`parked messages: ${waiting}`)
  return json(200, { status: degraded.length > 0 ? "degraded" : "ready", degraded })
}
