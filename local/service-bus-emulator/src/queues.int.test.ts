import type { ServiceBusReceivedMessage } from "@azure/service-bus"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { drain, receiveOne, sleep, startNamespace, type TestNamespace } from "./test-namespace.ts"

type Long = NonNullable<ServiceBusReceivedMessage["sequenceNumber"]>

let namespace: TestNamespace
const queue = (name: string, properties: object = {}) => ({ Name: name, Properties: properties })

beforeAll(async () => {
  namespace = await startNamespace({
    Queues: [
      queue("plain"),
      queue("settle"),
      queue("short-lock", { LockDuration: "PT1S" }),
      queue("two-tries", { MaxDeliveryCount: 2 }),
      queue("expiring", { DeadLetteringOnMessageExpiration: true }),
      queue("dropping", { DefaultMessageTimeToLive: "PT0.3S" }),
      queue("deferring"),
      queue("scheduling"),
      queue("browsing"),
      queue("unique", { RequiresDuplicateDetection: true, DuplicateDetectionHistoryTimeWindow: "PT1S" }),
      queue("destructive"),
      queue("fair"),
      queue("credit"),
      queue("large"),
      queue("target"),
      queue("forwarding", { ForwardTo: "Target" }),
      queue("forwarding-dead", { ForwardDeadLetteredMessagesTo: "target" }),
      queue("loop-a", { ForwardTo: "loop-b" }),
      queue("loop-b", { ForwardTo: "loop-a" }),
    ],
  })
})
afterAll(() => namespace[Symbol.asyncDispose]())

const counts = (name: string) => namespace.emulator.state()[name]
const send = (name: string, message: object | object[]) =>
  namespace.client.createSender(name).sendMessages(message as never)
/** Without the SDK's own lock renewal, so that locks end when the queue says so. */
const receiver = (name: string) =>
  namespace.client.createReceiver(name, { maxAutoLockRenewalDurationInMs: 0 })
const deadLetters = (name: string) => namespace.client.createReceiver(name, { subQueueType: "deadLetter" })

describe("sending and receiving", () => {
  test("carries every property and AMQP type of a message", async () => {
    const sent = {
      body: { nested: [1, "two", null] },
      messageId: "m-1",
      correlationId: "c-1",
      contentType: "application/json",
      subject: "label",
      to: "to",
      replyTo: "reply",
      replyToSessionId: "rs",
      partitionKey: "pk",
      timeToLive: 60_000,
      applicationProperties: {
        text: "t",
        whole: 7,
        fraction: 1.5,
        flag: true,
        none: null,
        when: new Date(0),
      },
    }
    await send("plain", sent)
    const received = await receiveOne(receiver("PLAIN"))
    const { applicationProperties, ...rest } = sent
    expect(received).toMatchObject({ ...rest, deliveryCount: 0, state: "active" })
    expect(received.applicationProperties).toEqual({ ...applicationProperties, when: 0 })
    expect(received.sequenceNumber?.toNumber()).toBe(1)
    expect(received.expiresAtUtc?.getTime()).toBe((received.enqueuedTimeUtc?.getTime() ?? 0) + 60_000)
    expect(received.lockedUntilUtc?.getTime()).toBeGreaterThan(Date.now())
    await receiver("plain").completeMessage(received)
    expect(counts("plain")).toEqual({ active: 0, deadLetter: 0, scheduled: 0, deferred: 0 })
  })

  test("keeps the order of a batch and of messages with binary, value and sequence bodies", async () => {
    const batch = await namespace.client.createSender("plain").createMessageBatch()
    for (const body of ["a", "b", "c"]) expect(batch.tryAddMessage({ body })).toBe(true)
    await send("plain", batch)
    await send("plain", { body: Buffer.from([1, 2, 3]) })
    await send("plain", { body: "v", bodyType: "value" })
    await send("plain", { body: ["s", 1], bodyType: "sequence" })
    const bodies = await drain(receiver("plain"))
    expect(bodies).toEqual(["a", "b", "c", Buffer.from([1, 2, 3]), "v", ["s", 1]])
  })

  test("assigns a message id when the sender gives none", async () => {
    await send("plain", { body: 1 })
    const message = await receiveOne(receiver("plain"))
    expect(message.messageId).toMatch(/^[0-9a-f]{32}$/)
    await receiver("plain").completeMessage(message)
  })

  test("takes a message of the size limit and refuses a larger one", async () => {
    await send("large", { body: Buffer.alloc(260_000, 1) })
    const refused = send("large", { body: Buffer.alloc(262_145) })
    await expect(refused).rejects.toMatchObject({ code: "MessageSizeExceeded" })
    const [body] = await drain(receiver("large"))
    expect(body).toHaveLength(260_000)
    expect(counts("large")?.active).toBe(0)
  })

  test("receives and deletes in one step, without a lock", async () => {
    await send("destructive", [{ body: 1 }, { body: 2 }, { body: 3 }])
    const destructive = namespace.client.createReceiver("destructive", { receiveMode: "receiveAndDelete" })
    const messages = await destructive.receiveMessages(2, { maxWaitTimeInMs: 1000 })
    expect(messages.map(({ body, lockToken }) => [body, lockToken])).toEqual([
      [1, undefined],
      [2, undefined],
    ])
    expect(counts("destructive")?.active).toBe(1)
  })

  test("returns what there is when the waiting time is over, and gives unused credit back", async () => {
    const waiting = receiver("credit")
    await send("credit", { body: 1 })
    const first = await waiting.receiveMessages(10, { maxWaitTimeInMs: 500 })
    expect(first.map(({ body }) => body)).toEqual([1])
    await send("credit", [{ body: 2 }, { body: 3 }])
    const other = await receiver("credit").receiveMessages(10, { maxWaitTimeInMs: 300 })
    expect(other.map(({ body }) => body)).toEqual([2, 3])
  })

  test("shares messages among competing receivers, each exactly once", async () => {
    const bodies = Array.from({ length: 200 }, (_, index) => index)
    const seen: number[][] = [[], []]
    const done = new Promise<void>((resolve) => {
      for (const mine of seen) {
        namespace.client.createReceiver("fair").subscribe(
          {
            processMessage: async ({ body }) => {
              mine.push(body)
              if (seen.flat().length === bodies.length) resolve()
            },
            processError: async () => {},
          },
          { maxConcurrentCalls: 5 },
        )
      }
    })
    await send(
      "fair",
      bodies.map((body) => ({ body })),
    )
    await done
    expect(seen.flat().sort((a, b) => a - b)).toEqual(bodies)
    expect(seen.every((mine) => mine.length > 0)).toBe(true)
  })
})

