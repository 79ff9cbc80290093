import { defineEvent } from "@eshop/domain/contracts/event"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import * as z from "zod"
import type { Durable } from "../durable/durable-functions.ts"
import { saga } from "../durable/saga.ts"
import { step } from "../durable/step.ts"
import type { Store } from "../store/store.ts"
import { app, every, followUp, get, on, orchestration, post } from "./app.ts"
import { followUps } from "./follow-ups.ts"
import { type FunctionOfApp, functionsOf } from "./functions.ts"
import { type Parts, start } from "./start.ts"
import { command, useCase } from "./use-case.ts"

const registered = vi.hoisted(() => ({
  functions: [] as FunctionOfApp[],
  inputs: new Map<string, unknown>(),
  handlers: new Map<string, (...given: unknown[]) => unknown>(),
}))
vi.mock("@azure/functions", async (original) => {
  type Handler = (...given: unknown[]) => unknown
  type Options = { route?: string; topicName?: string; extraInputs?: unknown; handler: Handler }
  const keep = (trigger: string) => (name: string, options: Options) => {
    const { route, topicName: topic } = options
    registered.inputs.set(name, options.extraInputs)
    registered.handlers.set(name, options.handler)
    registered.functions.push({
      trigger,
      name,
      ...(route && { route }),
      ...(topic && { topic }),
    } as FunctionOfApp)
  }
  return {
    ...(await original<typeof import("@azure/functions")>()),
    app: {
      http: keep("http"),
      timer: keep("timer"),
      serviceBusTopic: keep("event"),
      hook: {
        appStart: (handler: Handler) => registered.handlers.set("start", handler),
        appTerminate: (handler: Handler) => registered.handlers.set("stop", handler),
      },
    },
  }
})
beforeEach(() => {
  registered.functions.length = 0
})

const Nothing = z.strictObject({})
const look = useCase("thing.look", { input: Nothing, result: Nothing, handle: () => async () => ({}) })
const tick = { ...look, name: "thing.tick" }
const keep = command("thing.keep", {
  input: Nothing,
  result: z.void(),
  handle:
    () =>
    (_, { commit }) =>
      commit(async () => {}),
})
const event = (type: string) =>
  defineEvent({ type, source: "s", topic: "thing-events", data: Nothing, example: {} })
const run = async () => {}
const taken = step("take", { input: Nothing, output: z.void(), run: () => run, undo: () => run })
const shared = { input: Nothing, steps: [taken], deadlineMinutes: 1 }
const process = (name: string) =>
  saga(name, {
    ...shared,
    *run(saga) {
      yield* saga.take(taken, {})
      return "done"
    },
    *ledBack(saga) {
      yield* saga.pause(1)
      return "back"
    },
  })
const full = app("thing", [
  get("things", look, { access: "anyone" }),
  post("things", keep, { access: "anyone" }),
  on(event("a"), keep),
  on(event("b"), keep),
  every("* * * * * *", tick),
  orchestration(process("one")),
  orchestration(process("two")),
])
const store = { outbox: { sendAfterCommit: () => {} }, logLevels: {} } as unknown as Store
const broker = { publish: run, close: run }
const durableInput = { name: "client", type: "durableClient" }
const durable: Durable = {
  input: durableInput,
  register: (sagas, activities) => {
    registered.functions.push(
      ...sagas.map(({ name }) => ({ trigger: "orchestration" as const, name })),
      ...activities.map(({ name }) => ({ trigger: "activity" as const, name })),
    )
  },
}
const document = { info: { version: "1" } }
const tokens = { verify: async () => ({ kind: "anonymous" as const }) }
const parts: Parts<typeof full> = { ports: {}, tokens, document, store, broker, durable }
const byName = (functions: readonly FunctionOfApp[]) =>
  functions.toSorted((a, b) => (a.name < b.name ? -1 : 1))

test("what is registered is what is derived from the app, and nothing else", () => {
  start(full, parts)
  expect(byName(registered.functions)).toEqual(byName(functionsOf(full)))
  expect(registered.functions).toHaveLength(14)
})

