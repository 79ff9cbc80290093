/** A clock on a wall somewhere: how far it is from UTC at an instant, and which instants show a wall time. */
export type TimeZone = {
  name: string
  /** Milliseconds to add to UTC at the instant. */
  offsetAt(instant: number): number
  /**
   * The instants at which the clock shows the wall time (milliseconds as `Date.UTC` of its fields), earliest
   * first: two when clocks go back. A skipped wall time gives the instant as if the clock had not jumped.
   */
  instantsOf(wall: number): number[]
  /** When the clock shows this hour again later: the instant at which it goes back, and its offset from then on. */
  repeatAfter(instant: number): { instant: number; offset: number } | undefined
}

export const UTC: TimeZone = {
  name: "UTC",
  offsetAt: () => 0,
  instantsOf: (wall) => [wall],
  repeatAfter: () => undefined,
}

const DAY_MS = 86_400_000

/**
 * The time zone of an IANA name ("Europe/Istanbul"), as WEBSITE_TIME_ZONE gives it on Linux plans.
 * Throws a clear error for a name that is not known, among them the Windows names.
 */
export function timeZone(name: string): TimeZone {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" })
  } catch {
    throw new Error(
      `WEBSITE_TIME_ZONE is '${name}', which is not an IANA time zone name such as 'Europe/Istanbul' ` +
        "(Windows names such as 'Turkey Standard Time' work on Windows plans only).",
    )
  }
  const offsetAt = (instant: number): number => {
    const text = format.formatToParts(instant).find((part) => part.type === "timeZoneName")?.value ?? "GMT"
    const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text)
    const seconds = Number(match?.[2] ?? 0) * 3600 + Number(match?.[3] ?? 0) * 60 + Number(match?.[4] ?? 0)
    return (match?.[1] === "-" ? -1 : 1) * seconds * 1000
  }
  return {
    name,
    offsetAt,
    instantsOf(wall) {
      const before = offsetAt(wall - DAY_MS)
      const after = offsetAt(wall + DAY_MS)
      const instants = [...new Set([before, after])]
        .map((offset) => wall - offset)
        .filter((instant) => instant + offsetAt(instant) === wall)
        .sort((a, b) => a - b)
      return instants.length > 0 ? instants : [wall - before]
    },
    repeatAfter(instant) {
      const before = offsetAt(instant)
      let low = instant
      let high = instant + DAY_MS
      const after = offsetAt(high)
      if (after >= before) return undefined
      while (high - low > 1000) {
        const middle = Math.floor((low + high) / 2000) * 1000
        if (middle === low || middle === high) break
        if (offsetAt(middle) === before) low = middle
        else high = middle
      }
      // The clock has gone back at `high`: wall times from there on up to the old one are shown twice.
      return instant + before >= high + after ? { instant: high, offset: after } : undefined
    },
  }
}

/** "+03:00" of an offset in milliseconds. */
export function formatOffset(offset: number): string {
  const minutes = Math.abs(offset) / 60_000
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0")
  return `${offset < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`
}