describe("settling", () => {
  test("abandons with changed properties; the message keeps its place", async () => {
    await send("settle", [
      { body: "first", applicationProperties: { kept: 1, changed: "old" } },
      { body: "second" },
    ])
    const first = await receiveOne(receiver("settle"))
    await receiver("settle").abandonMessage(first, { changed: "new", added: true })
    const again = await receiveOne(receiver("settle"))
    expect(again).toMatchObject({ body: "first", deliveryCount: 1, sequenceNumber: first.sequenceNumber })
    expect(again.applicationProperties).toEqual({ kept: 1, changed: "new", added: true })
    await receiver("settle").completeMessage(again)
    expect(await drain(receiver("settle"))).toEqual(["second"])
  })

  test("dead-letters with reason, description and properties", async () => {
    await send("settle", { body: "poison", messageId: "p" })
    const message = await receiveOne(receiver("settle"))
    await receiver("settle").deadLetterMessage(message, {
      deadLetterReason: "bad",
      deadLetterErrorDescription: "very bad",
      attempt: 3,
    })
    expect(counts("settle")).toEqual({ active: 0, deadLetter: 1, scheduled: 0, deferred: 0 })
    const dead = await receiveOne(deadLetters("settle"))
    expect(dead).toMatchObject({ body: "poison", messageId: "p" })
    expect(dead).toMatchObject({ deadLetterReason: "bad", deadLetterErrorDescription: "very bad" })
    expect(dead.applicationProperties?.attempt).toBe(3)
    await deadLetters("settle").completeMessage(dead)
    expect(counts("settle")?.deadLetter).toBe(0)
  })

  test("dead-letters after the last of the allowed deliveries", async () => {
    await send("two-tries", { body: 1 })
    for (const deliveryCount of [0, 1]) {
      const message = await receiveOne(receiver("two-tries"))
      expect(message.deliveryCount).toBe(deliveryCount)
      await receiver("two-tries").abandonMessage(message)
    }
    const dead = await receiveOne(deadLetters("two-tries"))
    expect(dead).toMatchObject({ body: 1, deadLetterReason: "MaxDeliveryCountExceeded", deliveryCount: 2 })
    expect(counts("two-tries")?.active).toBe(0)
  })

  test("loses an expired lock: the message is delivered again and the old lock cannot settle it", async () => {
    await send("short-lock", { body: 1 })
    const slow = receiver("short-lock")
    const first = await receiveOne(slow)
    const second = await receiveOne(receiver("short-lock"))
    expect(second.deliveryCount).toBe(1)
    await expect(slow.completeMessage(first)).rejects.toMatchObject({ code: "MessageLockLost" })
    await receiver("short-lock").completeMessage(second)
    expect(counts("short-lock")?.active).toBe(0)
  })

  test("keeps a renewed lock, and settles through the management node after the link is closed", async () => {
    await send("short-lock", { body: 2 })
    const link = receiver("short-lock")
    const message = await receiveOne(link)
    await sleep(600)
    const until = await link.renewMessageLock(message)
    expect(until.getTime()).toBeGreaterThan(Date.now() + 800)
    await sleep(600)
    await link.close()
    await receiver("short-lock").completeMessage(message)
    expect(counts("short-lock")?.active).toBe(0)
  })

  test("defers, receives by sequence number and settles deferred messages", async () => {
    await send("deferring", [{ body: "a" }, { body: "b" }, { body: "c" }])
    const link = receiver("deferring")
    const messages = await link.receiveMessages(3, { maxWaitTimeInMs: 1000 })
    for (const message of messages) await link.deferMessage(message, { deferred: true })
    expect(counts("deferring")).toEqual({ active: 0, deadLetter: 0, scheduled: 0, deferred: 3 })
    expect(await drain(link)).toEqual([])
    const numbers = messages.map(({ sequenceNumber }) => sequenceNumber as Long)
    const [a, b, c] = await link.receiveDeferredMessages(numbers)
    expect([a, b, c].map((message) => [message?.body, message?.state])).toEqual([
      ["a", "deferred"],
      ["b", "deferred"],
      ["c", "deferred"],
    ])
    expect(a?.applicationProperties).toEqual({ deferred: true })
    await expect(link.receiveDeferredMessages(numbers)).rejects.toMatchObject({ code: "MessageNotFound" })
    await link.completeMessage(a as never)
    await link.abandonMessage(b as never)
    await link.deadLetterMessage(c as never, { deadLetterReason: "done" } as never)
    expect(counts("deferring")).toEqual({ active: 0, deadLetter: 1, scheduled: 0, deferred: 1 })
    const unknown = link.receiveDeferredMessages([(numbers[0] as Long).add(900)])
    await expect(unknown).rejects.toMatchObject({ code: "MessageNotFound" })
  })
})

