import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import type { Tx } from "../app/call.ts"
import { newId } from "../ids.ts"
import type { Store } from "./store.ts"
import { type SqlStore, sqlStores } from "./testing/sql-stores.ts"
import { afterCommit } from "./transaction.ts"

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

    describe("a transaction", () => {
      const keep = (id: string) => (tx: Tx) => store.inbox.claim(tx, "s", id)
      const isKept = async (id: string) => !(await store.unitOfWork.transaction(keep(id)))

      test("commits what it did when it ends with a result", async () => {
        const id = newId()
        expect(await store.unitOfWork.transaction((tx) => keep(id)(tx).then(() => "done"))).toBe("done")
        expect(await isKept(id)).toBe(true)
      })

      test("undoes what it did when it ends with a refusal, which is its result", async () => {
        const id = newId()
        const refusal = no()
        expect(await store.unitOfWork.transaction((tx) => keep(id)(tx).then(() => refusal))).toBe(refusal)
        expect(await isKept(id)).toBe(false)
      })

      test("undoes what it did when it throws", async () => {
        const id = newId()
        const failing = store.unitOfWork.transaction(async (tx) => {
          await keep(id)(tx)
          throw new Error("broke")
        })
        await expect(failing).rejects.toThrow("broke")
        expect(await isKept(id)).toBe(false)
      })

      test("more at once than there are connections wait for their turn", async () => {
        const results = await atOnce(64, (index) =>
          store.unitOfWork.transaction(async (tx) => {
            await keep(`${index}`)(tx)
            return index
          }),
        )
        expect(results).toEqual(Array.from({ length: 64 }, (_, index) => index))
      })
    })

    test("what follows a commit is waited for, and does not follow a rollback", async () => {
      const followed: string[] = []
      const follow = (tx: Tx, what: string) =>
        afterCommit(tx, async () => {
          await store.ping()
          followed.push(what)
        })
      await store.unitOfWork.transaction(async (tx) => follow(tx, "commit"))
      expect(followed).toEqual(["commit"])
      const refusal = defineRefusal("thing.no", "conflict", "No.")()
      await store.unitOfWork.transaction(async (tx) => {
        follow(tx, "refusal")
        return refusal
      })
      expect(followed).toEqual(["commit"])
    })

    describe("the inbox", () => {
      const claim = (id: string, source = "s") =>
        store.unitOfWork.transaction((tx) => store.inbox.claim(tx, source, id))

      test("gives a message to one of 20 claims at once; another source's is another message", async () => {
        const id = newId()
        expect((await atOnce(20, () => claim(id))).filter(Boolean)).toHaveLength(1)
        expect([await claim(id), await claim(id, "another")]).toEqual([false, true])
      })

      test("forgets a claim whose effect was undone", async () => {
        const id = newId()
        const failing = store.unitOfWork.transaction(async (tx) => {
          await store.inbox.claim(tx, "s", id)
          throw new Error("broke")
        })
        await expect(failing).rejects.toThrow("broke")
        expect(await claim(id)).toBe(true)
      })
    })

    describe("parked messages", () => {
      const parked = (eventId: string, body: unknown) => ({
        source: "s",
        eventId,
        topic: "test-events",
        type: "t",
        reason: "broken-schema",
        detail: "It does not fit.",
        body,
        committed: false,
        parkedAt: new Date(),
      })
      beforeEach(async () => {
        await under.empty()
      })

      test("are listed in pages, oldest first, as they were parked", async () => {
        // What a jsonb column would refuse comes from outside as well.
        const messages = ["{ no JSON", { text: "\u0000 \ud800" }, null].map((body) => parked(newId(), body))
        for (const one of messages) await store.unitOfWork.transaction((tx) => store.parked.park(tx, one))
        const first = await store.parked.list(2)
        const rest = await store.parked.list(2, first[1]?.position)
        expect([...first, ...rest].map(({ position: _, ...message }) => message)).toEqual(messages)
        expect(await store.parked.count()).toBe(3)
      })

      test("are taken out once, and are then new to the inbox", async () => {
        const message = parked(newId(), { a: 1 })
        await store.unitOfWork.transaction(async (tx) => {
          await store.inbox.claim(tx, "s", message.eventId)
          await store.parked.park(tx, message)
        })
        const take = () => store.unitOfWork.transaction((tx) => store.parked.take(tx, "s", message.eventId))
        expect((await atOnce(5, take)).filter(Boolean)).toEqual([message])
        expect(await store.unitOfWork.transaction((tx) => store.inbox.claim(tx, "s", message.eventId))).toBe(
          true,
        )
        expect(await store.parked.count()).toBe(0)
      })

      test("whose effect was committed stay known to the inbox, and are parked once", async () => {
        const message = { ...parked(newId(), {}), committed: true }
        for (let n = 0; n < 2; n++)
          await store.unitOfWork.transaction(async (tx) => {
            await store.inbox.claim(tx, "s", message.eventId)
            await store.parked.park(tx, message)
          })
        expect(await store.parked.count()).toBe(1)
        await store.unitOfWork.transaction((tx) => store.parked.take(tx, "s", message.eventId))
        expect(await store.unitOfWork.transaction((tx) => store.inbox.claim(tx, "s", message.eventId))).toBe(
          false,
        )
      })
    })

    describe("the request log", () => {
      const transaction = <T>(work: (tx: Tx) => Promise<T>) => store.unitOfWork.transaction(work)
      const claim = (tx: Tx, key: string) => store.requests.claim(tx, "scope", key, "hash")

      test("gives a result back as it was recorded, also nothing", async () => {
        for (const [key, result] of [
          ["key", '{"a":1}'],
          ["nothing", null],
        ] as const) {
          await transaction(async (tx) => {
            await claim(tx, key)
            await store.requests.record(tx, "scope", key, result)
          })
          expect(await store.requests.find("scope", key)).toEqual({ hash: "hash", result })
          expect(await store.requests.find("other", key)).toBeUndefined()
          expect(await transaction((tx) => claim(tx, key))).toBe(false)
        }
      })

      test("refuses a claim at once while another is open; it is free again when that one is undone", async () => {
        const claimed = Promise.withResolvers<void>()
        const goOn = Promise.withResolvers<void>()
        const first = transaction(async (tx) => {
          await claim(tx, "open")
          claimed.resolve()
          await goOn.promise
          throw new Error("undone")
        })
        await claimed.promise
        expect(await transaction((tx) => claim(tx, "open"))).toBe(false)
        goOn.resolve()
        await expect(first).rejects.toThrow("undone")
        expect(await transaction((tx) => claim(tx, "open"))).toBe(true)
      })

      test("old keys and message ids are forgotten, young ones kept", async () => {
        const claimBoth = (name: string) =>
          transaction(async (tx) => [await claim(tx, name), await store.inbox.claim(tx, "s", name)])
        await claimBoth("older than 15 days")
        await under.age(24 * 14)
        await claimBoth("older than a day")
        await under.age(25)
        await claimBoth("young")
        await under.age(23)
        await store.forgetOld()
        expect(await claimBoth("older than 15 days")).toEqual([true, true])
        expect(await claimBoth("older than a day")).toEqual([true, false])
        expect(await claimBoth("young")).toEqual([false, false])
      })
    })
  })
