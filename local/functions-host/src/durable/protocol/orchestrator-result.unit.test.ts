import { expect, test } from "vitest"
import { failureOf, stateOf } from "./orchestrator-result.ts"

const invalid = {
  isDone: false,
  actions: [[]],
  error: "Out of proc orchestrators must return a valid JSON schema",
}

test.each(["plain text", "null", "1", '{"actions":"none"}'])("%s is no state of an orchestrator", (text) => {
  expect(stateOf(text)).toEqual(invalid)
})

test("the state is read from behind the last label of a message", () => {
  const state = { isDone: false, actions: [[{ actionType: 0 }]], error: "broken" }
  const message = `broken\n\n$OutOfProcData$:not this one\n\n$OutOfProcData$:${JSON.stringify(state)}`
  expect(failureOf(message)).toEqual(state)
})

test("a message whose label has no state behind it is the error", () => {
  const message = "broken\n\n$OutOfProcData$:{"
  expect(failureOf(message)).toEqual({ isDone: false, actions: [[]], error: message })
})
