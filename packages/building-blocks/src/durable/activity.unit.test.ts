import { InvocationContext } from "@azure/functions"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { beforeEach, expect, test } from "vitest"
import * as z from "zod"
import { DependencyUnavailableError } from "../failure.ts"
import { ambient } from "../telemetry/ambient.ts"
import { activitiesOf } from "./activity.ts"
import { saga } from "./saga.ts"
import { step } from "./step.ts"

const gone = defineRefusal("thing.gone", "not-found", "It is gone.")
const logged: Record<string, unknown>[] = []
const context = new InvocationContext({ logHandler: (_, text) => logged.push(JSON.parse(String(text))) })
beforeEach(() => {
  logged.length = 0
})

/** The activities of one step that answers like this. */
function activities(answer: () => unknown) {
  const take = step("take", {
    input: z.strictObject({ orderId: z.string() }),
    output: z.object({ n: z.int() }),
    refusals: [gone],
    run: () => async () => (await answer()) as { n: number },
    undo: () => async () => void (await answer()),
  })
  const make = (name: string) =>
    saga(name, {
      input: z.unknown(),
      steps: [take],
      deadlineMinutes: 1,
      *run(saga) {
        yield* saga.pause(1)
        return ""
      },
      *ledBack(saga) {
        yield* saga.pause(1)
        return ""
      },
    })
  return activitiesOf([make("one"), make("two")], { ports: {} })
}
const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
const run = async (answer: () => unknown, input: unknown = { orderId: "o-1" }) =>
  await activities(answer)[0]?.run({ input, saga: "one", traceparent }, context)

test("a step that two sagas share is one activity, and its undo another", () => {
  expect(activities(() => {}).map(({ name }) => name)).toEqual(["take", "undo-take"])
})

test("what it answers is as its schema says, and nothing else enters the history", async () => {
  expect(await run(() => ({ n: 1, email: "a@b.example" }))).toEqual({ done: { n: 1 } })
  const line = { useCase: "take", outcome: "done", trigger: "saga", caller: "system", orderId: "o-1" }
  expect(logged[0]).toMatchObject({ level: "info", ...line, trace: "a".repeat(32) })
  expect(await activities(() => 1)[1]?.run({ input: { orderId: "o-1" }, saga: "one" }, context)).toEqual({})
})

test("it runs within the saga's trace", async () => {
  const traces: unknown[] = []
  await run(() => {
    traces.push(ambient()?.traceparent.slice(3, 35))
    return { n: 1 }
  })
  expect(traces).toEqual(["a".repeat(32)])
})

test("a refusal and an outage are answers that the saga acts on", async () => {
  expect(await run(() => gone())).toEqual({ refused: gone() })
  expect(await run(() => Promise.reject(new DependencyUnavailableError("discount")))).toEqual({
    unavailable: "discount",
  })
  const refused = Object.assign(new Error("10.0.0.7"), { code: "ECONNREFUSED" })
  expect(await run(() => Promise.reject(refused))).toEqual({ unavailable: "a dependency" })
})

test("the text of an error is in the log and not in what is thrown", async () => {
  await expect(run(() => Promise.reject(new Error("password=hunter2")))).rejects.toThrow(
    /^take failed; the log says why$/,
  )
  expect(logged.filter(({ stack }) => String(stack).includes("password=[redacted]"))).toHaveLength(1)
  await expect(run(() => ({ n: "one" }))).rejects.toThrow(/^take failed; the log says why$/)
  await expect(run(() => ({ n: 1 }), { orderId: 7 })).rejects.toThrow()
})
