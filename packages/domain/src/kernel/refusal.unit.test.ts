import { expect, test } from "vitest"
import * as z from "zod"
import { defineRefusal, isRefusal, type RefusalOf, type RefusalType } from "./refusal.ts"

const full = defineRefusal("shelf.full", "conflict", "The shelf is full.")
const heavy = defineRefusal(
  "book.too-heavy",
  "rule",
  ({ grams }) => `A book of ${grams} g is too heavy.`,
  z.object({ grams: z.int() }),
)

test("a declared refusal refuses with its code, kind and sentence, and with facts where it has any", () => {
  expect(full()).toEqual({
    refused: true,
    code: "shelf.full",
    kind: "conflict",
    detail: "The shelf is full.",
  })
  expect(heavy({ grams: 9_000 })).toEqual({
    refused: true,
    code: "book.too-heavy",
    kind: "rule",
    detail: "A book of 9000 g is too heavy.",
    data: { grams: 9_000 },
  })
})

test("who declares it knows code, kind and facts without calling it", () => {
  const declared: readonly RefusalType[] = [full, heavy]
  expect(declared.map(({ code, kind, facts }) => [code, kind, facts !== undefined])).toEqual([
    ["shelf.full", "conflict", false],
    ["book.too-heavy", "rule", true],
  ])
})

test("what may be refused is known to the compiler", () => {
  const answer = (weight: number): string | RefusalOf<[typeof heavy]> =>
    weight > 5_000 ? heavy({ grams: weight }) : "kept"
  const refused = answer(6_000)
  const code: "book.too-heavy" | undefined = isRefusal(refused) ? refused.code : undefined
  expect(code).toBe("book.too-heavy")
  expect(isRefusal(answer(1))).toBe(false)
  // @ts-expect-error another refusal than the declared one
  const other: RefusalOf<[typeof heavy]> = full()
  // @ts-expect-error a refusal without facts takes none
  full({ grams: 1 })
  expect(isRefusal(other)).toBe(true)
})

test("nothing else counts as a refusal", () => {
  for (const value of [undefined, null, "refused", 1, {}, { refused: "true" }, []])
    expect(isRefusal(value)).toBe(false)
})
