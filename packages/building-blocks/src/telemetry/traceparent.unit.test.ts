import { expect, test } from "vitest"
import { traceIdOf, traceparentOf } from "./traceparent.ts"

const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
const parent = `00-${trace}-00f067aa0ba902b7-01`

test("the first trace context that is right goes on", () => {
  expect(traceparentOf(parent)).toBe(parent)
  expect(traceparentOf(null, undefined, "", "nonsense", parent)).toBe(parent)
  expect(traceIdOf(parent)).toBe(trace)
})

test.each([
  ["none", null],
  ["nonsense", "abc"],
  ["upper case", parent.toUpperCase()],
  ["no trace id", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
  ["a line break", `${parent}\n`],
])("%s begins a new trace", (_, header) => {
  const made = traceparentOf(header)
  expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(traceIdOf(made)).not.toBe(trace)
  expect(traceparentOf(header)).not.toBe(made)
})
