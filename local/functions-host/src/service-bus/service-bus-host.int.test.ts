import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { ServiceBusClient, type ServiceBusMessage } from "@azure/service-bus"
import { type Emulator, startServiceBusEmulator } from "@eshop/service-bus-emulator/emulator"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type RunningHost, startHost } from "../host.ts"
import { createServiceBusExtension } from "./service-bus-extension.ts"

const scriptRoot = join(import.meta.dirname, "../../fixtures/service-bus-app")

const queue = (Name: string, Properties: Record<string, unknown> = {}) => ({ Name, Properties })
const entities = {
  UserConfig: {
    Namespaces: [
      {
        Name: "test",
        Queues: [
          queue("single", { MaxDeliveryCount: 3 }),
          queue("short-lock", { LockDuration: "PT2S" }),
          queue("ordered", { RequiresSession: true, LockDuration: "PT2S" }),
          queue("metadata"),
          queue("batch", { MaxDeliveryCount: 2 }),
          queue("manual", { LockDuration: "PT2S" }),
          queue("relay"),
          queue("relayed"),
        ],
        Topics: [{ Name: "events", Properties: {}, Subscriptions: [{ Name: "audit", Properties: {} }] }],
      },
    ],
  },
}

type Line = Record<string, unknown> & { fn: string }

let dir: string
let emulator: Emulator
let client: ServiceBusClient
let host: RunningHost | undefined
let records: Line[]
let log: string[]

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "service-bus-host-"))
  emulator = await start(0)
  client = new ServiceBusClient(emulator.connectionString, { retryOptions: { retryDelayInMs: 100 } })
  records = []
  log = []
})

afterEach(async () => {
  await host?.stop()
  host = undefined
  await client.close()
  await emulator.stop()
  rmSync(dir, { recursive: true })
})

const start = (port: number) =>
  startServiceBusEmulator({ fsync: false, config: entities, dataDir: join(dir, "broker"), port })

async function startApp(settings: Record<string, string> = {}): Promise<void> {
  host = await startHost({
    scriptRoot,
    stateDir: join(dir, "state"),
    port: 0,
    env: { ServiceBus: emulator.connectionString, ...settings },
    extensions: [createServiceBusExtension()],
    log(line) {
      log.push(line)
      const record = /RECORD (\{.*\})$/.exec(line)
      if (record !== null) records.push(JSON.parse(record[1] as string))
    },
  })
}

async function send(entity: string, messages: ServiceBusMessage[]): Promise<void> {
  const sender = client.createSender(entity)
  for (const message of messages) await sender.sendMessages(message)
  await sender.close()
}

/** Messages in an entity or in its dead-letter queue, locked ones included. */
const left = (entity: string) => emulator.state()[entity]?.active
const dead = (entity: string) => emulator.state()[entity]?.deadLetter

const of = (fn: string, event?: string) =>
  records.filter((record) => record.fn === fn && (event === undefined || record.event === event))
const ids = (fn: string, event: string) => of(fn, event).map((record) => record.id)
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 })
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)
const ascending = (values: unknown[]) => [...values].sort((a, b) => Number(a) - Number(b))

