import type { CorrelationRuleFilter, SqlRuleFilter } from "@azure/service-bus"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { drain, receiveOne, startNamespace, type TestNamespace } from "./test-namespace.ts"

let namespace: TestNamespace
const rule = (name: string, expression: string, action?: string) => ({
  Name: name,
  Properties: {
    FilterType: "Sql",
    SqlFilter: { SqlExpression: expression },
    ...(action === undefined ? {} : { Action: { SqlExpression: action } }),
  },
})
const correlation = (name: string, filter: object) => ({
  Name: name,
  Properties: { FilterType: "Correlation", CorrelationFilter: filter },
})

beforeAll(async () => {
  namespace = await startNamespace({
    Queues: [{ Name: "audit" }],
    Topics: [
      {
        Name: "events",
        Subscriptions: [
          { Name: "all" },
          { Name: "sql", Rules: [rule("r", "sys.Label LIKE 'order-%' AND amount >= 10")] },
          { Name: "exact", Rules: [correlation("r", { Label: "order-paid", Properties: { region: "eu" } })] },
          { Name: "forwarded", Properties: { ForwardTo: "audit" }, Rules: [rule("r", "amount IS NULL")] },
        ],
      },
      { Name: "managed", Subscriptions: [{ Name: "s" }] },
      {
        Name: "acting",
        Subscriptions: [
          {
            Name: "s",
            Rules: [
              rule("plain", "1=1"),
              rule("also", "kind = 'x'"),
              rule(
                "act",
                "kind = 'x'",
                "SET kind = 'y'; SET total = amount * 2; REMOVE secret; SET sys.Label = 'acted'",
              ),
            ],
          },
          { Name: "failing", Rules: [rule("division", "amount / zero > 1")] },
        ],
      },
      { Name: "session", Subscriptions: [{ Name: "s", Properties: { RequiresSession: true } }] },
      {
        Name: "unique",
        Properties: { RequiresDuplicateDetection: true, DefaultMessageTimeToLive: "PT1H" },
        Subscriptions: [{ Name: "s" }],
      },
    ],
  })
})
afterAll(() => namespace[Symbol.asyncDispose]())

const send = (topic: string, messages: object | object[]) =>
  namespace.client.createSender(topic).sendMessages(messages as never)
const received = (topic: string, subscription: string) =>
  drain(namespace.client.createReceiver(topic, subscription))
const counts = (name: string) => namespace.emulator.state()[name]

test("fans a message out to the subscriptions whose rules match", async () => {
  await send("EVENTS", [
    { body: 1, subject: "order-paid", applicationProperties: { amount: 10, region: "eu" } },
    { body: 2, subject: "order-paid", applicationProperties: { amount: 9, region: "us" } },
    { body: 3, subject: "stock", applicationProperties: { amount: 99 } },
    { body: 4, subject: "order-new" },
  ])
  expect(await received("events", "all")).toEqual([1, 2, 3, 4])
  expect(await received("events", "sql")).toEqual([1])
  expect(await received("events", "exact")).toEqual([1])
  expect(await drain(namespace.client.createReceiver("audit"))).toEqual([4])
})

test("schedules and cancels messages on a topic", async () => {
  const sender = namespace.client.createSender("unique")
  const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], new Date(Date.now() + 60_000))
  await sender.cancelScheduledMessages(numbers[1] as never)
  expect(counts("unique")?.scheduled).toBe(1)
  await sender.scheduleMessages({ body: 3, messageId: "m" }, new Date(Date.now() + 300))
  await sender.sendMessages({ body: 4, messageId: "m" })
  const message = await receiveOne(namespace.client.createReceiver("unique", "s"))
  expect(message).toMatchObject({ body: 3, timeToLive: 3_600_000 })
  expect(counts("unique/Subscriptions/s")).toEqual({ active: 1, deadLetter: 0, scheduled: 0, deferred: 0 })
})

test("applies rule actions to copies of their own; rules without action share one copy", async () => {
  const applicationProperties = { kind: "x", amount: 21, secret: "s", untouched: 1.5 }
  await send("acting", { body: "b", subject: "sent", applicationProperties })
  const receiver = namespace.client.createReceiver("acting", "s")
  const messages = await receiver.receiveMessages(3, { maxWaitTimeInMs: 500 })
  expect(messages.map((message) => [message.subject, message.applicationProperties, message.body])).toEqual([
    ["acted", { kind: "y", amount: 21, total: 42, untouched: 1.5 }, "b"],
    ["sent", applicationProperties, "b"],
  ])
  expect(await received("acting", "failing")).toEqual([])
})

test("dead-letters a message on which a filter fails", async () => {
  await send("acting", { body: 1, applicationProperties: { amount: 1, zero: 0 } })
  const dead = namespace.client.createReceiver("acting", "failing", { subQueueType: "deadLetter" })
  const message = await receiveOne(dead)
  expect(message.deadLetterReason).toBe("FilterEvaluationException")
  expect(message.deadLetterErrorDescription).toBe("Rule 'division': Division by zero.")
})

