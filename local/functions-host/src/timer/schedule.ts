/**
 * NCRONTAB and TimeSpan schedules as pure data and functions.
 * Grammar and next-occurrence rule are those of the NCrontab library that the real timer extension uses; the
 * daylight-saving rules are those of its `CronSchedule` class.
 */
import type { TimeZone } from "./time-zone.ts"

/** A cron field: the values it allows, ascending. */
type Field = readonly number[]

export type CronSchedule = {
  kind: "cron"
  /** The expression with every field expanded, e.g. "0,30 * * * * *": what the real host prints. */
  text: string
  seconds: Field
  minutes: Field
  hours: Field
  days: Field
  months: Field
  daysOfWeek: Field
  /**
   * Whether the schedule runs through the repeated hour when clocks go back ("every 10 minutes"), or fires
   * once ("every day at 01:30"). The real host decides by the time fields of the expanded text.
   */
  isInterval: boolean
}

export type ConstantSchedule = { kind: "constant"; text: string; intervalMs: number }
export type Schedule = CronSchedule | ConstantSchedule

type FieldKind = { name: string; min: number; max: number; names?: readonly string[] }

const SECOND: FieldKind = { name: "Second", min: 0, max: 59 }
const MINUTE: FieldKind = { name: "Minute", min: 0, max: 59 }
const HOUR: FieldKind = { name: "Hour", min: 0, max: 23 }
const DAY: FieldKind = { name: "Day", min: 1, max: 31 }
const MONTH: FieldKind = {
  name: "Month",
  min: 1,
  max: 12,
  names: "january,february,march,april,may,june,july,august,september,october,november,december".split(","),
}
const DAY_OF_WEEK: FieldKind = {
  name: "DayOfWeek",
  min: 0,
  max: 6,
  names: "sunday,monday,tuesday,wednesday,thursday,friday,saturday".split(","),
}

/**
 * Reads a schedule: six cron fields, five (seconds are then 0), or a TimeSpan such as "00:05:00".
 * Throws with the message of the real host when it is neither.
 */
export function parseSchedule(expression: string): Schedule {
  const parts = expression.split(" ").filter((part) => part !== "")
  if (parts.length === 5 || parts.length === 6) {
    const [seconds, minutes, hours, days, months, daysOfWeek] = parts.length === 5 ? ["0", ...parts] : parts
    return cron(
      parseField(SECOND, seconds as string),
      parseField(MINUTE, minutes as string),
      parseField(HOUR, hours as string),
      parseField(DAY, days as string),
      parseField(MONTH, months as string),
      parseField(DAY_OF_WEEK, daysOfWeek as string),
      parts.length === 6,
    )
  }
  const intervalMs = parseTimeSpan(expression)
  if (intervalMs === undefined) {
    throw new Error(
      `The schedule expression '${expression}' was not recognized as a valid cron expression or timespan string.`,
    )
  }
  if (intervalMs <= 0) throw new Error(`The schedule interval '${expression}' must be greater than zero.`)
  return { kind: "constant", text: `Constant: ${formatTimeSpan(intervalMs)}`, intervalMs }
}

function cron(
  seconds: Field,
  minutes: Field,
  hours: Field,
  days: Field,
  months: Field,
  daysOfWeek: Field,
  withSeconds: boolean,
): CronSchedule {
  const fields = [
    ...(withSeconds ? [formatField(SECOND, seconds)] : []),
    formatField(MINUTE, minutes),
    formatField(HOUR, hours),
    formatField(DAY, days),
    formatField(MONTH, months),
    formatField(DAY_OF_WEEK, daysOfWeek),
  ]
  return {
    kind: "cron",
    text: `Cron: '${fields.join(" ")}'`,
    seconds,
    minutes,
    hours,
    days,
    months,
    daysOfWeek,
    isInterval: fields.slice(0, withSeconds ? 3 : 2).some((field) => /[*/-]/.test(field)),
  }
}

