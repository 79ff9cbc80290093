import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { ServiceBusClient } from "@azure/service-bus"
import { outboxRelay } from "@eshop/building-blocks/messaging/relay"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { eventually } from "../e2e/running-shop.ts"
import { startParts } from "../fixtures/local-parts.ts"

/** A database with an outbox, and the broker. */
export async function startOutbox(): Promise<Cloud> {
  const cloud = await startParts(["postgres", "servicebus"])
  const migrations = join(repositoryRoot, "functions", "basket", "migrations", "postgres")
  await applyMigrations(cloud.connections.postgres.basket, migrations)
  return cloud
}

/** Commits events in a process that dies when `published` of them have reached the broker. @returns what it died of */
async function commitAndDie({ connections }: Cloud, events: number, published: number): Promise<unknown> {
  const program = join(import.meta.dirname, "commit-and-die.ts")
  const { postgres, serviceBus } = connections
  const args = [program, postgres.basket, serviceBus, String(events), String(published)]
  const child = spawn(process.execPath, args, { stdio: "inherit" })
  const [, signal] = await once(child, "exit")
  return signal
}

/** Sends what the outbox holds, as the process would that comes after. @returns how many messages are left */
async function relayAll({ connections }: Cloud): Promise<number> {
  const store = postgresStore(connections.postgres.basket)
  const broker = serviceBusBroker(serviceBusClient({ ServiceBus: connections.serviceBus }))
  const relay = outboxRelay(store.outbox, broker, () => {})
  const left = await eventually(
    async () => {
      await relay.drain()
      const { rows } = await store.pool.query("SELECT count(*)::int AS count FROM outbox")
      return rows[0].count
    },
    (count) => count === 0,
    60_000,
  )
  await relay.stop()
  await Promise.all([store.close(), broker.close()])
  return left
}

/** Ids of all messages that the subscription holds, and takes them out. */
async function takeAll({ connections }: Cloud): Promise<unknown[]> {
  const client = new ServiceBusClient(connections.serviceBus)
  const receiver = client.createReceiver("basket-events", "ordering", { receiveMode: "receiveAndDelete" })
  const ids: unknown[] = []
  for (;;) {
    const messages = await receiver.receiveMessages(500, { maxWaitTimeInMs: 1_000 })
    if (messages.length === 0) break
    ids.push(...messages.map(({ messageId }) => messageId))
  }
  await client.close()
  return ids
}

/** Lets a process die between commit and publish, and another one come after it. */
export async function dieAndPublish(cloud: Cloud, events: number, published: number) {
  const diedOf = await commitAndDie(cloud, events, published)
  const left = await relayAll(cloud)
  const ids = await takeAll(cloud)
  return { diedOf, left, messages: ids.length, different: new Set(ids).size }
}
