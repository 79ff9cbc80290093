import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { InvocationContext } from "@azure/functions"
import { type CloudEvent, defineEvent } from "@eshop/domain/contracts/event"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import * as z from "zod"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { on } from "../app/app.ts"
import type { CommandCall } from "../app/call.ts"
import { pipeline } from "../app/invoke.ts"
import { command } from "../app/use-case.ts"
import { newId } from "../ids.ts"
import { applyMigrations } from "../store/postgres/migrations.ts"
import { connectPostgres, inTransaction } from "../store/postgres/pool.ts"
import { type PostgresStore, postgresStore } from "../store/postgres/postgres-store.ts"
import { ambient } from "../telemetry/ambient.ts"
import { messageHold } from "./hold.ts"
import { message } from "./outbox.ts"
import { consume } from "./subscription.ts"

const ThingChanged = defineEvent({
  type: "eshop.test.thing-changed.v1",
  source: "urn:eshop:test",
  topic: "test-events",
  data: z.strictObject({ id: z.uuid(), version: z.int().min(1) }),
  example: { id: "018f0000-0000-7000-8000-000000000001", version: 1 },
})
const ThingGone = { ...ThingChanged, type: "eshop.test.thing-gone.v1" }
const wrong = defineRefusal("thing.wrong", "rule", "It is wrong.")

let url: string
let store: PostgresStore
beforeAll(async () => {
  url = await newDatabase("basket")
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(url, none)
  await rm(none, { recursive: true })
  store = postgresStore(url)
  await store.pool.query("CREATE TABLE effect (id uuid)")
})
afterAll(() => store?.close())
beforeEach(async () => {
  await store.pool.query("DELETE FROM parked_message; DELETE FROM inbox")
})

type Thing = z.output<typeof ThingChanged.data>
type Handle = (thing: Thing, call: CommandCall) => Promise<unknown>
/** What delivers a message to a subscription with this handler. */
function deliveryTo(handle: Handle) {
  const keep = command("test.keep-thing", {
    input: ThingChanged.data,
    result: z.void(),
    refusals: [wrong],
    handle: () => handle as never,
  })
  const consumer = consume("test-events", [on(ThingChanged, keep)], {
    subscription: "test",
    invoke: pipeline({ ports: {}, store, checkResults: true }),
    store,
    hold: messageHold(),
  })
  return (body: unknown) => consumer(body, new InvocationContext({ logHandler: () => {} }))
}
const eventOf = (id = newId()): CloudEvent =>
  message(ThingChanged, id, { id, version: 1 }, { now: new Date(), newId }).event
const effect: Handle = ({ id }, call) =>
  call.commit(async (tx) => {
    await inTransaction(tx).query("INSERT INTO effect VALUES ($1)", [id])
  })
const effectsOf = async ({ subject }: CloudEvent) =>
  (await store.pool.query("SELECT 1 FROM effect WHERE id = $1", [subject])).rowCount
const parked = async () => (await store.parked.list(10)).map(({ reason, eventId }) => ({ reason, eventId }))
const handled = async () => (await store.pool.query("SELECT event_id FROM inbox")).rowCount

test("a message that comes 20 times at once, and once more, has its effect once", async () => {
  const deliver = deliveryTo(effect)
  const event = eventOf()
  await Promise.all(Array.from({ length: 20 }, () => deliver(event)))
  await deliver(event)
  expect([await effectsOf(event), await handled(), await parked()]).toEqual([1, 1, []])
})

test("a message may come as text, and its trace goes on", async () => {
  const traces: (string | undefined)[] = []
  const deliver = deliveryTo((thing, call) => {
    traces.push(ambient()?.traceparent)
    return effect(thing, call)
  })
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
  await deliver(JSON.stringify({ ...eventOf(), traceparent }))
  expect(traces).toEqual([
    expect.stringMatching(new RegExp(`^00-${"a".repeat(32)}-(?!b{16})[0-9a-f]{16}-01$`)),
  ])
})