describe("Service Bus triggers", () => {
  it("hand over the body and the metadata of the contract", async () => {
    await startApp()
    const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await send("metadata", [
      {
        body: { kind: "json", lines: [1] },
        messageId: "m-1",
        contentType: "application/json",
        subject: "greeting",
        correlationId: "c-1",
        replyTo: "answers",
        to: "somewhere",
        applicationProperties: { kind: "x", traceparent: parent },
        timeToLive: 60_000,
      },
      { body: Buffer.from("plain text") },
    ])
    await until(() => expect(of("metadata")).toHaveLength(2))
    const [json, text] = of("metadata")
    expect(json).toMatchObject({ message: { kind: "json", lines: [1] }, type: "object" })
    expect(json?.triggerMetadata).toMatchObject({
      deliveryCount: 1,
      messageId: "m-1",
      contentType: "application/json",
      subject: "greeting",
      label: "greeting",
      correlationId: "c-1",
      replyTo: "answers",
      to: "somewhere",
      sequenceNumber: 1,
      applicationProperties: { kind: "x", traceparent: parent },
      userProperties: { kind: "x", traceparent: parent },
      lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      enqueuedTimeUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/),
      expiresAtUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/),
      kind: "json",
    })
    expect(json?.traceContext).toMatchObject({ traceParent: parent })
    expect(text).toMatchObject({ message: "plain text", type: "string" })
    expect(log.join("\n")).toContain("Reason='New ServiceBus message detected on 'metadata'.'")
    await until(() => expect(left("metadata")).toBe(0))
  })

  it("dead-letter a poison message after exactly its deliveries while its neighbours go on", async () => {
    await startApp()
    await send(
      "single",
      numbers(10).map((id) => ({ body: id === 4 ? { id, failUntil: 99 } : { id } })),
    )
    await until(() => expect(dead("single")).toBe(1))
    await until(() => expect(ids("single", "end")).toHaveLength(9))
    expect(ascending(ids("single", "end"))).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9])
    expect(of("single", "start").filter(({ id }) => id === 4)).toMatchObject([
      { deliveryCount: 1 },
      { deliveryCount: 2 },
      { deliveryCount: 3 },
    ])
    // The handler's line comes before its message is settled.
    await until(() => expect(left("single")).toBe(0))
  })

  it("never run more handlers at once than maxConcurrentCalls, and do run so many", async () => {
    await startApp()
    await send(
      "single",
      numbers(40).map((id) => ({ body: { id, sleepMs: 30 } })),
    )
    await until(() => expect(ids("single", "end")).toHaveLength(40))
    expect(Math.max(...of("single", "start").map(({ running }) => running as number))).toBe(4)
    expect(ascending(ids("single", "end"))).toEqual(numbers(40))
  })

  it("renew the lock of a handler that is slower than the lock", async () => {
    await startApp()
    await send("short-lock", [{ body: { id: "slow", sleepMs: 5000 } }])
    await until(() => expect(ids("shortLock", "end")).toEqual(["slow"]))
    await until(() => expect(left("short-lock")).toBe(0))
    expect(ids("shortLock", "start")).toEqual(["slow"])
  })

  it("deliver again what a crashed worker had in hand", async () => {
    await startApp()
    await send("single", [{ body: { id: "crash", crash: true } }])
    await until(() => expect(ids("single", "end")).toEqual(["crash"]))
    expect(of("single", "end")).toMatchObject([{ deliveryCount: 2 }])
    await until(() => expect(left("single")).toBe(0))
  })

  it("settle a batch as a whole", async () => {
    await startApp()
    const sender = client.createSender("batch")
    await sender.sendMessages(numbers(7).map((id) => ({ body: { id }, messageId: `m-${id}` })))
    await until(() => expect(of("batch").flatMap(({ messages }) => messages)).toHaveLength(7))
    const sizes = of("batch").map(({ messages }) => (messages as unknown[]).length)
    expect(sizes).toEqual([5, 2])
    expect(of("batch")[1]?.triggerMetadata).toMatchObject({
      messageIdArray: ["m-5", "m-6"],
      deliveryCountArray: [1, 1],
      sequenceNumberArray: [6, 7],
      applicationPropertiesArray: [{}, {}],
    })
    await until(() => expect(left("batch")).toBe(0))

    records = []
    await sender.sendMessages([{ body: { id: 1 } }, { body: { id: 2, failUntil: 9 } }])
    await until(() => expect(dead("batch")).toBe(2))
    expect(of("batch").map(({ messages }) => messages)).toEqual([
      [{ id: 1 }, { id: 2, failUntil: 9 }],
      [{ id: 1 }, { id: 2, failUntil: 9 }],
    ])
  })

  it("listen to a subscription", async () => {
    await startApp()
    await send("events", [{ body: { kind: "event" } }])
    await until(() => expect(of("topic")).toMatchObject([{ message: { kind: "event" } }]))
  })

  it("keep the order within each session, redelivery included, and go on to the next", async () => {
    await startApp()
    const sessions = ["a", "b", "c", "d"]
    for (const sessionId of sessions) {
      await send(
        "ordered",
        numbers(5).map((n) => ({
          body: { id: `${sessionId}${n}`, failUntil: n === 2 ? 1 : 0, sleepMs: 10 },
          sessionId,
        })),
      )
    }
    await until(() => expect(ids("ordered", "end")).toHaveLength(20))
    for (const sessionId of sessions) {
      expect(ids("ordered", "end").filter((id) => (id as string).startsWith(sessionId))).toEqual(
        numbers(5).map((n) => `${sessionId}${n}`),
      )
    }
    expect(Math.max(...of("ordered", "start").map(({ running }) => running as number))).toBe(2)
    await until(() => expect(left("ordered")).toBe(0))
  })

  it("keep a session locked while a handler is slower than the lock", async () => {
    await startApp()
    await send("ordered", [
      { body: { id: "slow", sleepMs: 5000 }, sessionId: "s" },
      { body: { id: "next" }, sessionId: "s" },
    ])
    await until(() => expect(ids("ordered", "end")).toEqual(["slow", "next"]))
    expect(ids("ordered", "start")).toEqual(["slow", "next"])
  })

  it("leave a message to its lock when it is not to be completed", async () => {
    await startApp()
    await send("manual", [{ body: { id: "m" } }])
    await until(() => expect(of("manual", "end")).toMatchObject([{ deliveryCount: 1 }, { deliveryCount: 2 }]))
    expect(left("manual")).toBe(1)
  })
})