test("dead-letters a message without session id on a subscription that needs one", async () => {
  await send("session", [{ body: 1 }, { body: 2, sessionId: "s" }])
  const dead = namespace.client.createReceiver("session", "s", { subQueueType: "deadLetter" })
  expect(await receiveOne(dead)).toMatchObject({ body: 1, deadLetterReason: "Session id is null." })
  const session = await namespace.client.acceptNextSession("session", "s")
  expect((await receiveOne(session)).body).toBe(2)
})

test("refuses receivers on a topic and senders to a subscription", async () => {
  await expect(receiveOne(namespace.client.createReceiver("events"))).rejects.toThrow(/is a topic/)
  await expect(send("events/Subscriptions/all", { body: 1 })).rejects.toThrow(/cannot be sent/)
  expect(counts("events/Subscriptions/all")?.active).toBe(0)
})

describe("rules at run time", () => {
  const rules = async () => {
    const found: unknown[] = []
    for await (const { name, filter } of namespace.client.createRuleManager("managed", "s").listRules()) {
      found.push([name, filter])
    }
    return found
  }

  test("are listed, added, removed and obeyed", async () => {
    const manager = namespace.client.createRuleManager("managed", "s")
    expect(await rules()).toEqual([["$Default", { sqlExpression: "1=1" }]])
    await manager.deleteRule("$Default")
    const sql: SqlRuleFilter = { sqlExpression: "color = 'red'" }
    const correlated: CorrelationRuleFilter = { subject: "s", applicationProperties: { size: 2 } }
    await manager.createRule("red", sql, { sqlExpression: "SET seen = TRUE" })
    await manager.createRule("sized", correlated)
    expect(await rules()).toMatchObject([
      ["red", sql],
      ["sized", correlated],
    ])
    await send("managed", [
      { body: 1, applicationProperties: { color: "red" } },
      { body: 2, applicationProperties: { color: "blue" } },
      { body: 3, subject: "s", applicationProperties: { size: 2 } },
    ])
    expect(await received("managed", "s")).toEqual([1, 3])
  })

  test("are refused when wrong, taken or unknown", async () => {
    const manager = namespace.client.createRuleManager("managed", "s")
    const before = await rules()
    await expect(manager.createRule("bad", { sqlExpression: "a = = 1" })).rejects.toThrow(
      /Rule 'bad', SQL filter: .*position 5/,
    )
    await expect(manager.createRule("RED", { sqlExpression: "1=1" })).rejects.toMatchObject({
      code: "MessagingEntityAlreadyExists",
    })
    await expect(manager.deleteRule("nobody")).rejects.toMatchObject({ code: "MessagingEntityNotFound" })
    expect(await rules()).toEqual(before)
  })
})

test("with a repetition every message comes so often, out of order, and a message that is sent twice counts once", async () => {
  const topic = {
    Name: "events",
    Properties: { RequiresDuplicateDetection: true },
    Subscriptions: [{ Name: "all" }],
  }
  await using repeating = await startNamespace(
    { Topics: [topic] },
    {
      repetition: { times: 3, seed: "any", leastMs: 0, spreadMs: 2_000 },
    },
  )
  const sender = repeating.client.createSender("events")
  const sent = Array.from({ length: 20 }, (_, index) => ({ messageId: `m${index}`, body: index }))
  await sender.sendMessages(sent)
  await sender.sendMessages(sent)
  const receiver = repeating.client.createReceiver("events", "all")
  const bodies: unknown[] = []
  while (bodies.length < 60) {
    const messages = await receiver.receiveMessages(60, { maxWaitTimeInMs: 5_000 })
    for (const message of messages) {
      bodies.push(message.body)
      await receiver.completeMessage(message)
    }
  }
  const thrice = sent.flatMap(({ body }) => [body, body, body])
  expect(bodies).not.toEqual(thrice)
  expect([...bodies].sort((a, b) => Number(a) - Number(b))).toEqual(thrice)
  expect(repeating.emulator.state()["events/Subscriptions/all"]).toMatchObject({ active: 0, scheduled: 0 })
})

test("a repetition begins and ends while the emulator runs", async () => {
  const topic = { Name: "events", Subscriptions: [{ Name: "all" }] }
  await using usual = await startNamespace({ Topics: [topic] })
  const sender = usual.client.createSender("events")
  const receiver = usual.client.createReceiver("events", "all")
  usual.emulator.repeat({ times: 2, seed: "any", leastMs: 0, spreadMs: 0 })
  await sender.sendMessages({ body: "twice" })
  usual.emulator.repeat(undefined)
  await sender.sendMessages({ body: "once" })
  const bodies: unknown[] = []
  while (bodies.length < 3) {
    const messages = await receiver.receiveMessages(3, { maxWaitTimeInMs: 500 })
    bodies.push(...messages.map(({ body }) => body))
  }
  expect(bodies.sort()).toEqual(["once", "twice", "twice"])
})
