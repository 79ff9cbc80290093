import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { HostRuntime, Invocation, InvocationResult } from "../../contract.ts"
import { readDurableConfig } from "../config.ts"
import { durableFunctions } from "../functions.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { createEntityEngine, type EntityEngine } from "./entity-engine.ts"

const id = "@counter@k"
const trigger = { name: "t", type: "entityTrigger", direction: "in" } as const
const counter = { id: "c", name: "counter", bindings: { t: trigger }, trigger }

let folder: string
let store: Store
let entities: EntityEngine
/** What the entity function gives; waits for the test. */
let answer: PromiseWithResolvers<string>
/** Resolves when the entity function is called. */
let called: PromiseWithResolvers<void>
let states: unknown[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "durable-entities-"))
  store = openSqliteStore(join(folder, "hub.db"), { synchronous: "off" })
  answer = Promise.withResolvers()
  called = Promise.withResolvers()
  states = []
  const settings = {
    get: () => undefined,
    expand: (text: string) => text,
    connection: () => "",
    withPrefix: () => ({}),
  }
  const invoke = async ({ triggerValue }: Invocation): Promise<InvocationResult> => {
    states.push((JSON.parse(triggerValue.string as string) as { state: unknown }).state)
    called.resolve()
    return { returnValue: { json: await answer.promise }, outputs: {} }
  }
  entities = createEntityEngine({
    host: { log: { log: () => {} }, invoke } as unknown as HostRuntime,
    config: readDurableConfig({ version: "2.0", extensions: {} }, settings, () => {}),
    store,
    functions: durableFunctions([counter]),
    deliver: () => {},
  })
})
afterEach(async () => {
  await entities.stop(1000)
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const state = (value: string) =>
  JSON.stringify({ entityExists: true, entityState: value, results: [{ isError: false }] })

test("a purge waits for the batch that runs, so that its state does not come back", async () => {
  await entities.signal(id, { id: "1", op: "add", signal: true })
  await called.promise
  const purged = entities.purge(id)
  answer.resolve(state("1"))
  expect(await purged).toBe(true)
  expect(store.entity(id)).toBeUndefined()
  await entities.signal(id, { id: "2", op: "add", signal: true })
  while (store.entitiesWithMessages().length > 0) await new Promise((resolve) => setImmediate(resolve))
  expect(states).toEqual([null, null])
  expect(await entities.purge("@counter@unknown")).toBe(false)
})

test("an entity function that gives no state has failed all its operations, once", async () => {
  answer.resolve("null")
  await entities.signal(id, { id: "1", op: "add", signal: true })
  while (store.entitiesWithMessages().length > 0) await new Promise((resolve) => setImmediate(resolve))
  expect(states).toEqual([null])
  expect(store.entity(id)).toBeUndefined()
})
