import { expect, test } from "vitest"
import { sagaTraceparent } from "./saga-span.ts"

const started = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`

test("an orchestration's span has one id in every replay, and another one when the instance is started again", () => {
  const of = (id: string, began: number) => sagaTraceparent(started, id, new Date(began))
  expect(of("order-1", 1_000)).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/)
  expect(of("order-1", 1_000)).toBe(of("order-1", 1_000))
  expect(new Set([of("order-1", 1_000), of("order-1", 2_000), of("order-2", 1_000), started]).size).toBe(4)
})
