import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { newId } from "../ids.ts"
import type { OutboxMessage } from "../messaging/outbox.ts"
import type { BaseStore } from "./store.ts"
import { tableStorage } from "./tables/table-storage.ts"
import { tableStore } from "./tables/table-store.ts"
import { sqlStores } from "./testing/sql-stores.ts"

const no = defineRefusal("no", "rule", "No.")

const stores = new Map<string, BaseStore>()
const closing: (() => Promise<void>)[] = []
const sent: OutboxMessage[] = []
const broker = {
  publish: async (_: string, messages: readonly OutboxMessage[]) => void sent.push(...messages),
  close: async () => {},
}

beforeAll(async () => {
  for (const { name, isHere, open } of sqlStores) {
    if (!isHere) continue
    const { store, close } = await open()
    closing.push(close)
    stores.set(name, store)
  }
  const cloud = await startParts(["storage"])
  closing.push(() => cloud.stop())
  const tables = tableStorage({ connectionString: cloud.connections.storage }, "contract")
  stores.set("Table Storage", tableStore(tables, broker))
})
afterAll(async () => {
  for (const close of closing) await close()
})

const adapters = [...sqlStores, { name: "Table Storage", isHere: true }]
for (const { name, isHere } of adapters)
  describe.skipIf(!isHere)(`a store on ${name}`, () => {
    const store = () => stores.get(name) as BaseStore
    const transaction: BaseStore["unitOfWork"]["transaction"] = (work) => store().unitOfWork.transaction(work)
    const claim = (id: string, source = "s") => transaction((tx) => store().inbox.claim(tx, source, id))
    const parked = (eventId: string, body: unknown, committed = false) => ({
      source: "s",
      eventId,
      topic: "test-events",
      type: "t",
      reason: "broken-schema",
      detail: "It does not fit.",
      body,
      committed,
      parkedAt: new Date(),
    })
    const park = (message: ReturnType<typeof parked>) =>
      transaction(async (tx) => {
        await store().inbox.claim(tx, message.source, message.eventId)
        await store().parked.park(tx, message)
      })
    const take = (eventId: string) => transaction((tx) => store().parked.take(tx, "s", eventId))

    test("answers", async () => {
      await store().ping()
    })

    test("remembers a message that was handled, by source and id", async () => {
      const id = newId()
      expect([await claim(id), await claim(id), await claim(id, "another/#?")]).toEqual([true, false, true])
    })

    test("remembers nothing of what was refused or broke", async () => {
      const id = newId()
      const refused = transaction(async (tx) => {
        await store().inbox.claim(tx, "s", id)
        return no()
      })
      expect(await refused).toMatchObject({ code: "no" })
      const broken = transaction(async (tx) => {
        await store().inbox.claim(tx, "s", id)
        throw new Error("broke")
      })
      await expect(broken).rejects.toThrow("broke")
      expect(await claim(id)).toBe(true)
    })

    test("lists parked messages in pages, oldest first, as they were parked, each once", async () => {
      const bodies = ["{ no JSON", { text: "\u0000 \ud800" }, null, { long: "ä".repeat(100_000) }]
      const messages = []
      for (const body of bodies) {
        const message = parked(newId(), body)
        await park(message)
        await park(message)
        messages.push(message)
        // The order is that of the times, to the millisecond.
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      const first = await store().parked.list(3)
      const rest = await store().parked.list(3, first.at(-1)?.position)
      expect([...first, ...rest].map(({ position: _, ...message }) => message)).toEqual(messages)
      expect(await store().parked.count()).toBe(4)
      expect(await store().parked.countByReason()).toEqual({ "broken-schema": 4 })
      for (const { eventId } of messages) await take(eventId)
      expect([await store().parked.count(), await store().parked.countByReason()]).toEqual([0, {}])
    })

    test("keeps the log's level until its time is over", async () => {
      const { logLevels } = store()
      expect(await logLevels.find()).toBeUndefined()
      await logLevels.set("debug", 10)
      await logLevels.set("warn", 5)
      const { level, until } = (await logLevels.find()) as { level: string; until: Date }
      const minutes = (until.getTime() - Date.now()) / 60_000
      expect([level, Math.round(minutes)]).toEqual(["warn", 5])
      await logLevels.set("warn", 0)
      expect(await logLevels.find()).toBeUndefined()
    })

    test("gives a parked message out for its redrive, which is then new to the inbox", async () => {
      const message = parked(newId(), { a: 1 })
      await park(message)
      expect(await claim(message.eventId)).toBe(false)
      expect(await take(message.eventId)).toEqual(message)
      expect([await take(message.eventId), await store().parked.count()]).toEqual([undefined, 0])
      expect(await claim(message.eventId)).toBe(true)
    })

    test("keeps a parked message whose redrive broke", async () => {
      const message = parked(newId(), { a: 1 })
      await park(message)
      const broken = transaction(async (tx) => {
        await store().parked.take(tx, "s", message.eventId)
        throw new Error("the broker is out")
      })
      await expect(broken).rejects.toThrow("the broker is out")
      expect(await store().parked.count()).toBe(1)
      await take(message.eventId)
    })

    test("keeps a message known whose effect was committed before it was parked", async () => {
      const message = parked(newId(), {}, true)
      await park(message)
      await take(message.eventId)
      expect(await claim(message.eventId)).toBe(false)
    })

    test("gives the answer of a key back as it was recorded, also none", async () => {
      for (const result of ['{"a":1}', null]) {
        const key = `key/${newId()}`
        await transaction(async (tx) => {
          expect(await store().requests.claim(tx, "scope", key, "hash")).toBe(true)
          await store().requests.record(tx, "scope", key, result)
        })
        expect(await store().requests.find("scope", key)).toEqual({ hash: "hash", result })
        expect(await store().requests.find("other", key)).toBeUndefined()
        expect(await transaction((tx) => store().requests.claim(tx, "scope", key, "hash"))).toBe(false)
      }
    })

    test("leaves a key free whose call was refused", async () => {
      const key = newId()
      await transaction(async (tx) => {
        await store().requests.claim(tx, "scope", key, "hash")
        return no()
      })
      expect(await store().requests.find("scope", key)).toBeUndefined()
      expect(await transaction((tx) => store().requests.claim(tx, "scope", key, "hash"))).toBe(true)
    })
  })
