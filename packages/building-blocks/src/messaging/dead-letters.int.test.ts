import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { InvocationContext } from "@azure/functions"
import { type CloudEvent, defineEvent } from "@eshop/domain/contracts/event"
import { newClient, startNamespace, type TestNamespace } from "@eshop/service-bus-emulator/test-namespace"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import * as z from "zod"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { app, on } from "../app/app.ts"
import { pipeline } from "../app/invoke.ts"
import { command } from "../app/use-case.ts"
import { newId } from "../ids.ts"
import { applyMigrations } from "../store/postgres/migrations.ts"
import { inTransaction } from "../store/postgres/pool.ts"
import { type PostgresStore, postgresStore } from "../store/postgres/postgres-store.ts"
import { serviceBusDeadLetters } from "./dead-letter-queue.ts"
import { deadLetterPorts, deadLetterRoutes } from "./dead-letters.ts"
import { messageHold } from "./hold.ts"
import { message, type OutboxMessage } from "./outbox.ts"
import { outboxRelay } from "./relay.ts"
import { serviceBusBroker } from "./service-bus.ts"
import { consume, filterOf } from "./subscription.ts"

const ThingChanged = defineEvent({
  type: "eshop.test.thing-changed.v1",
  source: "urn:eshop:test",
  topic: "test-events",
  data: z.strictObject({ id: z.uuid() }),
  example: { id: "018f0000-0000-7000-8000-000000000001" },
})
const keep = command("test.keep-thing", {
  input: ThingChanged.data,
  result: z.void(),
  handle:
    ({ fails }: { fails: () => boolean }) =>
    async ({ id }, { commit }) => {
      if (fails()) throw new Error("a bug")
      return commit(
        async (tx) => void (await inTransaction(tx).query("INSERT INTO effect VALUES ($1)", [id])),
      )
    },
})
const shipping = app("shipping", [on(ThingChanged, keep), ...deadLetterRoutes])
const subscription = (name: string) => ({
  Name: name,
  Properties: { MaxDeliveryCount: 2, LockDuration: "PT10S" },
  Rules: [
    {
      Name: "events",
      Properties: {
        FilterType: "Sql",
        SqlFilter: { SqlExpression: filterOf(name, [on(ThingChanged, keep)]) },
      },
    },
  ],
})

let url: string
let store: PostgresStore
let namespace: TestNamespace
let isBroken: boolean

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
  isBroken = true
  await store.pool.query("DELETE FROM parked_message; DELETE FROM inbox; DELETE FROM outbox")
  namespace = await startNamespace({
    Topics: [
      {
        Name: "test-events",
        Properties: { RequiresDuplicateDetection: true, DuplicateDetectionHistoryTimeWindow: "PT10M" },
        Subscriptions: [subscription("shipping"), subscription("billing")],
      },
    ],
  })
})
afterEach(() => namespace[Symbol.asyncDispose]())

const context = new InvocationContext({ logHandler: () => {} })
const broker = () => serviceBusBroker(namespace.client)
const receive = async (name: string, atMost = 100) => {
  const receiver = namespace.client.createReceiver("test-events", name)
  const messages = await receiver.receiveMessages(atMost, { maxWaitTimeInMs: 500 })
  return { receiver, messages }
}
/** Everything that a context can receive now, handled by its app or merely completed. */
async function drain(name: string, handle: (body: unknown) => Promise<void> = async () => {}) {
  const { receiver, messages } = await receive(name)
  for (const received of messages) {
    await handle(received.body)
    await receiver.completeMessage(received)
  }
  await receiver.close()
  return messages
}
const deliver = (body: unknown) =>
  consume("test-events", [on(ThingChanged, keep)], {
    subscription: "test",
    invoke: pipeline({ ports: { fails: () => isBroken }, store, checkResults: true }),
    store,
    hold: messageHold(),
  })(body, context)

function operations(outbox: PostgresStore["outbox"] = store.outbox) {
  const ports = deadLetterPorts(shipping, { ...store, outbox }, (name, topics) =>
    serviceBusDeadLetters(() => newClient(namespace.emulator.connectionString), name, topics),
  )
  const invoke = pipeline({ ports, store, checkResults: true })
  const call = async (index: 0 | 1, input: unknown) => {
    const outcome = await invoke({
      useCase: deadLetterRoutes[index].useCase,
      trigger: "http",
      caller: { kind: "service", id: "ops", roles: ["operations"] },
      read: () => ({ input }),
      traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
      context,
    })
    return outcome.type === "done"
      ? outcome.result
      : outcome.type === "refused"
        ? outcome.refusal.code
        : outcome.type
  }
  return { list: () => call(0, {}), redrive: (which: unknown) => call(1, which) }
}

const messageOf = (id = newId()): OutboxMessage =>
  message(ThingChanged, id, { id }, { now: new Date(), newId })
const relayAll = () => outboxRelay(store.outbox, broker(), () => {}).drain()
const effectsOf = async ({ subject }: CloudEvent) =>
  (await store.pool.query("SELECT 1 FROM effect WHERE id = $1", [subject])).rowCount

