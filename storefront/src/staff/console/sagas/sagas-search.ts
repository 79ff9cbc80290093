/** Which sagas are looked at. `open` are all that have not ended; `attention` those that need a person. */
export const views = [
  ...([
    "open",
    "attention",
    "failed",
    "suspended",
    "running",
    "pending",
    "completed",
    "terminated",
    "all",
  ] as const),
]
export type View = (typeof views)[number]

/** When they began: within an hour, a day, a week; or longer ago than that. */
export const ages = ["1h", "24h", "7d", "older-1h", "older-24h", "older-7d"] as const
export type Age = (typeof ages)[number]

/** What the address of the list says. */
export type SagasSearch = {
  readonly view?: View
  readonly saga?: string
  readonly step?: string
  readonly retrying?: true
  readonly age?: Age
  readonly id?: string
}

const text = (value: unknown, pattern: RegExp): string | undefined => {
  const written = typeof value === "string" || typeof value === "number" ? String(value).trim() : ""
  return pattern.test(written) ? written : undefined
}

/** Reads an address that anybody may have written; what it does not understand it leaves out. */
export function sagasSearch(search: Record<string, unknown>): SagasSearch {
  const found: Record<keyof SagasSearch, unknown> = {
    view: views.find((view) => view === search.view && view !== "open"),
    saga: text(search.saga, /^[\w-]{1,100}$/),
    step: text(search.step, /^[\w-]{1,100}$/),
    retrying: search.retrying === true ? true : undefined,
    age: ages.find((age) => age === search.age),
    id: text(search.id, /^[0-9a-z-]{1,100}$/),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

const statusesOf: Readonly<Record<Exclude<View, "all" | "attention">, string>> = {
  open: "Pending,Running,Suspended,ContinuedAsNew",
  failed: "Failed,Canceled",
  suspended: "Suspended",
  running: "Running,ContinuedAsNew",
  pending: "Pending",
  completed: "Completed",
  terminated: "Terminated",
}

const HOUR_MS = 3_600_000
const lengths: Readonly<Record<string, number>> = { "1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS }

/**
 * The instants between which a saga of this age began.
 * @param now milliseconds
 */
export function startedWithin(
  age: Age | undefined,
  now: number,
): { createdFrom?: string; createdTo?: string } {
  if (age === undefined) return {}
  const moment = new Date(now - (lengths[age.replace("older-", "")] as number)).toISOString()
  return age.startsWith("older-") ? { createdTo: moment } : { createdFrom: moment }
}

/** What the API is asked for. @param now milliseconds */
export function queryOf({ view = "open", saga, step, retrying, age, id }: SagasSearch, now: number) {
  const runtimeStatus = view === "all" || view === "attention" ? undefined : statusesOf[view]
  return {
    ...(runtimeStatus && { runtimeStatus }),
    ...(saga !== undefined && { saga }),
    ...(step !== undefined && { step }),
    ...(retrying && { retrying: "true" as const }),
    ...(id !== undefined && { idPrefix: id }),
    ...startedWithin(age, now),
  }
}
