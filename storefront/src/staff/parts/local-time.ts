import { currentLocale } from "../../texts/texts.ts"

/** The time zone of whoever sits here, such as `Europe/Berlin`. */
export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const two = (part: number): string => String(part).padStart(2, "0")

/** An instant as a field for day and time shows it, in the time zone of here; empty for none. */
export function toField(instant: string | undefined): string {
  if (instant === undefined) return ""
  const at = new Date(instant)
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const seconds = at.getSeconds() === 0 ? "" : `:${two(at.getSeconds())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}${seconds}`
}

/**
 * The instant of a field for day and time; undefined for an empty one.
 * @param before the instant that the field was filled from: where the field still says that, it keeps its milliseconds
 */
export function fromField(field: string, before?: string): string | undefined {
  if (field === "") return undefined
  if (before !== undefined && toField(before) === field) return before
  const at = new Date(field)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** The beginning of a day (`2026-11-26`), in the time zone of here, or of the one after it. */
export function startOfDay(day: string, daysLater = 0): string | undefined {
  const at = new Date(`${day}T00:00`)
  if (Number.isNaN(at.getTime())) return undefined
  at.setDate(at.getDate() + daysLater)
  return at.toISOString()
}

/** An instant in UTC, to the second: `2026-11-26 14:32:00 UTC`. */
export const inUtc = (instant: string): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace("T", " ")} UTC`

/** A day with its time to the second, in the time zone of here. */
export const exactly = (instant: string): string =>
  new Intl.DateTimeFormat(currentLocale(), { dateStyle: "medium", timeStyle: "medium" }).format(
    new Date(instant),
  )
