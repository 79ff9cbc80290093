import type { Redemption } from "@eshop/domain/contracts/redemptions"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { expect, test } from "vitest"
import type { Binding, Use } from "./ports.ts"
import { type Ledger, type SeriesStore, seriesWriter } from "./series-writer.ts"

const full = defineRefusal("full", "rule", "Full.")

/** A store of one coupon in memory, whose first `overtaken` writes lose to somebody else's. */
function storeThatLoses(overtaken = 0) {
  const seen = { reads: 0, writes: 0, batches: [] as number[] }
  const bindings = new Map<string, Binding>()
  let ledger: Ledger = { taken: 0, entries: new Map(), customers: new Map(), codes: new Map() }
  const store: SeriesStore = {
    async bind(orderId, binding) {
      if (!bindings.has(orderId)) bindings.set(orderId, binding)
      return bindings.get(orderId) as Binding
    },
    boundTo: async (orderId) => bindings.get(orderId),
    async read(_, uses) {
      seen.reads++
      seen.batches.push(uses.length)
      return ledger
    },
    async write(_, __, after) {
      if (++seen.writes <= overtaken) return false
      ledger = after
      return true
    },
    recount: async () => true,
  }
  return { seen, bindings, store, taken: () => ledger.taken }
}

const useOf = (orderId: string): Use => ({
  orderId,
  limit: 100,
  binding: { couponCode: "A-1", series: "A-1" },
})
const reserved = (orderId: string): Redemption => ({ orderId, couponCode: "A-1", status: "reserved" })

test("a thousand uses at once are some dozens of writes, each decided on what those before have left", async () => {
  const { seen, bindings, store, taken } = storeThatLoses()
  const writer = seriesWriter(store)
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => {
      const orderId = `order-${index}`
      return writer.change("A-1", useOf(orderId), ({ uses }) =>
        uses.taken < 100 ? reserved(orderId) : full(),
      )
    }),
  )
  expect(answers.filter((answer) => "status" in answer)).toHaveLength(100)
  expect([taken(), seen.writes]).toEqual([100, 4])
  expect(seen.reads).toBe(32)
  expect(Math.max(...seen.batches)).toBe(33)
  // Who gets none is bound to nothing.
  expect(bindings.size).toBe(100)
})

test("a write that was overtaken is decided anew on what is there now", async () => {
  const { seen, store, taken } = storeThatLoses(2)
  let decisions = 0
  const answer = await seriesWriter(store).change("A-1", useOf("one"), () => {
    decisions++
    return reserved("one")
  })
  expect(answer).toEqual(reserved("one"))
  expect([seen.reads, seen.writes, taken()]).toEqual([3, 3, 1])
  // Each attempt decides once to know whom to bind, and once more when they are.
  expect(decisions).toBe(6)
})

test("a decision that changes nothing writes nothing", async () => {
  const { seen, store } = storeThatLoses()
  const writer = seriesWriter(store)
  await writer.change("A-1", useOf("one"), () => reserved("one"))
  const again = await writer.change("A-1", useOf("one"), ({ existing }) => existing as Redemption)
  expect([again, seen.writes]).toEqual([reserved("one"), 1])
})

test("an order that is bound to another coupon is told so before anything is written", async () => {
  const { seen, bindings, store } = storeThatLoses()
  bindings.set("one", { couponCode: "B-2", series: "B-2" })
  const answer = await seriesWriter(store).change("A-1", useOf("one"), ({ otherBinding }) =>
    otherBinding ? full() : reserved("one"),
  )
  expect([answer, seen.writes]).toEqual([full(), 0])
})

test("a store that fails fails those who wait for this write, and not those who come later", async () => {
  const { store } = storeThatLoses()
  let isOut = true
  const writer = seriesWriter({
    ...store,
    read: (series, uses) => (isOut ? Promise.reject(new Error("out")) : store.read(series, uses)),
  })
  await expect(writer.change("A-1", useOf("one"), () => reserved("one"))).rejects.toThrow("out")
  isOut = false
  expect(await writer.change("A-1", useOf("one"), () => reserved("one"))).toEqual(reserved("one"))
})
