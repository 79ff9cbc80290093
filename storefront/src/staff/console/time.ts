const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const

/** A span as one reads it in a table: `45 s`, `12 min`, `3 h`, `2 d`. @param ms below a second is `0 s` */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ["s", 1]
  return `${Math.floor(seconds / size)} ${unit}`
}

/** How long something took: in milliseconds where it was quick. */
export const duration = (ms: number): string => (ms < 1_000 ? `${Math.max(0, Math.round(ms))} ms` : span(ms))

/** How long ago a moment was. */
export const ago = (moment: string | number, now: number): string => span(now - new Date(moment).getTime())

/** The time of day to the second, in UTC, as the sagas themselves tell it. */
export const clock = (moment: string): string => `${new Date(moment).toISOString().slice(11, 19)} UTC`