function parseField(kind: FieldKind, text: string): Field {
  const values = new Set<number>()
  // NCrontab looks for a list, then for a step, then for a wildcard, then for a range; a leading comma, slash
  // or dash is not looked at as such and ends as a bad value.
  for (const item of text.indexOf(",") > 0 ? text.split(",") : [text]) {
    const slash = item.indexOf("/")
    const range = slash > 0 ? item.slice(0, slash) : item
    const step = slash > 0 ? Math.max(1, integer(kind, text, item.slice(slash + 1))) : undefined
    const dash = range.indexOf("-")
    let first: number
    let last: number
    if (range === "*") {
      ;[first, last] = [kind.min, kind.max]
    } else if (dash > 0) {
      ;[first, last] = [value(kind, text, range.slice(0, dash)), value(kind, text, range.slice(dash + 1))]
      if (first > last) [first, last] = [last, first]
    } else {
      first = value(kind, text, range)
      last = step === undefined ? first : kind.max
    }
    for (let v = first; v <= last; v += step ?? 1) values.add(v)
  }
  return [...values].sort((a, b) => a - b)
}

function value(kind: FieldKind, field: string, text: string): number {
  if (/^[0-9]/.test(text)) {
    const number = integer(kind, field, text)
    if (number < kind.min || number > kind.max) {
      throw fieldError(kind, field, `${number} is not between ${kind.min} and ${kind.max}`)
    }
    return number
  }
  // Any prefix of a name is a name: MON, Mond, monday.
  const index = text === "" ? -1 : (kind.names ?? []).findIndex((name) => name.startsWith(text.toLowerCase()))
  if (index < 0) throw fieldError(kind, field, `'${text}' is not a known value`)
  return index + kind.min
}

function integer(kind: FieldKind, field: string, text: string): number {
  if (!/^-?[0-9]{1,9}$/.test(text)) throw fieldError(kind, field, `'${text}' is not a number`)
  return Number(text)
}

function fieldError(kind: FieldKind, field: string, why: string): Error {
  return new Error(`'${field}' is not a valid [${kind.name}] crontab field expression: ${why}.`)
}

function formatField(kind: FieldKind, field: Field): string {
  if (field.length === kind.max - kind.min + 1) return "*"
  const ranges: string[] = []
  for (let i = 0; i < field.length; i++) {
    const first = field[i]
    while (field[i + 1] === (field[i] as number) + 1) i++
    ranges.push(first === field[i] ? `${first}` : `${first}-${field[i]}`)
  }
  return ranges.join(",")
}

/**
 * .NET TimeSpan text in milliseconds, or undefined: `d`, `hh:mm`, `hh:mm:ss[.f]`, `d.hh:mm:ss`, `d:hh:mm:ss`.
 * "24:00:00" means 24 days: a first part that is no hour is read as days.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match =
    /^(-)?(?:(\d+)[.:])?(\d+):(\d+):(\d+)(?:\.(\d{1,7}))?$|^(-)?(?:(\d+)\.)?(\d+):(\d+)$|^(-)?(\d+)$/.exec(
      text.trim(),
    )
  if (match === null) return undefined
  const sign = (match[1] ?? match[7] ?? match[11]) === "-" ? -1 : 1
  if (match[12] !== undefined) return sign * Number(match[12]) * 86_400_000
  let days = Number(match[2] ?? match[8] ?? 0)
  let hours = Number(match[3] ?? match[9])
  let minutes = Number(match[4] ?? match[10])
  let seconds = Number(match[5] ?? 0)
  const fraction = Number(`0.${match[6] ?? 0}`)
  if (hours > 23 && match[2] === undefined && match[5] !== undefined && fraction === 0) {
    ;[days, hours, minutes, seconds] = [hours, minutes, seconds, 0]
  }
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  return sign * (days * 86_400_000 + hours * 3_600_000 + minutes * 60_000 + (seconds + fraction) * 1000)
}

function formatTimeSpan(ms: number): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0")
  const days = Math.floor(ms / 86_400_000)
  const fraction = ms % 1000 === 0 ? "" : `.${String(ms % 1000).padStart(3, "0")}0000`
  return `${days > 0 ? `${days}.` : ""}${two((ms / 3_600_000) % 24)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${fraction}`
}

/**
 * The next occurrence after the wall time, both as milliseconds of a clock that knows no time zone
 * (`Date.UTC` of the wall clock's fields). Undefined when the fields never meet, e.g. 30 February.
 */
