import { afterAll, beforeAll, expect, test } from "vitest"
import { drain, receiveOne, sleep, startNamespace, type TestNamespace } from "./test-namespace.ts"

let namespace: TestNamespace
const queue = (name: string, properties: object = {}) => ({
  Name: name,
  Properties: { RequiresSession: true, ...properties },
})
/** Without the SDK's own lock renewal, so that locks end when the queue says so. */
const options = { maxAutoLockRenewalDurationInMs: 0 }

beforeAll(async () => {
  namespace = await startNamespace({
    Queues: [
      queue("ordered"),
      queue("next"),
      queue("late"),
      queue("state"),
      queue("short", { LockDuration: "PT1S" }),
      queue("returned"),
      queue("listed"),
      queue("deferring"),
      queue("rules"),
      { Name: "plain" },
    ],
  })
})
afterAll(() => namespace[Symbol.asyncDispose]())

const send = (name: string, messages: object[]) =>
  namespace.client.createSender(name).sendMessages(messages as never)
const accept = (name: string, session: string) => namespace.client.acceptSession(name, session, options)
const acceptNext = (name: string) => namespace.client.acceptNextSession(name, options)

test("delivers a session's messages in order and no other's", async () => {
  const messages = [1, 2, 3, 4].map((body) => ({ body, sessionId: body % 2 === 0 ? "even" : "odd" }))
  await send("ordered", messages)
  const odd = await accept("ordered", "odd")
  const even = await accept("ordered", "even")
  expect(await drain(even)).toEqual([2, 4])
  expect(await drain(odd)).toEqual([1, 3])
  expect(namespace.emulator.state().ordered?.active).toBe(0)
})

test("accepts the session that waits longest; a locked one is refused until it is given back", async () => {
  await send("next", [
    { body: 1, sessionId: "b" },
    { body: 2, sessionId: "a" },
  ])
  const first = await acceptNext("next")
  const second = await acceptNext("next")
  expect([first.sessionId, second.sessionId]).toEqual(["b", "a"])
  await expect(accept("next", "b")).rejects.toMatchObject({ code: "SessionCannotBeLocked" })
  await first.close()
  const again = await accept("next", "b")
  expect((await receiveOne(again)).body).toBe(1)
  expect(again.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now())
})

test("waits for a session, and gives up with a timeout", async () => {
  const waiting = acceptNext("late")
  await sleep(300)
  await send("late", [{ body: 1, sessionId: "s" }])
  const receiver = await waiting
  expect(receiver.sessionId).toBe("s")
  await expect(acceptNext("late")).rejects.toMatchObject({ code: "ServiceTimeout" })
}, 15_000)

test("keeps a session's state, also for the next receiver", async () => {
  const receiver = await accept("state", "s")
  expect(await receiver.getSessionState()).toBeNull()
  await receiver.setSessionState({ step: 2 })
  expect(await receiver.getSessionState()).toEqual({ step: 2 })
  await receiver.close()
  const next = await accept("state", "s")
  expect(await next.getSessionState()).toEqual({ step: 2 })
})

test("loses an expired session: its messages count a delivery, its receiver can do nothing more", async () => {
  await send("short", [{ body: 1, sessionId: "s" }])
  const slow = await accept("short", "s")
  const message = await receiveOne(slow)
  await sleep(1300)
  await expect(slow.completeMessage(message)).rejects.toMatchObject({ code: "SessionLockLost" })
  await expect(slow.renewSessionLock()).rejects.toMatchObject({ code: "SessionLockLost" })
  await expect(slow.setSessionState("x")).rejects.toMatchObject({ code: "SessionLockLost" })
  const next = await accept("short", "s")
  expect((await receiveOne(next)).deliveryCount).toBe(1)
})

test("keeps a renewed session", async () => {
  await send("short", [{ body: 2, sessionId: "renewed" }])
  const receiver = await accept("short", "renewed")
  const message = await receiveOne(receiver)
  for (let i = 0; i < 3; i++) {
    await sleep(500)
    const until = await receiver.renewSessionLock()
    expect(until.getTime()).toBeGreaterThan(Date.now() + 800)
  }
  await receiver.completeMessage(message)
  await receiver.close()
})

test("gives unsettled messages back when the receiver closes, without counting a delivery", async () => {
  await send("returned", [
    { body: 1, sessionId: "s" },
    { body: 2, sessionId: "s" },
  ])
  const first = await accept("returned", "s")
  await receiveOne(first)
  await first.close()
  const second = await accept("returned", "s")
  const messages = await second.receiveMessages(2, { maxWaitTimeInMs: 1000 })
  expect(messages.map(({ body, deliveryCount }) => [body, deliveryCount])).toEqual([
    [1, 0],
    [2, 0],
  ])
})

test("defers, peeks and dead-letters within a session", async () => {
  await send("deferring", [
    { body: 1, sessionId: "s" },
    { body: 2, sessionId: "s" },
    { body: 3, sessionId: "other" },
  ])
  const receiver = await accept("deferring", "s")
  expect((await receiver.peekMessages(10)).map(({ body }) => body)).toEqual([1, 2])
  const [first, second] = await receiver.receiveMessages(2, { maxWaitTimeInMs: 1000 })
  await receiver.deferMessage(first as never)
  const [deferred] = await receiver.receiveDeferredMessages(first?.sequenceNumber as never)
  expect(deferred?.body).toBe(1)
  await receiver.completeMessage(deferred as never)
  await receiver.deadLetterMessage(second as never, { deadLetterReason: "no" } as never)
  const dead = namespace.client.createReceiver("deferring", { subQueueType: "deadLetter" })
  expect(await receiveOne(dead)).toMatchObject({ body: 2, sessionId: "s", deadLetterReason: "no" })
})

test("refuses receivers and messages that do not fit the entity's use of sessions", async () => {
  const sender = namespace.client.createSender("rules")
  await expect(sender.sendMessages({ body: 1 })).rejects.toThrow(/SessionId was not set/)
  await expect(receiveOne(namespace.client.createReceiver("rules"))).rejects.toThrow(/requires sessions/)
  await expect(acceptNext("plain")).rejects.toThrow(/does not require sessions/)
  expect(namespace.emulator.state().rules?.active).toBe(0)
})
