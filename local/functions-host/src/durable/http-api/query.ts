/** Reading what a request of the HTTP API says: query parameters, body. Malformed values count as absent. */

import type { RuntimeStatus } from "../store/store.ts"
import type { ApiRequest } from "./exchange.ts"

/** A query parameter by its name, in whatever case; several of one name are joined by commas. */
export type Query = (name: string) => string | undefined

/** The parameters of a query string. */
export function caseless(query: URLSearchParams): Query {
  const values = new Map<string, string>()
  for (const [key, value] of query) {
    const name = key.toLowerCase()
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before},${value}`)
  }
  return (name) => values.get(name.toLowerCase())
}

export function bool(text: string | undefined): boolean | undefined {
  const value = text?.trim().toLowerCase()
  return value === "true" ? true : value === "false" ? false : undefined
}

/** A number from 0 on. */
export function number(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

/** How many items a page of a listing has: 100 unless asked for otherwise, at most 1000. */
export function pageSize(text: string | undefined): number {
  const value = number(text)
  return value === undefined || value < 1 ? 100 : Math.min(Math.floor(value), 1000)
}

/** A time as milliseconds since 1970. */
export function time(text: string | undefined): number | undefined {
  // A plus sign of a time zone arrives as a space.
  const value = text === undefined ? Number.NaN : Date.parse(text.replace(/ (\d\d:\d\d)$/, "+$1"))
  return Number.isNaN(value) ? undefined : value
}

/** Whether the text is JSON. */
export function parseJson(text: string): { ok: true } | { ok: false; error: Error } {
  try {
    JSON.parse(text)
    return { ok: true }
  } catch (thrown) {
    return { ok: false, error: thrown as Error }
  }
}

/** Whether the body is declared as JSON. */
export function isJson(request: ApiRequest): boolean {
  const mediaType = request.header("content-type")?.split(";")[0]?.trim().toLowerCase()
  return mediaType === "application/json"
}

const statusNames: readonly RuntimeStatus[] = [
  "Pending",
  "Running",
  "Suspended",
  "Completed",
  "Failed",
  "Terminated",
]

/**
 * The statuses that a query names, in one parameter or several; undefined when it names none at all. A name that no
 * instance here can have (`Canceled`, a misspelt one) matches nothing: it never widens the filter.
 */
export function statusFilter(query: URLSearchParams): RuntimeStatus[] | undefined {
  const given = [...query].filter(([key]) => key.toLowerCase() === "runtimestatus")
  if (given.length === 0) return undefined
  const names = given.flatMap(([, value]) => value.split(",")).map((name) => name.trim())
  return statusNames.filter((status) => names.includes(status))
}
