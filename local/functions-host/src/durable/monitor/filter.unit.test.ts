import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Filter, parseFilter } from "./filter.ts"

const word = fc.stringMatching(/^[a-zA-Z]\w{0,8}$/).filter((text) => !/^(and|runtimestatus)$/i.test(text))
const value = fc.string({ maxLength: 12 }).filter((text) => !text.includes("'"))
const isNull = (text: string) => text === "null"
/** A condition as the page writes it, and whether it holds for a text. */
const condition = fc.oneof(
  fc.record({ field: word, value, not: fc.boolean() }).map(({ field, value, not }) => ({
    field,
    text: `${field} ${not ? "ne" : "eq"} '${value}'`,
    holds: (given: string) => (given === (isNull(value) ? "" : value)) !== not,
  })),
  fc
    .record({ call: fc.constantFrom("startswith", "contains"), field: word, value, not: fc.boolean() })
    .map(({ call, field, value, not }) => ({
      field,
      text: `${call}(${field}, '${value}')${not ? " eq false" : ""}`,
      holds: (given: string) =>
        (call === "contains" ? given.includes(value) : given.startsWith(value)) !== not,
    })),
  fc
    .record({ field: word, values: fc.array(value, { minLength: 1, maxLength: 4 }), not: fc.boolean() })
    .map(({ field, values, not }) => ({
      field,
      text: `${field} in (${values.map((item) => `'${item}'`).join(",")})${not ? " eq false" : " eq true"}`,
      holds: (given: string) => values.includes(given) !== not,
    })),
)
const time = fc.date({ min: new Date(0), max: new Date(4_000_000_000_000), noInvalidDate: true })
const statuses = fc.subarray(["Running", "Failed", "Completed", "DurableEntities"], { minLength: 1 })

describe("a filter", () => {
  test("means what it says, whatever its clauses and their order", () => {
    const clauses = fc.record({ from: time, till: time, statuses, condition }, { requiredKeys: [] })
    fc.assert(
      fc.property(clauses, fc.integer(), value, (given, turn, text) => {
        const parts = [
          given.from && `createdTime ge '${given.from.toISOString()}'`,
          given.till && `createdTime le '${given.till.toISOString()}'`,
          given.statuses && `runtimeStatus in (${given.statuses.map((item) => `'${item}'`).join(",")})`,
          given.condition?.text,
        ].filter((part) => part !== undefined)
        const at = Math.abs(turn) % Math.max(parts.length, 1)
        const filter = parseFilter([...parts.slice(at), ...parts.slice(0, at)].join(" and ")) as Filter
        expect(filter.from).toBe(given.from?.getTime())
        expect(filter.till).toBe(given.till?.getTime())
        expect(filter.statuses).toEqual(given.statuses?.map((item) => item.toLowerCase()))
        expect(filter.condition?.field).toBe(given.condition?.field)
        for (const sample of [text, "", "null"])
          expect(filter.condition?.holds(sample)).toBe(given.condition?.holds(sample))
      }),
    )
  })

  test("never throws, whatever somebody types", () => {
    const pieces = fc.constantFrom(
      "and",
      "eq",
      "in",
      "(",
      ")",
      ",",
      "'a'",
      "name",
      "'",
      "contains",
      "ge",
      "%",
    )
    fc.assert(fc.property(fc.array(pieces), (given) => void parseFilter(given.join(" "))))
    fc.assert(fc.property(fc.string(), (given) => void parseFilter(given)))
  })

  test.each([
    "nonsense",
    "name eq",
    "name eq 'a' name eq 'b'",
    "name eq 'a' and name eq 'b'",
    "contains(name, 'a'",
    "name in ('a' 'b')",
    "createdTime ge 'yesterday'",
    "lastUpdatedTime ge '2026-01-01T00:00:00Z'",
    "runtimeStatus in ('Running') eq false",
    "name eq 'it's'",
    "and name eq 'a'",
    "name eq 'a' and",
  ])("is none: %s", (text) => {
    expect(parseFilter(text)).toBeUndefined()
  })

  test("may be empty, and knows the time of a history", () => {
    expect(parseFilter("  ")).toEqual({})
    expect(parseFilter("timestamp ge '2026-11-26T07:00:00.5Z'")).toEqual({
      from: Date.parse("2026-11-26T07:00:00.500Z"),
    })
  })
})