describe("time to live", () => {
  test("dead-letters an expired message when the queue says so", async () => {
    await send("expiring", { body: 1, timeToLive: 100 })
    const dead = await receiveOne(deadLetters("expiring"))
    expect(dead).toMatchObject({ body: 1, deadLetterReason: "TTLExpiredException" })
    expect(counts("expiring")?.active).toBe(0)
  })

  test("drops an expired message otherwise; the queue's own limit rules a longer one", async () => {
    await send("dropping", { body: 1, timeToLive: 60_000 })
    expect(counts("dropping")?.active).toBe(1)
    await sleep(400)
    expect(counts("dropping")).toEqual({ active: 0, deadLetter: 0, scheduled: 0, deferred: 0 })
    expect(await receiver("dropping").peekMessages(1)).toEqual([])
  })
})

describe("scheduled messages", () => {
  test("are refused where a send is refused, one too large or all together", async () => {
    const sender = namespace.client.createSender("large")
    const at = new Date(Date.now() + 60_000)
    const message = (size: number) => ({ body: Buffer.alloc(size) })
    const refused = { code: "MessageSizeExceeded" }
    await expect(sender.scheduleMessages(message(300_000), at)).rejects.toMatchObject(refused)
    const two = [message(150_000), message(150_000)]
    await expect(sender.scheduleMessages(two, at)).rejects.toMatchObject(refused)
    expect(counts("large")?.scheduled).toBe(0)
    const [taken] = await sender.scheduleMessages(message(250_000), at)
    expect(counts("large")?.scheduled).toBe(1)
    await sender.cancelScheduledMessages(taken as Long)
  })

  test("become available at their time, with a new sequence number", async () => {
    const sender = namespace.client.createSender("scheduling")
    const due = new Date(Date.now() + 1500)
    const [number] = await sender.scheduleMessages([{ body: "later" }], due)
    await sender.sendMessages({ body: "annotated", scheduledEnqueueTimeUtc: due })
    expect(counts("scheduling")).toEqual({ active: 0, deadLetter: 0, scheduled: 2, deferred: 0 })
    const [peeked] = await receiver("scheduling").peekMessages(1)
    expect(peeked).toMatchObject({ body: "later", state: "scheduled", sequenceNumber: number })
    const message = await receiveOne(receiver("scheduling"))
    expect(Date.now()).toBeGreaterThanOrEqual(due.getTime())
    expect(message.enqueuedTimeUtc?.getTime()).toBeGreaterThanOrEqual(due.getTime())
    expect(message.sequenceNumber?.greaterThan(number as Long)).toBe(true)
    expect(message.body).toBe("later")
    await receiver("scheduling").completeMessage(message)
    expect(await drain(receiver("scheduling"))).toEqual(["annotated"])
  })

  test("can be cancelled once", async () => {
    const sender = namespace.client.createSender("scheduling")
    const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], new Date(Date.now() + 60_000))
    await sender.cancelScheduledMessages(numbers)
    expect(counts("scheduling")?.scheduled).toBe(0)
    await expect(sender.cancelScheduledMessages(numbers)).rejects.toMatchObject({ code: "MessageNotFound" })
  })
})

