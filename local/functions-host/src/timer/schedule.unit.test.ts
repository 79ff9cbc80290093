import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  type CronSchedule,
  isSubMinute,
  nextOccurrence,
  nextOccurrences,
  parseSchedule,
  parseTimeSpan,
} from "./schedule.ts"
import { timeZone, UTC } from "./time-zone.ts"

const at = (text: string) => Date.parse(text)
const iso = (instants: number[]) => instants.map((instant) => new Date(instant).toISOString())
const next = (expression: string, from: string, count = 1, zone = UTC) =>
  iso(nextOccurrences(parseSchedule(expression), count, at(from), zone))

describe("parseSchedule", () => {
  it.each([
    ["0 */5 * * * *", "Cron: '0 0,5,10,15,20,25,30,35,40,45,50,55 * * * *'"],
    ["0 0 9-17 * * MON-FRI", "Cron: '0 0 9-17 * * 1-5'"],
    ["0 30 9 * JAN,Feb,dec 1", "Cron: '0 30 9 * 1-2,12 1'"],
    ["*/5 * * * *", "Cron: '0,5,10,15,20,25,30,35,40,45,50,55 * * * *'"],
    ["5/20 0 0 1 * 6-0", "Cron: '5,25,45 0 0 1 * *'"],
    ["0-10/5,59 * * * * Sunday", "Cron: '0,5,10,59 * * * * 0'"],
    ["  0   0 0 1 M *", "Cron: '0 0 0 1 3 *'"],
    ["*/0 * * * * *", "Cron: '* * * * * *'"],
    ["00:05:00", "Constant: 00:05:00"],
    ["1.02:00:00", "Constant: 1.02:00:00"],
    ["24:00:00", "Constant: 24.00:00:00"],
  ])("reads %s", (expression, text) => {
    expect(parseSchedule(expression).text).toBe(text)
  })

  it.each([
    "",
    "* * * *",
    "60 * * * * *",
    "0 0 24 * * *",
    "0 0 0 0 * *",
    "0 0 0 32 * *",
    "0 0 0 * 13 *",
    "0 0 0 * * 7",
    "0 0 0 * * MOON",
    "0 0 0 ? * *",
    "0 0 0 L * *",
    "1,,2 * * * * *",
    ",1 * * * * *",
    "-1 * * * * *",
    "5x * * * * *",
    "*/ * * * * *",
    "00:60:00",
    "00:00:00",
    "every minute",
  ])("refuses %j", (expression) => {
    expect(() => parseSchedule(expression)).toThrow()
  })

  it("reads .NET time spans", () => {
    expect(
      ["00:00:30", "5", "1:02", "1.02:03:04", "1:02:03:04", "00:00:00.5", "25:00:00", "00:61:00", "x"].map(
        parseTimeSpan,
      ),
    ).toEqual([
      30_000,
      432_000_000,
      3_720_000,
      93_784_000,
      93_784_000,
      500,
      2_160_000_000,
      undefined,
      undefined,
    ])
  })
})