describe("what follows commits", () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** An app with a follow-up and an outbox that somebody has left a message in. */
  function catchingUp() {
    const counts = { runs: 0, claims: 0, closed: 0 }
    const project = useCase("thing.project", {
      input: Nothing,
      result: Nothing,
      handle: () => async () => {
        counts.runs++
        await new Promise((resolve) => setTimeout(resolve, 50))
        if (counts.closed > 0) throw new Error("the store was closed under it")
        return {}
      },
    })
    const follow = followUps()
    const outbox = {
      sendAfterCommit: () => {},
      claim: async () => {
        counts.claims++
        return []
      },
    }
    const close = async () => void counts.closed++
    const own = { outbox, logLevels: {}, close } as unknown as Store
    const ask = follow.asks(project)
    start(app("thing", [followUp(project)]), {
      ...{ ports: {}, tokens, document, broker, store: own, followUps: follow },
    })
    const call = (name: string) => registered.handlers.get(name)?.({}, {}) as Promise<void>
    return { counts, ask, call }
  }

  test("runs when a commit asks, when the process starts, and by the one timer of its app", async () => {
    const { counts, ask, call } = catchingUp()
    ask()
    await vi.advanceTimersByTimeAsync(100)
    expect(counts).toMatchObject({ runs: 1, claims: 0 })
    await call("start")
    expect(counts).toMatchObject({ runs: 1, claims: 0 })
    await vi.advanceTimersByTimeAsync(1_100)
    expect(counts).toMatchObject({ runs: 2, claims: 1 })
    const caughtUp = call("catch-up")
    await vi.advanceTimersByTimeAsync(100)
    await caughtUp
    expect(counts).toMatchObject({ runs: 3, claims: 2 })
  })

  test("is waited for by the stop, before the store is closed", async () => {
    const { counts, ask, call } = catchingUp()
    ask()
    const stopped = call("stop")
    await vi.advanceTimersByTimeAsync(49)
    expect(counts.closed).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    await stopped
    expect(counts).toMatchObject({ runs: 1, closed: 1 })
  })
})

test("an app that keeps no outbox has neither its timers nor its broker", () => {
  const plain = app("plain", [get("things", look, { access: "anyone" })], { transactional: false })
  start(plain, { ports: {}, tokens, document })
  expect(byName(registered.functions)).toEqual(byName(functionsOf(plain)))
  expect(registered.functions).toHaveLength(5)
})

test("an app without an outbox that consumes events forgets what it has handled, and relays nothing", () => {
  const hearing = app("hearing", [on(event("a"), keep)], { transactional: false })
  start(hearing, { ports: {}, tokens, document, store })
  expect(byName(registered.functions)).toEqual(byName(functionsOf(hearing)))
  expect(registered.functions.map(({ name }) => name)).toContain("forget-old-keys")
  expect(registered.functions).toHaveLength(6)
})

test("the routes and events of an app with sagas can reach them", () => {
  start(full, parts)
  expect(["thing-look", "thing-keep", "on-thing-events"].map((name) => registered.inputs.get(name))).toEqual([
    [durableInput],
    [durableInput],
    [durableInput],
  ])
})

test("two functions of one name are a mistake", () => {
  expect(() =>
    functionsOf(app("thing", [every("* * * * * *", look), get("a", look, { access: "anyone" })])),
  ).toThrow("thing has two functions named thing-look")
})

describe("an app does not start without the part", () => {
  test.each([
    ["store", "thing keeps an outbox"],
    ["broker", "thing keeps an outbox"],
    ["durable", "an app with sagas needs"],
  ])("%s", (part, message) => {
    expect(() => start(full, { ...parts, [part]: undefined })).toThrow(message)
  })
  test("store, when it consumes events", () => {
    const deaf = app("deaf", [on(event("a"), keep)], { transactional: false })
    expect(() => start(deaf, { ports: {}, tokens, document })).toThrow("deaf records what it has handled")
  })
})
