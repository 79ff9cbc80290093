import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { InvocationContext } from "@azure/functions"
import { defineRefusal, isRefusal } from "@eshop/domain/kernel/refusal"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import * as z from "zod"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { applyMigrations } from "../store/postgres/migrations.ts"
import { inTransaction } from "../store/postgres/pool.ts"
import { type PostgresStore, postgresStore } from "../store/postgres/postgres-store.ts"
import type { Caller, Tx } from "./call.ts"
import { type Invocation, pipeline } from "./invoke.ts"
import { change, command, useCase } from "./use-case.ts"

let url: string
let store: PostgresStore
beforeAll(async () => {
  url = await newDatabase("basket")
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(url, none)
  await rm(none, { recursive: true })
  store = postgresStore(url)
  await store.pool.query("CREATE TABLE effect (n int)")
})
afterAll(() => store?.close())
beforeEach(async () => {
  await store.pool.query("DELETE FROM effect; DELETE FROM idempotent_request")
})

const no = defineRefusal("thing.no", "conflict", "No.")
const ada: Caller = { kind: "customer", id: "ada", roles: [] }
const effects = async () => (await store.pool.query("SELECT 1 FROM effect")).rowCount ?? 0
const records = async () => (await store.pool.query("SELECT 1 FROM idempotent_request")).rowCount

/** A command whose transaction does this after it has left its effect. */
function call(inside: (tx: Tx) => Promise<unknown> = async () => ({ a: 1 })) {
  const once = command("test.change", {
    input: z.looseObject({}),
    result: z.looseObject({}),
    refusals: [no],
    handle:
      () =>
      (_, { commit }) =>
        commit(async (tx) => {
          await inTransaction(tx).query("INSERT INTO effect VALUES (1)")
          return (await inside(tx)) as Record<string, unknown>
        }),
  })
  const invoke = pipeline({ ports: {}, store, checkResults: true })
  return (input: unknown, key = "key", more: Partial<Invocation> = {}) =>
    invoke({
      useCase: once,
      trigger: "http",
      caller: ada,
      read: () => ({ input, idempotencyKey: key }),
      context: new InvocationContext({ logHandler: () => {} }),
      traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
      ...more,
    })
}

test("a repetition gets the first answer and has no second effect", async () => {
  const invoke = call()
  expect(await invoke({ n: 1 })).toEqual({ type: "done", result: { a: 1 }, replayed: false })
  expect(await invoke({ n: 1 })).toEqual({ type: "done", result: { a: 1 }, replayed: true })
  expect(await effects()).toBe(1)
})

test("a request is the same when it is as JSON: neither order nor notation of its members counts", async () => {
  const invoke = call()
  await invoke(JSON.parse('{"a":1,"b":{"c":[1,2],"d":100}}'))
  expect(await invoke(JSON.parse('{"b":{"d":1.0e2,"c":[1.0,2]},"a":1}'))).toMatchObject({ replayed: true })
  for (const another of ['{"a":"1","b":{"c":[1,2],"d":100}}', '{"a":1,"b":{"c":[2,1],"d":100}}', "{}"])
    expect(await invoke(JSON.parse(another))).toEqual({ type: "key-reused" })
  expect(await effects()).toBe(1)
})

test("a key is its caller's own, and its use case's", async () => {
  const invoke = call()
  await invoke({ n: 1 })
  const others: Caller[] = [
    { ...ada, id: "bob" },
    { kind: "guest", id: "ada" },
    { kind: "service", id: "ada", roles: [] },
  ]
  for (const caller of others)
    expect(await invoke({ n: 2 }, "key", { caller })).toMatchObject({ type: "done", replayed: false })
  expect(await effects()).toBe(4)
})

test("while a call is under way its twin is told so; afterwards it gets the answer", async () => {
  const begun = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const invoke = call(async () => {
    begun.resolve()
    await goOn.promise
    return { a: 1 }
  })
  const first = invoke({ n: 1 })
  await begun.promise
  expect(await invoke({ n: 1 })).toEqual({ type: "in-flight" })
  goOn.resolve()
  expect(await first).toMatchObject({ replayed: false })
  expect(await invoke({ n: 1 })).toMatchObject({ result: { a: 1 }, replayed: true })
  expect(await effects()).toBe(1)
})

test("of 20 calls at once one has its effect, the others are its answer or are told to wait", async () => {
  const invoke = call()
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => invoke({ n: 1 })))
  expect(outcomes.filter((outcome) => outcome.type === "done" && !outcome.replayed)).toHaveLength(1)
  expect(outcomes.filter(({ type }) => type !== "done" && type !== "in-flight")).toEqual([])
  expect(await effects()).toBe(1)
})