describe("Service Bus outputs", () => {
  async function relay(returned: unknown, extra?: unknown): Promise<void> {
    await startApp()
    await send("relay", [{ body: { returned, extra } }])
    await until(() => expect(log.join("\n")).toMatch(/Executed 'Functions.relay'/))
  }
  async function received() {
    const receiver = client.createReceiver("relayed", { skipParsingBodyAsJson: true })
    const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 500 })
    await receiver.close()
    return messages.map(({ body, contentType }) => [body.toString("latin1"), contentType])
  }

  it("send the returned value", async () => {
    await relay("hello")
    expect(await received()).toEqual([["hello", "text/plain"]])
  })

  it("send one message per element of an array", async () => {
    await relay(["a", { b: 1 }, 5])
    expect(await received()).toEqual([
      ["a", "text/plain"],
      ['{\n  "b": 1\n}', "text/plain"],
      ["5", "text/plain"],
    ])
  })

  it("send bytes, with a warning", async () => {
    await relay("BUFFER")
    expect(await received()).toEqual([["\x01\x02\xff", "application/octet-stream"]])
    expect(log.join("\n")).toContain("System.Byte[]")
  })

  it("send extra outputs to a topic, and nothing for null", async () => {
    await relay(null, { kind: "extra" })
    await until(() => expect(of("topic")).toMatchObject([{ message: { kind: "extra" } }]))
    expect(await received()).toEqual([])
  })
})

describe("a restart", () => {
  it("of the host loses nothing and runs nothing twice", async () => {
    await startApp()
    await send(
      "single",
      numbers(30).map((id) => ({ body: { id, sleepMs: 100 } })),
    )
    await until(() => expect(ids("single", "end").length).toBeGreaterThanOrEqual(4))
    await host?.stop()
    const before = ids("single", "end")
    expect(ascending(ids("single", "start"))).toEqual(ascending(before))
    await startApp()
    await until(() => expect(ids("single", "end")).toHaveLength(30))
    expect(ascending(ids("single", "end"))).toEqual(numbers(30))
    expect(ids("single", "start")).toHaveLength(30)
    // What was prefetched and not started was given back untouched.
    expect(of("single", "end").map(({ deliveryCount }) => deliveryCount)).toEqual(Array(30).fill(1))
    expect(dead("single")).toBe(0)
  })

  it("of the app's code (reload) goes on consuming", async () => {
    await startApp()
    await send("single", [{ body: { id: 1 } }])
    await until(() => expect(ids("single", "end")).toEqual([1]))
    await host?.reload()
    await send("single", [{ body: { id: 2 } }])
    await until(() => expect(ids("single", "end")).toEqual([1, 2]))
  })

  it("of the broker heals by itself", async () => {
    await startApp()
    await send("single", [{ body: { id: 1 } }])
    await until(() => expect([ids("single", "end"), left("single")]).toEqual([[1], 0]))
    const { port } = emulator
    await emulator.stop()
    await delay(1500)
    emulator = await start(port)
    await send("single", [{ body: { id: 2 } }])
    await send("ordered", [{ body: { id: 3 }, sessionId: "s" }])
    await until(() => expect(ids("single", "end")).toEqual([1, 2]))
    await until(() => expect(ids("ordered", "end")).toEqual([3]))
  })

  it("of the broker that never comes does not keep the host from stopping", async () => {
    await startApp()
    await send("single", [{ body: { id: 1 } }])
    await until(() => expect([ids("single", "end"), left("single")]).toEqual([[1], 0]))
    const { port } = emulator
    await emulator.stop()
    await until(() =>
      expect(log.join("\n")).toContain("Message processing error (Action=Receive, EntityPath=single)"),
    )
    const stopped = host?.stop().then(() => "stopped")
    expect(await Promise.race([stopped, delay(10_000)])).toBe("stopped")
    emulator = await start(port)
  })
})
