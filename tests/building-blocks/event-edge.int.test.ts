import { fileURLToPath } from "node:url"
import type { ServiceBusTopicHandler, ServiceBusTopicTriggerOptions } from "@azure/functions"
import { newId } from "@eshop/building-blocks/ids"
import { eventEdge, type Subscriber, when } from "@eshop/building-blocks/messaging/event-edge"
import { message } from "@eshop/building-blocks/messaging/outbox"
import { applyMigrations } from "@eshop/building-blocks/postgres/migrations"
import { postgresInbox } from "@eshop/building-blocks/postgres/once"
import { connectPostgres, inTransaction, postgresUnitOfWork } from "@eshop/building-blocks/postgres/pool"
import { type CallContext, useCase } from "@eshop/building-blocks/use-case"
import { ProductChanged, type ProductSnapshot } from "@eshop/domain/events/catalog-events"
import { usd } from "@eshop/domain/money"
import { refuse } from "@eshop/domain/refusal"
import type { Cloud } from "@eshop/local-cloud/cloud"
import type pg from "pg"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { startParts } from "../fixtures/local-parts.ts"

const registered = vi.hoisted(() => [] as unknown[])
vi.mock("@azure/functions", async (original) => ({
  ...(await original<typeof import("@azure/functions")>()),
  app: {
    serviceBusTopic: (name: string, options: object) => registered.push({ name, ...options }),
    hook: { appTerminate: () => undefined },
  },
}))
const { InvocationContext } = await import("@azure/functions")

let cloud: Cloud
let pool: pg.Pool

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  const migrations = fileURLToPath(new URL("../../functions/basket/migrations", import.meta.url))
  await applyMigrations(cloud.connections.postgres.basket, migrations)
  pool = connectPostgres(cloud.connections.postgres.basket)
  await pool.query("CREATE TABLE effect (id uuid)")
})
afterAll(async () => {
  await pool?.end()
  await cloud?.stop()
})
beforeEach(() => {
  registered.length = 0
})

type Handle = (snapshot: ProductSnapshot, call: CallContext) => Promise<unknown>
/** Registers one subscription and returns what delivers a message to it. */
function deliveryTo(handle: Handle) {
  const edge = eventEdge({ unitOfWork: postgresUnitOfWork(pool), inbox: postgresInbox() })
  const subscriber: Subscriber = when(ProductChanged, useCase("test.hear", ProductChanged.data, handle))
  edge.subscription("catalog-events", "basket", [subscriber])
  const { handler } = registered[0] as { handler: ServiceBusTopicHandler }
  return async (body: unknown) => void (await handler(body, new InvocationContext({ logHandler: () => {} })))
}
const eventOf = (productId = newId()) =>
  message(
    ProductChanged,
    productId,
    { productId, name: "Phone", price: usd(1), version: 1 },
    { now: new Date(), newId, traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` },
  ).event
const effect: Handle = ({ productId }, { transact }) =>
  transact(async (tx) => {
    await inTransaction(tx).query("INSERT INTO effect VALUES ($1)", [productId])
  })
const effectsOf = async (productId: string | undefined) =>
  (await pool.query("SELECT 1 FROM effect WHERE id = $1", [productId])).rowCount

test("a subscription is a Service Bus trigger on the app's connection", () => {
  deliveryTo(effect)
  expect(registered[0]).toMatchObject({
    topicName: "catalog-events",
    subscriptionName: "basket",
    connection: "ServiceBus",
  } satisfies Partial<ServiceBusTopicTriggerOptions>)
})

test("a message that comes 20 times at once, and once more, has its effect once", async () => {
  const deliver = deliveryTo(effect)
  const event = eventOf()
  await Promise.all(Array.from({ length: 20 }, () => deliver(event)))
  await deliver(event)
  expect(await effectsOf(event.subject)).toBe(1)
})

test("a message may come as text, and brings its trace along", async () => {
  const traces: (string | undefined)[] = []
  const deliver = deliveryTo(async (_, { traceparent }) => void traces.push(traceparent))
  const event = eventOf()
  await deliver(JSON.stringify(event))
  expect(traces).toEqual([event.traceparent])
})

test("a message whose handling failed has no effect, is delivered again, and then has its effect", async () => {
  let fails = true
  const deliver = deliveryTo(async (snapshot, call) => {
    const handled = effect(snapshot, {
      ...call,
      transact: (work) =>
        call.transact(async (tx) => {
          const result = await work(tx)
          if (fails) throw new Error("died before the commit")
          return result
        }),
    })
    return await handled
  })
  const event = eventOf()
  await expect(deliver(event)).rejects.toThrow("died before the commit")
  expect(await effectsOf(event.subject)).toBe(0)
  fails = false
  await deliver(event)
  expect(await effectsOf(event.subject)).toBe(1)
})

test("a refusal is no success: the message goes on to the dead-letter queue", async () => {
  const deliver = deliveryTo((_, { transact }) =>
    transact(async () => refuse("rule", "thing.wrong", "It is wrong.")),
  )
  const event = eventOf()
  await expect(deliver(event)).rejects.toThrow(`test.hear refused ${event.id}: thing.wrong: It is wrong.`)
})

test.each<[string, (event: ReturnType<typeof eventOf>) => unknown]>([
  ["that is no JSON", () => "{"],
  ["that is no CloudEvent", () => ({ hello: "world" })],
  ["of a type that nobody handles", (event) => ({ ...event, type: "eshop.catalog.other.v1" })],
  [
    "whose data does not fit its type",
    (event) => ({ ...event, data: { ...(event.data as object), version: 0 } }),
  ],
])("a message %s fails and has no effect", async (_, spoil) => {
  const deliver = deliveryTo(effect)
  const event = eventOf()
  await expect(deliver(spoil(event))).rejects.toThrow()
  expect(await effectsOf(event.subject)).toBe(0)
})

test("a database that lets nobody in for a while costs a message no delivery", async () => {
  const deliver = deliveryTo(effect)
  const event = eventOf()
  const elsewhere = new URL(cloud.connections.postgres.basket)
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
  expect(await effectsOf(event.subject)).toBe(1)
})