test("a refusal and a failure leave no effect and no record: the key can be used again", async () => {
  let inside: () => Promise<unknown> = async () => no()
  const invoke = call(() => inside())
  expect(await invoke({ n: 1 })).toMatchObject({ type: "refused", refusal: { code: "thing.no" } })
  inside = () => Promise.reject(new Error("died here"))
  await expect(invoke({ n: 1 })).rejects.toThrow("died here")
  inside = async () => []
  await expect(invoke({ n: 1 })).rejects.toThrow("test.change answers what its schema does not know")
  expect([await effects(), await records()]).toEqual([0, 0])
  inside = async () => ({ a: 2 })
  expect(await invoke({ n: 1 })).toEqual({ type: "done", result: { a: 2 }, replayed: false })
})

test("whose twin succeeded while a call was being refused is answered with the twin's answer", async () => {
  let twin: (() => Promise<unknown>) | undefined
  const once = command("test.once", {
    input: z.strictObject({}),
    result: z.strictObject({ a: z.int() }),
    refusals: [no],
    handle:
      () =>
      async (_, { commit }) => {
        if (!twin) return await commit(async () => ({ a: 1 }))
        const first = twin
        twin = undefined
        await first()
        return no()
      },
  })
  const invoke = call()
  const send = () => invoke({}, "key", { useCase: once })
  twin = send
  expect(await send()).toEqual({ type: "done", result: { a: 1 }, replayed: true })
})

test("what commits twice is stopped at the second time", async () => {
  const twice = command("test.twice", {
    input: z.strictObject({}),
    result: z.void(),
    handle:
      () =>
      async (_, { commit }) => {
        const work = async (tx: Tx) => void (await inTransaction(tx).query("INSERT INTO effect VALUES (1)"))
        await commit(work)
        return await commit(work)
      },
  })
  await expect(call()({}, "key", { useCase: twice })).rejects.toThrow("test.twice commits twice")
  const message = { source: "s", id: "018f0000-0000-7000-8000-000000000001" }
  const read = () => ({ input: {} })
  await expect(call()({}, "", { useCase: twice, message, read })).rejects.toThrow("test.twice commits twice")
  expect(await effects()).toBe(2)
})

test("a query or a change that may be repeated needs no key, and its transaction may come again", async () => {
  const repeat = useCase("test.repeat", {
    input: z.strictObject({}),
    result: z.void(),
    handle:
      () =>
      (_, { transact }) =>
        transact(async (tx) => void (await inTransaction(tx).query("INSERT INTO effect VALUES (1)"))),
  })
  const read = () => ({ input: {} })
  for (let n = 0; n < 2; n++) await call()({}, "", { useCase: repeat, read })
  expect([await effects(), await records()]).toEqual([2, 0])
})

describe("a change, whose answer is made after its effect", () => {
  /** Answers how many effects there are, and whether this call had one. */
  const counted = change("test.counted", {
    input: z.strictObject({ n: z.int() }),
    result: z.strictObject({ effects: z.int(), own: z.boolean() }),
    refusals: [no],
    handle:
      () =>
      async ({ n }, { commit }) => {
        let own = false
        const committed = await commit(async (tx) => {
          await inTransaction(tx).query("INSERT INTO effect VALUES (1)")
          own = true
          if (n < 0) return no()
        })
        return isRefusal(committed) ? committed : { effects: await effects(), own }
      },
  })
  const send = (n: number, key = "key") => call()({ n }, key, { useCase: counted })

  test("has it once, and tells a repetition how things stand by then", async () => {
    expect(await send(1)).toEqual({ type: "done", result: { effects: 1, own: true }, replayed: false })
    await send(1, "other")
    expect(await send(1)).toEqual({ type: "done", result: { effects: 2, own: false }, replayed: true })
    expect(await effects()).toBe(2)
  })

  test("refuses its key for another request, and leaves it free after a refusal", async () => {
    expect(await send(-1)).toMatchObject({ type: "refused" })
    expect([await effects(), await records()]).toEqual([0, 0])
    await send(1)
    expect(await send(2)).toEqual({ type: "key-reused" })
    expect(await effects()).toBe(1)
  })

  test("20 times at once has it once; the others are shown it or are told to wait", async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(1)))
    expect(outcomes.filter((outcome) => outcome.type === "done" && !outcome.replayed)).toHaveLength(1)
    expect(outcomes.filter(({ type }) => type !== "done" && type !== "in-flight")).toEqual([])
    expect(await effects()).toBe(1)
  })

  test("answers within its schema", async () => {
    const wrong = change("test.wrong", {
      input: z.strictObject({}),
      result: z.strictObject({ a: z.int() }),
      handle: () => async () => ({ a: "text" }) as never,
    })
    await expect(call()({}, "key", { useCase: wrong })).rejects.toThrow("test.wrong answers what its schema")
  })
})
