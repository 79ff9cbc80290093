import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { fromField, inUtc, startOfDay, toField } from "./local-time.ts"

beforeEach(() => void vi.stubEnv("TZ", "Europe/Berlin"))
afterEach(() => void vi.unstubAllEnvs())

test("a field shows an instant in the time zone of here, and means the same instant", () => {
  expect(toField("2026-07-01T10:00:00.000Z")).toBe("2026-07-01T12:00")
  expect(fromField("2026-07-01T12:00")).toBe("2026-07-01T10:00:00.000Z")
  expect(toField("2026-12-01T10:00:05.000Z")).toBe("2026-12-01T11:00:05")
})

test("milliseconds that a field cannot show stay while it is not changed", () => {
  const before = "2026-07-01T10:00:00.123Z"
  expect(fromField(toField(before), before)).toBe(before)
  expect(fromField("2026-07-01T12:01", before)).toBe("2026-07-01T10:01:00.000Z")
})

test("nothing and nonsense are no instant", () => {
  expect([toField(undefined), fromField(""), fromField("soon"), startOfDay("soon")]).toEqual([
    "",
    undefined,
    undefined,
    undefined,
  ])
})

test("a day begins at its midnight here, also where the clock is changed", () => {
  expect(startOfDay("2026-03-29")).toBe("2026-03-28T23:00:00.000Z")
  expect(startOfDay("2026-03-29", 1)).toBe("2026-03-29T22:00:00.000Z")
})

test("UTC is said beside it", () => {
  expect(inUtc("2026-07-01T10:00:00.123Z")).toBe("2026-07-01 10:00:00 UTC")
})
