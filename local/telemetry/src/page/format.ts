const clock = new Intl.DateTimeFormat(undefined, {
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
  ...{ fractionalSecondDigits: 3, hourCycle: "h23" },
})
const plain = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 })
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

/** The time of day, to the millisecond. @param time milliseconds since 1970, as everywhere here */
export const timeOf = (time: number): string => clock.format(time)

/** A number with three digits that count; whole numbers as they are. */
export const numberOf = (value: number): string =>
  Number.isInteger(value) ? whole.format(value) : plain.format(value)

/** How long something took. */
export function durationOf(milliseconds: number): string {
  if (milliseconds < 1) return `${numberOf(Math.round(milliseconds * 1_000))} µs`
  if (milliseconds < 1_000) return `${plain.format(milliseconds)} ms`
  if (milliseconds < 60_000) return `${plain.format(milliseconds / 1_000)} s`
  const minutes = Math.floor(milliseconds / 60_000)
  return `${minutes} min ${whole.format(Math.floor((milliseconds % 60_000) / 1_000))} s`
}

/** How long ago something was. @param milliseconds since then */
export function agoOf(milliseconds: number): string {
  if (milliseconds < 2_000) return "just now"
  if (milliseconds < 120_000) return `${Math.floor(milliseconds / 1_000)} s ago`
  return `${Math.floor(milliseconds / 60_000)} min ago`
}

/** Mebibytes, with one decimal. */
export const mebibytesOf = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`

/** A value with its unit in UCUM: the braces of `{order}` name what is counted. */
export function quantityOf(value: number, unit: string): string {
  if (unit === "s") return durationOf(value * 1_000)
  if (unit === "ms") return durationOf(value)
  if (unit === "By") return mebibytesOf(value)
  const counted = /^\{(.+)\}$/.exec(unit)?.[1]?.replaceAll("_", " ")
  if (counted !== undefined) return `${numberOf(value)} ${counted}${value === 1 ? "" : "s"}`
  return unit === "" || unit === "1" ? numberOf(value) : `${numberOf(value)} ${unit}`
}