test("both are behind a role", () => {
  expect(deadLetterRoutes.map(({ access }) => access)).toEqual([
    { role: "operations" },
    { role: "operations" },
  ])
})

test("a parked message is listed with its reason and its body, redriven to its own context, and then has its effect once", async () => {
  const sent = messageOf()
  await broker().publish("test-events", [sent])
  await drain("shipping", deliver)
  await drain("billing")
  const { event } = sent
  const { list, redrive } = operations()
  expect(await list()).toEqual({
    letters: [
      {
        store: "parked",
        source: event.source,
        eventId: event.id,
        type: event.type,
        topic: "test-events",
        reason: "handler-failed",
        detail: "a bug",
        subject: event.subject,
        at: expect.stringMatching(/Z$/),
        body: event,
      },
    ],
    parked: 1,
  })
  isBroken = false
  expect(await redrive({ source: event.source, eventId: event.id })).toEqual({
    parked: 1,
    broker: 0,
    left: 0,
  })
  expect(await redrive({ source: event.source, eventId: event.id })).toBe("dead-letter.unknown")
  expect(await relayAll()).toBe(1)
  const [again, ...more] = await drain("shipping", deliver)
  expect(more).toEqual([])
  expect(again?.body).toEqual(event)
  expect(again?.messageId).not.toBe(sent.id)
  expect(await drain("billing")).toEqual([])
  expect([await effectsOf(event), await list()]).toEqual([1, { letters: [], parked: 0 }])
})

test("all of one reason are redriven; what nothing here would handle stays", async () => {
  const [first, second] = [messageOf(), messageOf()]
  for (const body of [
    first.event,
    second.event,
    { ...messageOf().event, type: "eshop.test.other.v1" },
    { no: "event" },
  ])
    await deliver(body)
  const { list, redrive } = operations()
  expect(await redrive({ all: true, reason: "no-handler" })).toEqual({ parked: 0, broker: 0, left: 1 })
  expect(await redrive({ all: true })).toEqual({ parked: 2, broker: 0, left: 2 })
  expect(await list()).toMatchObject({
    parked: 2,
    letters: [{ reason: "no-handler" }, { reason: "broken-schema" }],
  })
})

test("what fails again at once is redriven once, not for ever", async () => {
  const bodies = Array.from({ length: 100 }, () => messageOf().event)
  for (const body of bodies) await deliver(body)
  // A consumer that is quicker than the redrive.
  const outbox: PostgresStore["outbox"] = {
    ...store.outbox,
    async add(tx, messages) {
      for (const { event, topic } of messages)
        await store.parked.park(tx, {
          ...{ source: event.source, eventId: event.id, type: event.type, topic, body: event },
          ...{ reason: "handler-failed", detail: "a bug", committed: false, parkedAt: new Date() },
        })
    },
  }
  expect(await operations(outbox).redrive({ all: true })).toEqual({ parked: 100, broker: 0, left: 0 })
  expect(await store.parked.count()).toBe(100)
})

test.each([
  [{}],
  [{ source: "s" }],
  [{ all: true, eventId: "e" }],
  [{ source: "s", eventId: "e", reason: "r" }],
])("what is to be redriven must be clear: not %j", async (which) => {
  expect(await operations().redrive(which)).toBe("invalid")
})

/** Lets the broker dead-letter a message of the context: more deliveries than it may have. */
async function exhaust(name: string) {
  for (let delivery = 0; delivery < 2; delivery++) {
    const { receiver, messages } = await receive(name)
    for (const received of messages) await receiver.abandonMessage(received)
    await receiver.close()
  }
}

test("a message that the broker gave up is listed and redriven to its own context under a new id", async () => {
  const [lost, other] = [messageOf(), messageOf()]
  await broker().publish("test-events", [lost, other])
  await drain("billing")
  await exhaust("shipping")
  const { list, redrive } = operations()
  expect(await list()).toMatchObject({
    parked: 0,
    letters: [lost, other].map(({ event }) => ({
      store: "broker",
      eventId: event.id,
      source: event.source,
      subject: event.subject,
      reason: "MaxDeliveryCountExceeded",
    })),
  })
  // Under its old id it would never come.
  await broker().publish("test-events", [lost])
  expect(await drain("shipping")).toEqual([])

  isBroken = false
  const { event } = lost
  expect(await redrive({ source: event.source, eventId: event.id })).toEqual({
    parked: 0,
    broker: 1,
    left: 0,
  })
  const arrived = await drain("shipping", deliver)
  expect(arrived.map(({ body }) => body)).toEqual([event])
  expect([await drain("billing"), await effectsOf(event)]).toEqual([[], 1])
  expect(await list()).toMatchObject({ letters: [{ eventId: other.event.id }] })
  expect(await redrive({ all: true })).toEqual({ parked: 0, broker: 1, left: 0 })
  expect(await list()).toEqual({ letters: [], parked: 0 })
})
