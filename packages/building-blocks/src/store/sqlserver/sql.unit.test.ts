import { expect, test } from "vitest"
import { ids, inParts, int, join, render, sql, text } from "./sql.ts"

test("what is put in is a parameter, in its place", () => {
  const { text: rendered, inputs } = render(
    sql`SELECT a FROM t WHERE b = ${text("'; DROP")} AND c < ${int(3)}`,
  )
  expect(rendered).toBe("SELECT a FROM t WHERE b = @p1 AND c < @p2")
  expect(inputs).toEqual([
    { type: "text", value: "'; DROP" },
    { type: "int", value: 3 },
  ])
})

test("parts are put in with their parameters, however deep", () => {
  const one = sql`(${int(1)}, ${int(2)})`
  const rows = join([one, sql`(${int(3)}, NULL)`, sql`(4, 5)`], ", ")
  const { text: rendered, inputs } = render(sql`INSERT INTO t VALUES ${rows} -- ${text("end")}`)
  expect(rendered).toBe("INSERT INTO t VALUES (@p1, @p2), (@p3, NULL), (4, 5) -- @p4")
  expect(inputs.map(({ value }) => value)).toEqual([1, 2, 3, "end"])
})

test("a parameter that is put in twice is sent once; two of the same value are two", () => {
  const id = text("a")
  const { text: rendered, inputs } = render(sql`${id} ${text("a")} ${id}`)
  expect([rendered, inputs.length]).toEqual(["@p1 @p2 @p1", 2])
})

test("a statement without parameters is its text", () => {
  expect(render(sql`SELECT 1`)).toEqual({ text: "SELECT 1", inputs: [] })
})

test("a long list comes in parts, and nothing in none", () => {
  const parts = inParts(Array.from({ length: 1_001 }, (_, index) => index))
  expect(parts.map(({ length }) => length)).toEqual([500, 500, 1])
  expect(parts.flat()).toEqual(Array.from({ length: 1_001 }, (_, index) => index))
  expect(inParts([])).toEqual([])
})

test("a list of ids is a parameter for each", () => {
  expect(render(ids(["a", "b~"])).text).toBe("@p1, @p2")
  expect(() => ids([])).toThrow("a list without a part")
})
