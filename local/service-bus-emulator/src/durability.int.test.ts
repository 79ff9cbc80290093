import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ServiceBusClient } from "@azure/service-bus"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startServiceBusEmulator } from "./emulator.ts"
import { drain, newClient, receiveOne, sleep } from "./test-namespace.ts"

const config = {
  UserConfig: {
    Namespaces: [
      {
        Name: "test",
        Queues: [
          { Name: "q", Properties: { LockDuration: "PT1M", MaxDeliveryCount: 5 } },
          { Name: "unique", Properties: { RequiresDuplicateDetection: true } },
          { Name: "sessions", Properties: { RequiresSession: true } },
        ],
        Topics: [{ Name: "t", Subscriptions: [{ Name: "a" }, { Name: "b" }] }],
      },
    ],
  },
}

let directory: string
const clients: ServiceBusClient[] = []
const children: ChildProcess[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "service-bus-emulator-"))
})
afterEach(async () => {
  // Not awaited: the SDK waits a minute for answers of an emulator that was killed.
  for (const client of clients.splice(0)) client.close().catch(() => {})
  for (const child of children.splice(0)) child.kill("SIGKILL")
  await rm(directory, { recursive: true })
})

function connect(connectionString: string): ServiceBusClient {
  const client = newClient(connectionString)
  clients.push(client)
  return client
}

