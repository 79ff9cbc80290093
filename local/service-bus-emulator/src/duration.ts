const pattern =
  /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/
const SECOND = 1000
const DAY = 86_400 * SECOND

/**
 * An ISO 8601 duration, for example PT1M or P14D, in milliseconds. A year counts 365 days and a month 30, as in
 * .NET's XmlConvert. Throws a RangeError on anything else.
 */
export function parseDuration(text: string): number {
  const parts = pattern.exec(text)
  if (!parts || text.endsWith("P") || text.endsWith("T")) {
    throw new RangeError(`'${text}' is not an ISO 8601 duration such as PT1M or P14D`)
  }
  const [years, months, weeks, days, hours, minutes, seconds] = parts
    .slice(1)
    .map((part) => Number(part ?? 0))
  return (
    ((years ?? 0) * 365 + (months ?? 0) * 30 + (weeks ?? 0) * 7 + (days ?? 0)) * DAY +
    (hours ?? 0) * 3600 * SECOND +
    (minutes ?? 0) * 60 * SECOND +
    Math.round((seconds ?? 0) * SECOND)
  )
}