describe("nextOccurrence", () => {
  it.each([
    ["0 */5 * * * *", "2026-02-03T10:04:59.999Z", ["2026-02-03T10:05:00.000Z", "2026-02-03T10:10:00.000Z"]],
    ["0 */5 * * * *", "2026-02-03T10:05:00.000Z", ["2026-02-03T10:10:00.000Z", "2026-02-03T10:15:00.000Z"]],
    ["30 9 * * 1-5", "2026-02-06T09:30:00Z", ["2026-02-09T09:30:00.000Z", "2026-02-10T09:30:00.000Z"]],
    ["0 0 0 29 2 *", "2026-01-01T00:00:00Z", ["2028-02-29T00:00:00.000Z", "2032-02-29T00:00:00.000Z"]],
    ["0 0 0 15,31 * *", "2026-01-31T00:00:00Z", ["2026-02-15T00:00:00.000Z", "2026-03-15T00:00:00.000Z"]],
    ["0 0 0 13 * FRI", "2026-03-14T00:00:00Z", ["2026-11-13T00:00:00.000Z", "2027-08-13T00:00:00.000Z"]],
    ["59 59 23 31 12 *", "2026-12-31T23:59:59Z", ["2027-12-31T23:59:59.000Z", "2028-12-31T23:59:59.000Z"]],
  ])("%s after %s", (expression, from, expected) => {
    expect(next(expression, from, 2)).toEqual(expected)
  })

  it("never comes for a day that no month has", () => {
    expect(next("0 0 0 30 2 *", "2026-01-01T00:00:00Z")).toEqual([])
  })

  it("knows schedules of less than a minute", () => {
    const subMinute = (expression: string) =>
      isSubMinute(parseSchedule(expression), at("2026-01-01T00:00:00Z"))
    expect(
      ["*/10 * * * * *", "0 * * * * *", "*/10 * 5 * * *", "00:00:59", "00:01:00", "* * * * *"].map(subMinute),
    ).toEqual([true, false, false, true, false, false])
  })

  const field = (min: number, max: number) => {
    const value = fc.integer({ min, max })
    return fc.oneof(
      fc.constant("*"),
      value.map(String),
      fc.tuple(value, value).map(([a, b]) => `${a}-${b}`),
      fc.integer({ min: 1, max: max - min }).map((step) => `*/${step}`),
      fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((values) => values.join(",")),
    )
  }
  const expressions = fc
    .tuple(field(0, 59), field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
    .map((fields) => fields.join(" "))

  const matches = (s: CronSchedule, wall: number) => {
    const date = new Date(wall)
    return (
      s.seconds.includes(date.getUTCSeconds()) &&
      s.minutes.includes(date.getUTCMinutes()) &&
      s.hours.includes(date.getUTCHours()) &&
      s.days.includes(date.getUTCDate()) &&
      s.months.includes(date.getUTCMonth() + 1) &&
      s.daysOfWeek.includes(date.getUTCDay())
    )
  }

  it("is after now, matches the fields and skips no match (against brute force)", () => {
    const moment = fc.integer({ min: at("2024-01-01T00:00:00Z"), max: at("2030-01-01T00:00:00Z") })
    fc.assert(
      fc.property(expressions, moment, (expression, now) => {
        const schedule = parseSchedule(expression) as CronSchedule
        const found = nextOccurrence(schedule, now, UTC)
        const limit = Math.min(found ?? Number.POSITIVE_INFINITY, now + 2 * 3_600_000)
        for (let wall = Math.floor(now / 1000) * 1000 + 1000; wall < limit; wall += 1000) {
          if (matches(schedule, wall)) return false
        }
        return found === undefined || (found > now && matches(schedule, found))
      }),
      { numRuns: 500 },
    )
  })

  it("finds the right day over years (against brute force by day)", () => {
    const moment = fc.integer({ min: at("2024-01-01T00:00:00Z"), max: at("2030-01-01T00:00:00Z") })
    const days = fc.tuple(field(1, 31), field(1, 12), field(0, 6))
    fc.assert(
      fc.property(days, moment, (fields, now) => {
        const schedule = parseSchedule(`0 0 12 ${fields.join(" ")}`) as CronSchedule
        let expected: number | undefined
        let noon = Math.floor(now / 86_400_000) * 86_400_000 + 43_200_000
        for (let i = 0; i < 41 * 366 && expected === undefined; i++, noon += 86_400_000) {
          if (noon > now && matches(schedule, noon)) expected = noon
        }
        expect(nextOccurrence(schedule, now, UTC)).toBe(expected)
      }),
      { numRuns: 200 },
    )
  })

  it("fires an interval schedule at every matching instant of a zone, also where clocks change", () => {
    const zone = timeZone("America/Los_Angeles")
    const around = fc.oneof(
      fc.integer({ min: at("2018-03-11T07:00:00Z"), max: at("2018-03-11T13:00:00Z") }),
      fc.integer({ min: at("2018-11-04T06:00:00Z"), max: at("2018-11-04T12:00:00Z") }),
    )
    const time = fc.tuple(field(0, 59), fc.constantFrom("*", "1-2", "0-3"))
    fc.assert(
      fc.property(time, around, ([minute, hour], now) => {
        const schedule = parseSchedule(`0 ${minute} ${hour} * * *`) as CronSchedule
        const found = nextOccurrence(schedule, now, zone) as number
        for (let i = Math.floor(now / 60_000) * 60_000 + 60_000; i < found; i += 60_000) {
          if (matches(schedule, i + zone.offsetAt(i))) return false
        }
        return found > now
      }),
      { numRuns: 500 },
    )
  })
})

describe("daylight saving time", () => {
  const pacific = timeZone("America/Los_Angeles")

  it("runs a point-in-time schedule once in the repeated hour", () => {
    expect(next("0 30 1 * * *", "2018-11-03T08:30:00Z", 3, pacific)).toEqual([
      "2018-11-04T08:30:00.000Z",
      "2018-11-05T09:30:00.000Z",
      "2018-11-06T09:30:00.000Z",
    ])
    expect(next("0 30 1 * * *", "2018-11-04T09:29:00Z", 1, pacific)).toEqual(["2018-11-05T09:30:00.000Z"])
  })

  it("goes on through the repeated hour with an interval schedule", () => {
    expect(next("0 */30 * * * *", "2018-11-04T07:30:00Z", 6, pacific)).toEqual([
      "2018-11-04T08:00:00.000Z",
      "2018-11-04T08:30:00.000Z",
      "2018-11-04T09:00:00.000Z",
      "2018-11-04T09:30:00.000Z",
      "2018-11-04T10:00:00.000Z",
      "2018-11-04T10:30:00.000Z",
    ])
  })

  it("moves a skipped wall time by the jump", () => {
    expect(next("0 30 2 * * *", "2018-03-10T10:30:00Z", 2, pacific)).toEqual([
      "2018-03-11T10:30:00.000Z",
      "2018-03-12T09:30:00.000Z",
    ])
  })

  it("keeps constant schedules to the interval", () => {
    expect(next("01:00:00", "2018-11-04T08:30:00Z", 2, pacific)).toEqual([
      "2018-11-04T09:30:00.000Z",
      "2018-11-04T10:30:00.000Z",
    ])
  })

  it("refuses a name that is not IANA's", () => {
    expect(() => timeZone("Turkey Standard Time")).toThrow(/not an IANA time zone name/)
  })
})