export function nextWallTime(schedule: CronSchedule, wall: number): number | undefined {
  const start = new Date(Math.floor(wall / 1000) * 1000 + 1000)
  const startTime = [start.getUTCHours(), start.getUTCMinutes(), start.getUTCSeconds()] as const
  const firstOfDay = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate())
  // A 29 February on one day of the week comes back after 40 years at the latest (around 2100).
  for (let day = firstOfDay, i = 0; i < 41 * 366; i++, day += 86_400_000) {
    const date = new Date(day)
    if (
      !schedule.months.includes(date.getUTCMonth() + 1) ||
      !schedule.days.includes(date.getUTCDate()) ||
      !schedule.daysOfWeek.includes(date.getUTCDay())
    ) {
      continue
    }
    const time = i === 0 ? firstTimeFrom(schedule, ...startTime) : firstTimeFrom(schedule, 0, 0, 0)
    if (time !== undefined) return day + time * 1000
  }
  return undefined
}

/** The first second of the day, at or after hour:minute:second, that the time fields allow. */
function firstTimeFrom(s: CronSchedule, hour: number, minute: number, second: number): number | undefined {
  for (const h of s.hours) {
    if (h < hour) continue
    for (const m of s.minutes) {
      if (h === hour && m < minute) continue
      for (const sec of s.seconds) {
        if (h === hour && m === minute && sec < second) continue
        return h * 3600 + m * 60 + sec
      }
    }
  }
  return undefined
}

/**
 * The next occurrence after `now` (milliseconds since the epoch) on the clock of the zone, or undefined.
 * A wall time that the clock skips happens as much later as the clock jumped. In the hour that the clock
 * repeats, an interval schedule goes on and a point-in-time schedule fires the first time only.
 */
export function nextOccurrence(schedule: Schedule, now: number, zone: TimeZone): number | undefined {
  if (schedule.kind === "constant") return now + schedule.intervalMs
  const candidates: number[] = []
  let wall = nextWallTime(schedule, now + zone.offsetAt(now))
  for (; wall !== undefined; wall = nextWallTime(schedule, wall)) {
    const instants = zone.instantsOf(wall)
    const next = (schedule.isInterval ? instants : instants.slice(0, 1)).find((instant) => instant > now)
    if (next !== undefined) {
      candidates.push(next)
      break
    }
  }
  const repeat = schedule.isInterval ? zone.repeatAfter(now) : undefined
  if (repeat !== undefined) {
    const repeated = nextWallTime(schedule, repeat.instant + repeat.offset - 1000)
    if (repeated !== undefined) candidates.push(repeated - repeat.offset)
  }
  return candidates.length === 0 ? undefined : Math.min(...candidates)
}

/** The next `count` occurrences after `now`. */
export function nextOccurrences(schedule: Schedule, count: number, now: number, zone: TimeZone): number[] {
  const occurrences: number[] = []
  for (let from = now; occurrences.length < count; ) {
    const next = nextOccurrence(schedule, from, zone)
    if (next === undefined) break
    occurrences.push(next)
    from = next
  }
  return occurrences
}

/** Whether the schedule fires more than once a minute: the real host then keeps no schedule status. */
export function isSubMinute(schedule: Schedule, now: number): boolean {
  if (schedule.kind === "constant") return schedule.intervalMs < 60_000
  const everyMinute =
    schedule.minutes.length === 60 &&
    schedule.hours.length === 24 &&
    schedule.days.length === 31 &&
    schedule.months.length === 12 &&
    schedule.daysOfWeek.length === 7
  const second = everyMinute ? nextWallTime(schedule, nextWallTime(schedule, now) ?? now) : undefined
  return second !== undefined && second < now + 60_000
}