test("peeks without locking, from a sequence number on and in the dead-letter queue", async () => {
  await send("browsing", [{ body: "a" }, { body: "b" }, { body: "c" }])
  const link = receiver("browsing")
  const locked = await receiveOne(link)
  const first = locked.sequenceNumber as Long
  const peeked = await link.peekMessages(10, { fromSequenceNumber: first.add(1) })
  expect(peeked.map(({ body, lockToken }) => [body, lockToken])).toEqual([
    ["b", undefined],
    ["c", undefined],
  ])
  expect((await link.peekMessages(1, { fromSequenceNumber: first }))[0]?.body).toBe("a")
  expect((await link.peekMessages(2, { omitMessageBody: true } as object))[0]?.body).toEqual(Buffer.alloc(0))
  await link.deadLetterMessage(locked)
  expect((await deadLetters("browsing").peekMessages(5)).map(({ body }) => body)).toEqual(["a"])
})

test("drops a message id seen within the window, and takes it again afterwards", async () => {
  await send("unique", { body: 1, messageId: "same" })
  await send("unique", [
    { body: 2, messageId: "same" },
    { body: 3, messageId: "other" },
  ])
  await send("unique", {
    body: 4,
    messageId: "other",
    scheduledEnqueueTimeUtc: new Date(Date.now() + 60_000),
  })
  expect(counts("unique")).toEqual({ active: 2, deadLetter: 0, scheduled: 0, deferred: 0 })
  await sleep(1100)
  await send("unique", { body: 5, messageId: "same" })
  expect(await drain(receiver("unique"))).toEqual([1, 3, 5])
})

describe("forwarding", () => {
  test("moves messages to another queue, which alone can be received from", async () => {
    await send("forwarding", { body: 1 })
    await expect(receiveOne(receiver("forwarding"))).rejects.toMatchObject({
      message: /forwards its messages/,
    })
    const message = await receiveOne(receiver("target"))
    expect(message).toMatchObject({ body: 1, enqueuedSequenceNumber: 1 })
    await receiver("target").completeMessage(message)
  })

  test("moves dead-lettered messages, naming their source", async () => {
    await send("forwarding-dead", { body: 2 })
    await receiver("forwarding-dead").deadLetterMessage(await receiveOne(receiver("forwarding-dead")))
    const message = await receiveOne(receiver("target"))
    expect(message).toMatchObject({ body: 2, deadLetterSource: "forwarding-dead" })
    expect(counts("forwarding-dead")?.deadLetter).toBe(0)
    await receiver("target").completeMessage(message)
  })

  test("ends a loop after four hops in the dead-letter queue", async () => {
    await send("loop-a", { body: 3 })
    const dead = await receiveOne(deadLetters("loop-a"))
    expect(dead.deadLetterReason).toBe("MaxTransferHopCountExceeded")
  })
})
