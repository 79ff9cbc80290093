import { expect, test } from "vitest"
import { type Action, actions, whyNot } from "./actions.ts"
import type { Instance } from "./instance.ts"

const every = ["orders.manage", "operations"]
const instance = (more: Partial<Instance>): Instance => ({
  ...{ instanceId: "018f", saga: "checkout", runtimeStatus: "Running" },
  ...{ createdAt: "2026-11-26T10:00:00Z", updatedAt: "2026-11-26T10:00:00Z" },
  ...more,
})
const hears = (...words: NonNullable<NonNullable<Instance["position"]>["hears"]>) => ({
  position: { step: "capture-payment", attempt: 5, hears: words },
})
const possible = (of: Instance, roles: readonly string[] = every): Action[] =>
  actions.filter((action) => whyNot(action, of, roles) === undefined)

test.each([
  ["one that goes on", {}, ["suspend", "terminate"]],
  [
    "one that is stuck before its point of no return",
    hears("retry", "compensate"),
    ["retry", "compensate", "suspend", "terminate"],
  ],
  ["one that is stuck after it", hears("retry", "skip"), ["retry", "skip", "suspend", "terminate"]],
  [
    "one that is suspended while it is stuck",
    { ...hears("retry"), runtimeStatus: "Suspended" as const },
    ["resume", "terminate"],
  ],
  ["one that has not begun", { runtimeStatus: "Pending" as const }, ["suspend", "terminate"]],
  ["one that has failed", { ...hears("retry"), runtimeStatus: "Failed" as const }, ["purge"]],
])("what fits %s", (_, more, expected) => {
  expect(possible(instance(more))).toEqual(expected)
})

test("what does not fit says why", () => {
  const stuck = instance(hears("retry"))
  expect(whyNot("compensate", stuck, every)).toBe("It is past its point of no return: there is only forward.")
  expect(whyNot("skip", stuck, every)).toBe("This step cannot be left out.")
  expect(whyNot("resume", stuck, every)).toBe("It is not suspended.")
  expect(whyNot("retry", instance({}), every)).toBe("No step of it keeps failing.")
  expect(whyNot("retry", instance({ runtimeStatus: "Suspended" }), every)).toBe(
    "It is suspended; resume it first.",
  )
  expect(whyNot("suspend", instance({ runtimeStatus: "Completed" }), every)).toBe("It has ended.")
})

test("a role is needed for each", () => {
  const stuck = instance(hears("retry", "skip", "compensate"))
  expect(possible(stuck, ["orders.manage"])).toEqual(["retry", "skip", "compensate", "suspend"])
  expect(possible(stuck, ["operations"])).toEqual(["terminate"])
  expect(whyNot("terminate", stuck, [])).toBe("Needs the role operations.")
})