/** Starts the command line as a process of its own. Resolves once it listens. */
async function startProcess(): Promise<{ child: ChildProcess; connectionString: string }> {
  const configFile = join(directory, "config.json")
  await writeFile(configFile, JSON.stringify(config))
  const cli = join(import.meta.dirname, "cli.ts")
  const options = [
    "--config",
    configFile,
    "--port",
    "0",
    "--data-dir",
    join(directory, "data"),
    "--exit-with-parent",
  ]
  const child = spawn(process.execPath, [cli, ...options], { stdio: ["pipe", "pipe", "inherit"] })
  children.push(child)
  const connectionString = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The emulator ended with ${code}.`)))
    child.stdout?.once("data", (text) =>
      resolve(
        String(text)
          .replace(/^.*?: /, "")
          .trim(),
      ),
    )
  })
  return { child, connectionString }
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve))
  child.kill("SIGKILL")
  await ended
}

test("loses no accepted message and revives no completed one when it is killed under load", async () => {
  const accepted = new Set<string>()
  const tried = new Set<string>()
  const completed = new Set<string>()
  const completing = new Set<string>()
  for (let round = 0; round < 3; round++) {
    const { child, connectionString } = await startProcess()
    const client = connect(connectionString)
    let running = true
    const sendOn = async (lane: number) => {
      const sender = client.createSender("q")
      for (let i = 0; running; i++) {
        const ids = [0, 1, 2].map((part) => `${round}-${lane}-${i}-${part}`)
        for (const id of ids) tried.add(id)
        try {
          await sender.sendMessages(ids.map((id) => ({ body: id })))
          for (const id of ids) accepted.add(id)
        } catch {
          return
        }
      }
    }
    // Not awaited: a send that the kill cut off fails only when the SDK's timeout is over.
    for (const lane of [0, 1, 2]) void sendOn(lane)
    const receiver = client.createReceiver("q")
    receiver.subscribe(
      {
        processMessage: async (message) => {
          expect(completed.has(message.body), `${message.body} came back`).toBe(false)
          completing.add(message.body)
          await receiver.completeMessage(message)
          completed.add(message.body)
        },
        processError: async () => {},
      },
      { autoCompleteMessages: false, maxConcurrentCalls: 20 },
    )
    await sleep(700)
    await kill(child)
    running = false
  }
  expect(accepted.size).toBeGreaterThan(0)
  expect(completed.size).toBeGreaterThan(0)
  const { connectionString } = await startProcess()
  const left = (await drain(connect(connectionString).createReceiver("q"))) as string[]
  expect(new Set(left).size).toBe(left.length)
  // What is left: every accepted message but those completed. Of operations cut off by the kill either end is right.
  expect([...accepted].filter((id) => !completing.has(id) && !left.includes(id))).toEqual([])
  expect(left.filter((id) => completed.has(id))).toEqual([])
  expect(left.filter((id) => !tried.has(id))).toEqual([])
  // A batch is taken whole or not at all.
  const parts = Map.groupBy(
    [...left, ...completing].filter((id, index, all) => all.indexOf(id) === index),
    (id) => id.slice(0, id.lastIndexOf("-")),
  )
  expect([...parts.values()].filter((ids) => ids.length !== 3)).toEqual([])
})

test("keeps every kind of state over a kill", async () => {
  const first = await startProcess()
  const before = connect(first.connectionString)
  const sender = before.createSender("q")
  await sender.sendMessages([1, 2, 3, 4, 5].map((body) => ({ body, messageId: `m${body}` })))
  const receiver = before.createReceiver("q")
  const [m1, m2, m3, m4] = await receiver.receiveMessages(4, { maxWaitTimeInMs: 1000 })
  await receiver.completeMessage(m1 as never)
  await receiver.deferMessage(m2 as never)
  await receiver.deadLetterMessage(m3 as never, { deadLetterReason: "bad" } as never)
  await receiver.abandonMessage(m4 as never, { tried: 1 })
  const [scheduled] = await sender.scheduleMessages({ body: 6 }, new Date(Date.now() + 3_600_000))
  await before.createSender("unique").sendMessages({ body: 1, messageId: "once" })
  await before.createSender("t").sendMessages({ body: "fan" })
  await before.createSender("sessions").sendMessages({ body: "s", sessionId: "s" })
  const session = await before.acceptSession("sessions", "s")
  await session.setSessionState("halfway")
  const rules = before.createRuleManager("t", "b")
  await rules.createRule("extra", { sqlExpression: "x = 1" })
  await rules.deleteRule("$Default")
  const [locked] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 1000 })
  await kill(first.child)

  const emulator = await startServiceBusEmulator({ config, dataDir: join(directory, "data") })
  try {
    expect(emulator.state()).toMatchObject({
      q: { active: 2, deadLetter: 1, scheduled: 1, deferred: 1 },
      "t/Subscriptions/a": { active: 1 },
      "t/Subscriptions/b": { active: 1 },
    })
    const after = connect(emulator.connectionString)
    const again = after.createReceiver("q")
    const four = await receiveOne(again)
    // The lock is lost with the process, without counting a delivery; the abandoned delivery was counted.
    expect(four).toMatchObject({
      body: 4,
      deliveryCount: 1,
      messageId: "m4",
      sequenceNumber: locked?.sequenceNumber,
    })
    expect(four.applicationProperties).toEqual({ tried: 1 })
    expect((await again.receiveDeferredMessages(m2?.sequenceNumber as never))[0]?.body).toBe(2)
    const dead = await receiveOne(after.createReceiver("q", { subQueueType: "deadLetter" }))
    expect(dead).toMatchObject({ body: 3, deadLetterReason: "bad" })
    await after.createSender("q").cancelScheduledMessages(scheduled as never)
    await after.createSender("unique").sendMessages({ body: 2, messageId: "once" })
    expect(emulator.state().unique?.active).toBe(1)
    expect(await (await after.acceptSession("sessions", "s")).getSessionState()).toBe("halfway")
    await after.createSender("t").sendMessages({ body: "later", applicationProperties: { x: 1 } })
    expect(emulator.state()["t/Subscriptions/b"]?.active).toBe(2)
    const names: string[] = []
    for await (const { name } of after.createRuleManager("t", "b").listRules()) names.push(name)
    expect(names).toEqual(["extra"])
    await after.createSender("q").sendMessages({ body: 7 })
    const [newest] = await after
      .createReceiver("q")
      .peekMessages(1, { fromSequenceNumber: scheduled as never })
    expect(newest?.sequenceNumber?.greaterThan(scheduled as never)).toBe(true)
  } finally {
    await emulator.stop()
  }
})

test("keeps the journal small when messages come and go", async () => {
  const dataDir = join(directory, "data")
  const emulator = await startServiceBusEmulator({ config, dataDir, fsync: false })
  const client = connect(emulator.connectionString)
  const receiver = client.createReceiver("q", { receiveMode: "receiveAndDelete" })
  const sender = client.createSender("q")
  await sender.sendMessages({
    body: "kept",
    messageId: "kept",
    scheduledEnqueueTimeUtc: new Date(Date.now() + 1e7),
  })
  const bulk = Array.from({ length: 10 }, () => ({ body: Buffer.alloc(20_000, 7) }))
  for (let i = 0; i < 120; i++) {
    await sender.sendMessages(bulk)
    await receiver.receiveMessages(10, { maxWaitTimeInMs: 1000 })
  }
  await client.close()
  await emulator.stop()
  const names = (await readdir(dataDir)).filter((name) => name.endsWith(".log"))
  expect(names).toHaveLength(1)
  expect((await stat(join(dataDir, names[0] as string))).size).toBeLessThan(18_000_000)
  const again = await startServiceBusEmulator({ config, dataDir })
  expect(again.state().q).toEqual({ active: 0, deadLetter: 0, scheduled: 1, deferred: 0 })
  await again.stop()
})

test("ends cleanly when its parent does, and at SIGTERM", async () => {
  for (const end of [
    (child: ChildProcess) => child.stdin?.end(),
    (child: ChildProcess) => child.kill("SIGTERM"),
  ]) {
    const { child, connectionString } = await startProcess()
    await connect(connectionString).createSender("q").sendMessages({ body: 1 })
    const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)))
    end(child)
    expect(await ended).toBe(0)
  }
})

test("does not touch the journal of an emulator that already has the port", async () => {
  const dataDir = join(directory, "data")
  const first = await startServiceBusEmulator({ config, dataDir })
  await connect(first.connectionString).createSender("q").sendMessages({ body: 1 })
  const second = startServiceBusEmulator({ config, dataDir, port: first.port })
  await expect(second).rejects.toMatchObject({ code: "EADDRINUSE" })
  await connect(first.connectionString).createSender("q").sendMessages({ body: 2 })
  await first.stop()
  const again = await startServiceBusEmulator({ config, dataDir })
  expect(again.state().q?.active).toBe(2)
  await again.stop()
})