test("what follows the commit runs on every delivery until it has worked", async () => {
  let runs = 0
  const deliver = deliveryTo(async (thing, call) => {
    const done = await effect(thing, call)
    if (++runs < 3) throw Object.assign(new Error("the task hub is out"), { code: "ECONNREFUSED" })
    return done
  })
  const event = eventOf()
  await deliver(event)
  expect([await effectsOf(event), runs]).toEqual([1, 3])
  await deliver(event)
  expect([await effectsOf(event), runs, await parked()]).toEqual([1, 4, []])
})

test("a handler that dies before the commit leaves no effect, and gets the message again", async () => {
  let fails = true
  const deliver = deliveryTo((thing, call) =>
    effect(thing, {
      ...call,
      commit: (work) =>
        call.commit(async (tx) => {
          const result = await work(tx)
          if (fails) {
            fails = false
            throw new Error("died here")
          }
          return result
        }),
    }),
  )
  const event = eventOf()
  await deliver(event)
  expect([fails, await effectsOf(event), await parked()]).toEqual([false, 1, []])
})

test.each<[string, Handle, string]>([
  ["a refusal", async () => wrong(), "thing.wrong"],
  ["a refusal within the transaction", (_, call) => call.commit(async () => wrong()), "thing.wrong"],
  ["a handler that keeps failing", () => Promise.reject(new Error("a\u0000b")), "handler-failed"],
])("%s parks the message with its reason, and records it as handled", async (_, handle, reason) => {
  const deliver = deliveryTo(async (thing, call) => {
    const answer = await handle(thing, call)
    return answer
  })
  const event = eventOf()
  await deliver(event)
  await deliver(event)
  expect(await parked()).toEqual([{ reason, eventId: event.id }])
  expect([await effectsOf(event), await handled()]).toEqual([0, 1])
})

test.each<[string, (event: CloudEvent) => unknown, string]>([
  ["that is no JSON", () => "{ \u0000", "broken-schema"],
  ["that is no CloudEvent", () => ({ hello: "world" }), "broken-schema"],
  ["of a type that nobody handles", (event) => ({ ...event, type: ThingGone.type }), "no-handler"],
  ["whose data does not fit", (event) => ({ ...event, data: { id: "\u0000" } }), "broken-schema"],
])("a message %s is parked and has no effect", async (_, spoil, reason) => {
  const deliver = deliveryTo(effect)
  const event = eventOf()
  await deliver(spoil(event))
  expect((await parked()).map((message) => message.reason)).toEqual([reason])
  expect([await effectsOf(event), await handled()]).toEqual([0, 1])
})

test("a handler whose commit went well and that then keeps failing is parked as committed", async () => {
  const deliver = deliveryTo(async (thing, call) => {
    await effect(thing, call)
    throw new Error("a bug after the commit")
  })
  const event = eventOf()
  await deliver(event)
  expect(await store.parked.list(10)).toMatchObject([
    { eventId: event.id, reason: "handler-failed", committed: true },
  ])
  expect(await effectsOf(event)).toBe(1)
})

test("a message that was handled and comes again when its handler would refuse it is not parked", async () => {
  let isOver = false
  const deliver = deliveryTo(async (thing, call) => (isOver ? wrong() : await effect(thing, call)))
  const event = eventOf()
  await deliver(event)
  isOver = true
  await deliver(event)
  expect([await effectsOf(event), await parked()]).toEqual([1, []])
})

test("a handler that fails is tried three times", async () => {
  let attempts = 0
  await deliveryTo(async () => {
    attempts++
    throw new Error("a bug")
  })(eventOf())
  expect(attempts).toBe(3)
})

test("a database that lets nobody in for a while costs a message no delivery", async () => {
  const deliver = deliveryTo(effect)
  const event = eventOf()
  const elsewhere = new URL(url)
  elsewhere.pathname = "/postgres"
  const admin = connectPostgres(elsewhere.href)
  const allow = (connections: boolean) =>
    admin.query(`ALTER DATABASE basket WITH ALLOW_CONNECTIONS ${connections}`)
  await allow(false)
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'basket'")
  const delivered = deliver(event)
  await new Promise((resolve) => setTimeout(resolve, 500))
  await allow(true)
  await delivered
  await admin.end()
  expect([await effectsOf(event), await parked()]).toEqual([1, []])
})
