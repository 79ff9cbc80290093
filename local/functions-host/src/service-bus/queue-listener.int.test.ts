import { setTimeout as delay } from "node:timers/promises"
import { ServiceBusClient } from "@azure/service-bus"
import { type Emulator, startServiceBusEmulator } from "@eshop/service-bus-emulator/emulator"
import { afterEach, expect, it, vi } from "vitest"
import type { HostRuntime, Invocation } from "../contract.ts"
import type { Listener, ListenerContext } from "./listener.ts"
import { listenToQueue } from "./queue-listener.ts"
import { createClients } from "./service-bus-clients.ts"
import { readServiceBusOptions } from "./service-bus-options.ts"

const config = {
  UserConfig: {
    Namespaces: [
      {
        Name: "test",
        Queues: [{ Name: "orders", Properties: {} }],
        Topics: [
          {
            Name: "events",
            Properties: {},
            // The shortest lock that Azure takes.
            Subscriptions: [{ Name: "s", Properties: { LockDuration: "PT5S", MaxDeliveryCount: 60 } }],
          },
        ],
      },
    ],
  },
}
const start = (port: number) => startServiceBusEmulator({ config, port })
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 20 })

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

it("reports messages that wait while it takes none, by function and entity", async () => {
  const emulator = await start(0)
  open.push(() => emulator.stop())
  const lines: string[] = []
  const deaf = (client: ServiceBusClient) => {
    const createReceiver = client.createReceiver.bind(client)
    const subscribe = () => ({ close: async () => {} })
    client.createReceiver = (...args: [never]) => Object.assign(createReceiver(...args), { subscribe })
    return client
  }
  await listen(emulator.connectionString, { lines, change: deaf })
  // Nothing waits, so nothing is said.
  await delay(1000)
  expect(lines).toEqual([])
  await send(emulator, 1)
  await until(() => expect(lines).toHaveLength(1))
  expect(lines[0]).toMatch(
    /^error: Function 'order' has taken no message of 'orders' for [12] s although messages wait there, the first since \d{4}-/,
  )
})

it("takes every message after it first attached while the broker was away", async () => {
  const { port, connectionString, stop } = await start(0)
  await stop()
  const reports: string[] = []
  const taken: Invocation[] = []
  await listen(connectionString, { reports, invoke: async (invocation) => void taken.push(invocation) })
  await until(() => expect(reports.length).toBeGreaterThan(0))

  const emulator = await start(port)
  open.push(() => emulator.stop())
  // More than the 2,048 unsettled deliveries that a session of the SDK holds.
  await send(emulator, 2_200)
  await until(() => expect(taken).toHaveLength(2_200))
  await until(() => expect(emulator.state().orders).toMatchObject({ active: 0, deadLetter: 0 }))
})

it("counts a message that a handler holds for longer than its lock as one delivery", async () => {
  const emulator = await start(0)
  open.push(() => emulator.stop())
  const deliveries: unknown[] = []
  await listen(emulator.connectionString, {
    entityPath: "events/Subscriptions/s",
    async invoke({ triggerMetadata }) {
      deliveries.push(triggerMetadata?.DeliveryCount)
      if (deliveries.length > 1) return
      await delay(12_000)
      throw new Error("not yet")
    },
  })
  await send(emulator, 1, "events")
  await until(() => expect(deliveries).toHaveLength(2))
  expect(deliveries).toEqual([{ json: "1" }, { json: "2" }])
  await until(() =>
    expect(emulator.state()["events/Subscriptions/s"]).toMatchObject({ active: 0, deadLetter: 0 }),
  )
})

it("has a message that always fails delivered as often as the subscription allows", async () => {
  const emulator = await start(0)
  open.push(() => emulator.stop())
  let deliveries = 0
  await listen(emulator.connectionString, {
    entityPath: "events/Subscriptions/s",
    async invoke() {
      deliveries++
      throw new Error("never")
    },
  })
  await send(emulator, 1, "events")
  await until(() =>
    expect(emulator.state()["events/Subscriptions/s"]).toMatchObject({ active: 0, deadLetter: 1 }),
  )
  expect(deliveries).toBe(60)
})

async function listen(
  connectionString: string,
  {
    entityPath = "orders",
    reports = [] as string[],
    lines = [] as string[],
    invoke = async (_: Invocation): Promise<void> => {},
    change = (client: ServiceBusClient) => client,
  },
): Promise<Listener> {
  const log = { log: (level: string, line: string) => void lines.push(`${level}: ${line}`) }
  const hostJson = { version: "2.0" as const, extensions: { serviceBus: { maxConcurrentCalls: 16 } } }
  const options = readServiceBusOptions(hostJson, log)
  const clients = createClients(
    await import("@azure/service-bus"),
    { connection: () => connectionString } as never,
    options,
  )
  const context: ListenerContext = {
    host: { invoke, log } as never as HostRuntime,
    trigger: {
      fn: { name: "order" } as never,
      entityPath,
      connection: "ServiceBus",
      isBatch: false,
      isSessionsEnabled: false,
      autoComplete: undefined,
      isBinary: false,
    },
    options,
    autoComplete: true,
    silenceMs: 300,
    report: (action, error) => void reports.push(`${action}: ${(error as Error).message}`),
  }
  const listener = listenToQueue(context, {
    ...clients,
    openListening: (connection) => change(clients.openListening(connection)),
  })
  open.push(async () => {
    await listener.stop()
    await clients.close()
  })
  return listener
}

async function send(emulator: Emulator, count: number, to = "orders"): Promise<void> {
  const client = new ServiceBusClient(emulator.connectionString)
  const sender = client.createSender(to)
  for (let sent = 0; sent < count; sent += 200) {
    const messages = Array.from({ length: Math.min(200, count - sent) }, (_, i) => ({
      body: { id: sent + i },
    }))
    await sender.sendMessages(messages)
  }
  await client.close()
}
