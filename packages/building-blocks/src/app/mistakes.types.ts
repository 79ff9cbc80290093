// What must not compile, and what must: `tsc` is this file's test. Nothing imports it.
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { saga } from "../durable/saga.ts"
import { step } from "../durable/step.ts"
import { app, get, orchestration, type PortsOf, post } from "./app.ts"
import { command, useCase } from "./use-case.ts"

const gone = defineRefusal("thing.gone", "not-found", "It is gone.")
const other = defineRefusal("thing.other", "not-found", "It is another.")
const Id = z.strictObject({ id: z.string() })
const Count = z.strictObject({ n: z.number(), version: z.int() })

const query = useCase("thing.count", {
  input: Id,
  result: Count,
  refusals: [gone],
  handle:
    ({ counts }: { counts: number }) =>
    async ({ id }) =>
      id === "" ? gone() : { n: counts, version: 1 },
})
const change = command("thing.change", {
  input: Id,
  result: z.strictObject({ n: z.number() }),
  refusals: [gone],
  handle:
    ({ things }: { things: string }) =>
    async ({ id }, call) =>
      id === "" ? gone() : call.commit(async () => (things === id ? gone() : { n: 1 })),
})

useCase("thing.undeclared", {
  input: Id,
  result: Count,
  refusals: [gone],
  // @ts-expect-error: a refusal that is not declared
  handle: () => async () => other(),
})
command("thing.undeclared-within", {
  input: Id,
  result: Count,
  refusals: [gone],
  // @ts-expect-error: nor within the transaction
  handle: () => async (_, call) => call.commit(async () => other()),
})
command("thing.uncommitted", {
  input: Id,
  result: Count,
  // @ts-expect-error: a command answers with what it committed
  handle: () => async () => ({ n: 1, version: 1 }),
})
useCase("thing.another-result", {
  input: Id,
  result: Count,
  // @ts-expect-error: a result of another shape
  handle: () => async () => ({ m: 1 }),
})

const first = step("take-first", {
  input: z.object({ orderId: z.string() }),
  output: z.void(),
  refusals: [gone],
  run:
    ({ clock }: { clock: Date }) =>
    async ({ orderId }) =>
      clock && orderId ? gone() : undefined,
})
const second = step("take-second", {
  input: z.object({ m: z.string() }),
  output: z.number(),
  run:
    ({ pattern }: { pattern: RegExp }) =>
    async () =>
      pattern.lastIndex,
})
const unlisted = step("take-unlisted", { input: z.object({}), output: z.void(), run: () => async () => {} })

const process = saga("process", {
  input: z.object({ orderId: z.string() }),
  steps: [first, second],
  events: { stock: z.object({ ok: z.boolean() }), cancel: z.string() },
  deadlineMinutes: 3,
  *run(saga, { orderId }) {
    yield* saga.take(first, { orderId })
    const n: number = yield* saga.take(second, { m: "" })
    // @ts-expect-error: a misspelt step
    yield* saga.take(frist, { orderId })
    // @ts-expect-error: a step that the saga does not list
    yield* saga.take(unlisted, {})
    // @ts-expect-error: a wrong input
    yield* saga.take(first, { ordrId: 42 })
    // @ts-expect-error: an event that the saga does not list
    yield* saga.race(["stok"], 10)
    const refused = yield* saga.untilDone(first, { orderId })
    const code: "thing.gone" | undefined = refused?.code
    const answer = yield* saga.race(["stock", "cancel"], 10)
    if (answer?.event !== "stock") return `${code} ${answer?.data.length}`
    const ok: boolean = answer.data.ok
    return `${n} ${ok}`
  },
  *ledBack(saga, { orderId }, reason) {
    yield* saga.untilDone(first, { orderId })
    // @ts-expect-error: what was led back takes no step that could lead it back
    yield* saga.take(first, { orderId })
    return reason.code
  },
})

const example = app("example", [
  get("things/{id}", query, { access: "anyone", etag: "version" }),
  post("things/{id}", change, { access: "customer", idempotent: true, location: ({ n }) => `things/${n}` }),
  orchestration(process),
])
export const ports: PortsOf<typeof example> = { counts: 1, things: "", clock: new Date(), pattern: /x/ }
// @ts-expect-error: a missing port
export const missing: PortsOf<typeof example> = { counts: 1, things: "", clock: new Date() }
// @ts-expect-error: a route parameter that is no member of the input
get("things/{idd}", query, { access: "anyone" })
// @ts-expect-error: only a command can answer the same again
post("things/{id}", query, { access: "customer", idempotent: true })
// @ts-expect-error: a version that the result does not have
get("things/{id}", query, { access: "anyone", etag: "versionn" })
