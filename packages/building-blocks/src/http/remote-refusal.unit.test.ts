import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { expect, test } from "vitest"
import * as z from "zod"
import { ofRefusal, problem } from "./problem.ts"
import { remoteRefusal, UnknownRefusalError } from "./remote-refusal.ts"

const full = defineRefusal("shelf.full", "rule", "It is full.", z.object({ places: z.int() }))
const unknown = defineRefusal("shelf.unknown", "not-found", "There is no such shelf.")
const away = defineRefusal("shelf.away", "unavailable", "Come again.")
const answer = (status: number, text: string) => ({ status, text, headers: new Headers() })
const about = { instance: "/shelves", traceId: "0".repeat(32) }
/** What the other service answers with. */
const refused = (refusal: ReturnType<typeof unknown> | ReturnType<typeof full>) => {
  const { status, body } = problem(ofRefusal(refusal), about)
  return answer(status as number, String(body))
}

test("a refusal comes back under its code, with its facts and nothing else", () => {
  expect(remoteRefusal(refused(full({ places: 7 })), [unknown, full])).toEqual(full({ places: 7 }))
  expect(remoteRefusal(refused(unknown()), [unknown, full])).toEqual(unknown())
})

test("one that is not declared is an error", () => {
  expect(() => remoteRefusal(refused(full({ places: 7 })), [unknown])).toThrow(UnknownRefusalError)
})

test.each([
  ["a success", answer(200, "{}")],
  ["a page of somebody between", answer(404, "<html>")],
  ["another one's problem", answer(404, '{"type":"about:blank"}')],
  ["a failure", { ...answer(503, ""), text: String(problem(ofRefusal(away()), about).body) }],
  ["a token that is not accepted", answer(403, '{"type":"urn:eshop:problem:auth.forbidden"}')],
])("%s is no refusal", (_, response) => {
  expect(remoteRefusal(response, [unknown, full])).toBeUndefined()
})
