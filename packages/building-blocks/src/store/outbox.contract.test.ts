import { defineEvent } from "@eshop/domain/contracts/event"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import * as z from "zod"
import { newId } from "../ids.ts"
import { message, type Outbox, type OutboxMessage } from "../messaging/outbox.ts"
import { type Broker, outboxRelay } from "../messaging/relay.ts"
import type { Store } from "./store.ts"
import { type SqlStore, sqlStores } from "./testing/sql-stores.ts"

const ThingChanged = defineEvent({
  type: "eshop.test.thing-changed.v1",
  source: "urn:eshop:test",
  topic: "test-events",
  data: z.object({ id: z.string(), version: z.int() }),
  example: { id: "a", version: 1 },
})
const no = defineRefusal("no", "rule", "No.")
const atOnce = <T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)))

for (const { name, isHere, open } of sqlStores)
  describe.skipIf(!isHere)(`on ${name}`, () => {
    let under: SqlStore
    let store: Store
    beforeAll(async () => {
      under = await open()
      store = under.store
    })
    afterAll(() => under?.close())

    describe("the outbox", () => {
      let outbox: Outbox
      beforeEach(async () => {
        outbox = store.outbox
        await under.empty()
      })

      let versions = 0
      const newMessage = (): OutboxMessage => {
        const data = { id: newId(), version: ++versions }
        return message(ThingChanged, data.id, data, { now: new Date(), newId })
      }
      async function add(count: number): Promise<OutboxMessage[]> {
        const messages = Array.from({ length: count }, newMessage)
        await store.unitOfWork.transaction((tx) => outbox.add(tx, messages))
        return messages
      }
      const idsOf = (messages: readonly OutboxMessage[]) => messages.map(({ event }) => event.id)

      test("gives messages out in the order in which they were added, as they were added", async () => {
        const messages = await add(5)
        expect(await outbox.claim(3, 30)).toMatchObject(messages.slice(0, 3))
        expect(idsOf(await outbox.claim(3, 30))).toEqual(idsOf(messages.slice(3)))
        expect(await outbox.claim(3, 30)).toEqual([])
      })

      test("says how much waits, and for how long the oldest has", async () => {
        expect(await outbox.backlog()).toEqual({ pending: 0, oldestSeconds: 0 })
        const messages = await add(3)
        await outbox.claim(1, 30)
        await new Promise((resolve) => setTimeout(resolve, 20))
        const { pending, oldestSeconds } = await outbox.backlog()
        expect([pending, oldestSeconds > 0, oldestSeconds < 60]).toEqual([3, true, true])
        await outbox.remove(idsOf(messages))
        expect(await outbox.backlog()).toEqual({ pending: 0, oldestSeconds: 0 })
      })

      test("holds nothing of a transaction that was undone", async () => {
        const failing = store.unitOfWork.transaction(async (tx) => {
          await outbox.add(tx, [newMessage()])
          throw new Error("broke")
        })
        await expect(failing).rejects.toThrow("broke")
        expect(await outbox.claim(10, 30)).toEqual([])
      })

      test("with a sender hands it what a commit left, leased; of what was undone it hears nothing", async () => {
        const sent: string[][] = []
        const leasing = under.anotherOutbox()
        leasing.sendAfterCommit(10, (messages) => sent.push(idsOf(messages)))
        const [first, second, undone] = [newMessage(), newMessage(), newMessage()]
        await store.unitOfWork.transaction(async (tx) => {
          await leasing.add(tx, [first, second])
          expect(sent).toEqual([])
        })
        await store.unitOfWork.transaction(async (tx) => {
          await leasing.add(tx, [undone])
          return no()
        })
        expect(sent).toEqual([idsOf([first, second])])
        expect(await leasing.claim(10, 30)).toEqual([])
        await leasing.release(idsOf([first, second]))
        expect(idsOf(await leasing.claim(10, 30))).toEqual(idsOf([first, second]))
      })

      test("gives no message to two of 10 claimers at once", async () => {
        const messages = await add(100)
        const claimed = (await atOnce(10, () => outbox.claim(10, 30))).flatMap(idsOf)
        expect(new Set(claimed).size).toBe(claimed.length)
        const rest = idsOf(await outbox.claim(100, 30))
        expect([...claimed, ...rest].sort()).toEqual(idsOf(messages).sort())
      })

      test("gives a message out again when its lease has run out or was ended, not before", async () => {
        const messages = await add(2)
        const [first, second] = idsOf(messages) as [string, string]
        await outbox.claim(2, 30)
        expect(await outbox.claim(2, 30)).toEqual([])
        await outbox.release([second])
        expect(idsOf(await outbox.claim(2, 30))).toEqual([second])
        await under.endLeases()
        expect(idsOf(await outbox.claim(2, 30))).toEqual([first, second])
        await outbox.remove([first, second])
        expect(await under.waiting()).toEqual([])
      })

      describe("and its relay", () => {
        const brokerOf = (publish: Broker["publish"]): Broker => ({ publish, close: async () => {} })
        const never = (error: unknown) => {
          throw error
        }

        test("send 250 messages once and in order", async () => {
          const messages = await add(250)
          const sent: string[] = []
          const relay = outboxRelay(
            outbox,
            brokerOf(async (_, batch) => void sent.push(...idsOf(batch))),
            never,
          )
          expect(await relay.drain()).toBe(250)
          expect(sent).toEqual(idsOf(messages))
          expect(await relay.drain()).toBe(0)
        })

        test("of four apps at once send each message once", async () => {
          const messages = await add(300)
          const sent: string[] = []
          const publisher = brokerOf(async (_, batch) => void sent.push(...idsOf(batch)))
          const counts = await atOnce(4, () => outboxRelay(outbox, publisher, never).drain())
          expect(counts.reduce((a, b) => a + b)).toBe(300)
          expect(sent.sort()).toEqual(idsOf(messages).sort())
        })

        test("keep what the broker did not take, and send it when it is back", async () => {
          const messages = await add(3)
          let isOut = true
          const sent: string[] = []
          const relay = outboxRelay(
            outbox,
            brokerOf(async (_, batch) => {
              if (isOut) throw new Error("the broker is out")
              sent.push(...idsOf(batch))
            }),
            never,
          )
          await expect(relay.drain()).rejects.toThrow("the broker is out")
          isOut = false
          expect(await relay.drain()).toBe(3)
          expect(sent).toEqual(idsOf(messages))
          await relay.stop()
        })

        test("that died after the broker's acceptance send again, under the same id", async () => {
          const [only] = idsOf(await add(1))
          const sent: string[] = []
          const publisher = brokerOf(async (_, batch) => void sent.push(...idsOf(batch)))
          const dying: Outbox = { ...outbox, remove: () => Promise.reject(new Error("died here")) }
          const dead = outboxRelay(dying, publisher, never)
          await expect(dead.drain()).rejects.toThrow("died here")
          await dead.stop().catch(() => {})
          await under.endLeases()
          await outboxRelay(outbox, publisher, never).drain()
          expect(sent).toEqual([only, only])
        })

        test("one topic that fails does not hold another back", async () => {
          const [one] = await add(1)
          const other = { ...newMessage(), topic: "other-events" }
          await store.unitOfWork.transaction((tx) => outbox.add(tx, [other]))
          const sent: string[] = []
          const relay = outboxRelay(
            outbox,
            brokerOf(async (topic, batch) => {
              if (topic === "test-events") throw new Error("this topic is full")
              sent.push(...idsOf(batch))
            }),
            never,
          )
          await expect(relay.drain()).rejects.toThrow("full")
          expect(sent).toEqual([other.event.id])
          expect(await under.waiting()).toEqual([one?.id])
          await relay.stop()
        })

        test("send what a commit left at once; what comes during a run is sent by a further run", async () => {
          const errors: unknown[] = []
          const sent: string[] = []
          const relay = outboxRelay(
            outbox,
            brokerOf(async (_, batch) => {
              sent.push(...idsOf(batch))
              if (sent.length === 1) relay.send(await add(1))
            }),
            (error) => errors.push(error),
          )
          relay.send(await add(1))
          while (sent.length < 2 || (await under.waiting()).length > 0)
            await new Promise((resolve) => setTimeout(resolve, 5))
          expect(errors).toEqual([])
          expect(sent).toHaveLength(2)
        })

        test("that stop give back the lease of what is not sent yet", async () => {
          const messages = await add(1)
          await outbox.claim(1, 30)
          const release = Promise.withResolvers<void>()
          const relay = outboxRelay(
            outbox,
            brokerOf(() => Promise.reject(new Error("out"))),
            () => release.resolve(),
          )
          relay.send(messages)
          await release.promise
          await relay.stop()
          expect(idsOf(await outbox.claim(1, 30))).toEqual(idsOf(messages))
        })
      })
    })
  })
