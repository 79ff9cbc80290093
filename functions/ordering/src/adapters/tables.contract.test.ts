import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"
import { newId } from "@eshop/building-blocks/ids"
import * as postgres from "@eshop/building-blocks/store/postgres/migrations"
import * as sqlServer from "@eshop/building-blocks/store/sqlserver/migrations"
import type { Store } from "@eshop/building-blocks/store/store"
import { versionedKeys } from "@eshop/building-blocks/versioned-keys"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { hasSqlServer, newSqlServerDatabase, sqlServerName } from "../../../../tests/fixtures/sql-server.ts"
import { openDatabase } from "./database.ts"
import type { Tables } from "./tables.ts"

const folder = (dialect: string) => fileURLToPath(new URL(`../../migrations/${dialect}`, import.meta.url))
const keys = versionedKeys.parse(`a:${randomBytes(32).toString("base64")}`)
const heard: string[] = []
const hearing = {
  ordersChanged: () => void heard.push("orders"),
  noticesAdded: () => void heard.push("notices"),
  deliveriesDue: () => void heard.push("deliveries"),
}

async function onPostgres() {
  const url = await newDatabase("ordering")
  await postgres.applyMigrations(url, folder("postgres"))
  return { url, drop: async () => {} }
}
async function onSqlServer() {
  const { url, drop } = await newSqlServerDatabase()
  await sqlServer.applyMigrations(url, folder("sqlserver"))
  return { url, drop }
}

// The orders themselves have a suite of their own: orders.contract.test.ts.
describe.each([
  { name: "PostgreSQL", isHere: true, open: onPostgres },
  { name: sqlServerName, isHere: hasSqlServer, open: onSqlServer },
])("Ordering's other tables on $name", ({ isHere, open }) => {
  let store: Store
  let tables: Tables
  let drop = async () => {}
  beforeAll(async () => {
    if (!isHere) return
    const opened = await open()
    drop = opened.drop
    ;({ store, tables } = openDatabase(opened.url, keys, hearing))
  })
  afterAll(async () => {
    await store?.close()
    await drop()
  })
  const inTx: Store["unitOfWork"]["transaction"] = (work) => store.unitOfWork.transaction(work)
  const it = test.skipIf(!isHere)

  it("personal data comes back, is one customer's, and goes with the key", async () => {
    const { personalData } = tables
    const [ada, subject, other] = [newId(), newId(), newId()]
    const record = { customerId: ada, subject, data: { name: "Ada", city: "Zürich" } }
    const first = await inTx((tx) => personalData.put(tx, record))
    const again = await inTx((tx) => personalData.put(tx, { ...record, data: { name: "Ada L." } }))
    expect(again.commitment).not.toBe(first.commitment)
    expect(await personalData.find(subject)).toEqual({ customerId: ada, data: { name: "Ada L." }, ...again })
    const stolen = inTx((tx) => personalData.put(tx, { ...record, customerId: other }))
    await expect(stolen).rejects.toThrow(`${subject} is another customer's`)
    await inTx((tx) => personalData.lock(tx, ada))
    expect(await personalData.ofCustomer(ada, 10)).toEqual([{ subject, data: { name: "Ada L." } }])
    const forget = (until: Date) => inTx((tx) => personalData.forget(tx, ada, until))
    expect(await forget(new Date(0))).toBe(false)
    expect(await forget(new Date(Date.now() + 60_000))).toBe(true)
    expect([await personalData.find(subject), await personalData.ofCustomer(ada, 10)]).toEqual([
      undefined,
      [],
    ])
    expect(await forget(new Date(Date.now() + 60_000))).toBe(false)
  })

  it("what came after the moment of a forgetting is kept, with its commitment", async () => {
    const { personalData } = tables
    const [customerId, old, young] = [newId(), newId(), newId()]
    await inTx((tx) => personalData.put(tx, { customerId, subject: old, data: "old" }))
    const { requestedAt } = await inTx((tx) => tables.erasureRequests.put(tx, customerId))
    for (let n = 0; n < 3; n++) await store.ping()
    const { commitment } = await inTx((tx) =>
      personalData.put(tx, { customerId, subject: young, data: "young" }),
    )
    const until = new Date(requestedAt.getTime() + 1)
    await inTx((tx) => personalData.forget(tx, customerId, until))
    expect(await personalData.find(old)).toBeUndefined()
    expect(await personalData.find(young)).toEqual({ customerId, data: "young", commitment })
  })

  it("who is locked and has nothing leaves no key behind", async () => {
    const { personalData, wrappedKeys } = tables
    const before = await wrappedKeys.versions()
    const forgotten = await inTx(async (tx) => {
      const customerId = newId()
      await personalData.lock(tx, customerId)
      return await personalData.forget(tx, customerId, new Date(0))
    })
    expect([forgotten, await wrappedKeys.versions()]).toEqual([false, before])
  })

  it("of more ids than a statement takes, none is an order", async () => {
    expect(await tables.customerOrders.known(Array.from({ length: 2_101 }, () => newId()))).toEqual([])
  })

  it("20 first writes of one customer at once use one key", async () => {
    const customerId = newId()
    const subjects = Array.from({ length: 20 }, () => newId())
    await Promise.all(
      subjects.map((subject) =>
        inTx((tx) => tables.personalData.put(tx, { customerId, subject, data: subject })),
      ),
    )
    const kept = await tables.personalData.ofCustomer(customerId, 100)
    expect(kept.map(({ data }) => data)).toEqual([...subjects].sort().reverse())
  })

  it("archived data is kept until its day", async () => {
    const { archive } = tables
    const [subject, until] = [newId(), new Date("2036-01-01T00:00:00.000Z")]
    const [askedBy, other] = [newId(), newId()]
    for (const [data, by] of [
      ["first", askedBy],
      ["second", other],
    ] as const)
      await inTx((tx) => archive.keep(tx, { subject, data, until, askedBy: by }))
    expect(await archive.find(subject)).toEqual({ data: "first", until })
    expect([await archive.keptFrom(askedBy, 10), await archive.keptFrom(other, 10)]).toEqual([
      [{ subject, until }],
      [],
    ])
    await archive.forgetOver(new Date("2035-12-31T00:00:00Z"))
    expect(await archive.find(subject)).toEqual({ data: "first", until })
    await archive.forgetOver(until)
    expect([await archive.find(subject), await archive.keptFrom(askedBy, 10)]).toEqual([undefined, []])
  })

  it("keys are counted by version, and none is old", async () => {
    await inTx((tx) => tables.personalData.put(tx, { customerId: newId(), subject: newId(), data: 1 }))
    expect((await tables.wrappedKeys.versions()).map(({ version }) => version)).toEqual(["a"])
    expect(await inTx((tx) => tables.wrappedKeys.rewrap(tx, 10))).toBe(0)
  })

  it("who was forgotten is listed, with the later moment", async () => {
    const { erased } = tables
    const customers = [newId(), newId()].sort() as [string, string]
    const [early, late] = ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]
    for (const until of [early, late, early])
      for (const customerId of customers) await inTx((tx) => erased.record(tx, { customerId, until }))
    expect([await erased.find(customers[0]), await erased.find(newId())]).toEqual([late, undefined])
    expect(await erased.list(customers[0], 10)).toEqual([{ customerId: customers[1], until: late }])
  })

  it("requests to be forgotten wait until they are done, unless they were made again", async () => {
    const { erasureRequests } = tables
    const customerId = newId()
    const request = await inTx((tx) => erasureRequests.put(tx, customerId))
    expect(await erasureRequests.find(customerId)).toEqual(request)
    expect(await erasureRequests.due(10)).toEqual([])
    await erasureRequests.postpone(customerId)
    const stale = { ...request, requestedAt: new Date(request.requestedAt.getTime() - 1) }
    await inTx((tx) => erasureRequests.remove(tx, stale))
    expect(await erasureRequests.find(customerId)).toEqual(request)
    await inTx((tx) => erasureRequests.remove(tx, request))
    expect(await erasureRequests.find(customerId)).toBeUndefined()
  })

  it("a forgotten customer is nobody's name in the audit trail", async () => {
    const customerId = newId()
    const call = { caller: { kind: "customer", id: customerId, roles: [] } as const, now: new Date() }
    const [own, about] = [newId(), `cart ${customerId}`]
    const entry = (subject: string) => ({ subject, action: "thing.changed", change: null })
    await inTx((tx) => tables.audit.add(tx, call, [entry(own), entry(about)]))
    const by = { customerId, pseudonym: "somebody", subjects: [own, about] }
    await inTx((tx) => tables.audit.pseudonymise(tx, by))
    const found = await tables.audit.list({ subject: "cart somebody", limit: 10 })
    expect(found).toMatchObject([{ by: { kind: "customer", id: "somebody" } }])
    expect(await tables.audit.list({ subject: about, limit: 10 })).toEqual([])
  })

  it("orders are found by number or id, and look-ups are counted within their window", async () => {
    const { contacts, lookups } = tables
    const contact = {
      orderId: newId(),
      orderNumber: newId(),
      customerId: newId(),
      email: { keyVersion: "a", value: "digest" },
    }
    for (let n = 0; n < 2; n++) await inTx((tx) => contacts.add(tx, contact))
    expect(await contacts.find({ number: contact.orderNumber })).toEqual([contact])
    expect(await contacts.find({ id: contact.orderId })).toEqual([contact])
    const others = [newId(), contact.customerId, contact.customerId].map((customerId, index) => ({
      ...contact,
      orderId: newId(),
      customerId,
      email: { keyVersion: "a", value: index === 2 ? "another" : "digest" },
    }))
    for (const other of others) await inTx((tx) => contacts.add(tx, other))
    expect(await contacts.customersOf([contact.email, { keyVersion: "b", value: "digest" }], 10)).toEqual([
      { customerId: contact.customerId, orders: 2, ordersWithOthers: 1 },
      { customerId: others[0]?.customerId, orders: 1, ordersWithOthers: 0 },
    ])
    expect(await contacts.customersOf([{ keyVersion: "a", value: "nobody" }], 10)).toEqual([])
    expect(await inTx((tx) => contacts.forget(tx, contact.customerId))).toBe(3)
    expect(await contacts.find({ id: contact.orderId })).toEqual([])
    const [one, two] = [newId(), newId()]
    const count = (...subjects: string[]) => inTx((tx) => lookups.count(tx, subjects, 3_600))
    expect([await count(one), await count(two, one)]).toMatchObject([{ count: 1 }, { count: 2 }])
    expect(await Promise.all(Array.from({ length: 5 }, () => count(two)))).toHaveLength(5)
    expect(await count(two)).toMatchObject({ count: 7 })
    expect(await count(newId())).toEqual({ count: 1, secondsLeft: 3_600 })
    await lookups.forgetOlderThan(-1)
    expect(await count(two)).toMatchObject({ count: 1 })
  })

  it("notices are claimed once, and again when they are due", async () => {
    const { notices } = tables
    const id = newId()
    const facts = { kind: "order-link", order: { id: newId() }, emails: [] } as never
    await inTx((tx) => notices.add(tx, [{ id, facts }]))
    expect(heard).toContain("notices")
    const claims = await Promise.all(Array.from({ length: 5 }, () => notices.claim(10, 60)))
    expect(claims.flat()).toEqual([{ id, facts, attempts: 0 }])
    await notices.postpone(id, -1)
    expect(await notices.claim(10, 60)).toEqual([{ id, facts, attempts: 1 }])
    await notices.remove([id])
  })

  it("a rebuild asks for the projector, a changed subscription for its deliveries", async () => {
    heard.length = 0
    await tables.projection.markAll("order-list")
    expect(heard).toEqual(["orders"])
    const at = "2026-03-01T00:00:00.000Z"
    const subscription = {
      ...{ id: newId(), url: "https://shop.example/hook", description: "The warehouse", version: 1 },
      ...{
        types: ["order.paid" as const],
        secret: { number: 1, keyVersion: "a" },
        createdAt: at,
        changedAt: at,
      },
    }
    await inTx((tx) => tables.subscriptions.add(tx, { ...subscription, disabledFor: "gone" }))
    expect(heard).toEqual(["orders"])
    await inTx((tx) => tables.subscriptions.save(tx, { ...subscription, version: 2 }))
    expect(heard).toEqual(["orders", "deliveries"])
    await inTx((tx) => tables.subscriptions.remove(tx, subscription.id))
  })

  it("sagas that need attention are listed, the oldest first", async () => {
    const { attention } = tables
    const saga = (notedAt: string) => ({
      instanceId: newId(),
      orderId: newId(),
      saga: "checkout",
      position: { step: "mark-paid" } as never,
      notedAt: new Date(notedAt),
    })
    const [first, second] = [saga("2026-01-01T00:00:00Z"), saga("2026-01-02T00:00:00Z")]
    for (const one of [second, first, { ...first, saga: "another" }])
      await inTx((tx) => attention.note(tx, one))
    expect(await attention.list(undefined, 10)).toEqual([first, second])
    expect(await attention.list(first, 10)).toEqual([second])
    for (const { instanceId } of [first, second]) await inTx((tx) => attention.strike(tx, instanceId))
    expect(await attention.list(undefined, 10)).toEqual([])
  })

  it("the watch over unfinished orders keeps its place", async () => {
    const { unfinished } = tables
    expect(await unfinished.progress()).toBeUndefined()
    const roundBeganAt = "2026-01-01T00:00:00.000Z"
    await unfinished.moveTo({ position: undefined, roundBeganAt })
    expect(await unfinished.progress()).toEqual({ position: undefined, roundBeganAt })
    const position = { changedAt: "2026-01-01T00:00:00.123Z", orderId: newId() }
    await unfinished.moveTo({ position, roundBeganAt })
    expect(await unfinished.progress()).toEqual({ position, roundBeganAt })
    expect(await unfinished.after(position, new Date(), 10)).toEqual([])
  })

  it("webhooks: a subscription's deliveries are claimed once, recorded, replayed and go with it", async () => {
    const { subscriptions, deliveries } = tables
    const at = "2026-01-01T00:00:00.000Z"
    const type = `test.${newId()}` as never
    const subscription = {
      id: newId(),
      url: "https://example.com/hook",
      description: "ä",
      types: [type],
      version: 1,
      secret: { number: 1, keyVersion: "a" },
      createdAt: at,
      changedAt: at,
    }
    const { id } = subscription
    await inTx((tx) => subscriptions.add(tx, subscription))
    expect(await subscriptions.find(id)).toEqual(subscription)
    const changed = { ...subscription, version: 2, oldSecret: { number: 0, keyVersion: "a", until: at } }
    await inTx(async (tx) => {
      expect(await subscriptions.lock(tx, id)).toEqual(subscription)
      await subscriptions.save(tx, changed)
      expect([await subscriptions.count(tx), await subscriptions.wanting(tx, type)]).toEqual([1, [id]])
    })
    expect(await subscriptions.list(undefined, 10)).toEqual([changed])
    expect(await subscriptions.due(10)).toEqual([])

    const delivery = { id: newId(), subscriptionId: id, type, body: "{}" }
    await inTx((tx) => deliveries.add(tx, [delivery]))
    expect(await subscriptions.due(10)).toEqual([changed])
    const claimed = (await Promise.all(Array.from({ length: 5 }, () => deliveries.claim(id, 10, 60)))).flat()
    expect(claimed).toMatchObject([{ ...delivery, state: "pending", attempts: 0 }])
    const attempt = { status: 500, error: "no", response: "no", milliseconds: 5 }
    const record = { state: "pending", delaySeconds: 60, attempt } as const
    for (let n = 0; n < 2; n++) await deliveries.record(claimed[0] as never, record as never)
    const listed = await deliveries.list(id, { state: "pending" }, 10)
    expect(listed).toMatchObject([{ ...delivery, attempts: 1, lastAttempt: attempt }])
    const behind = { at: listed[0]?.createdAt as string, id: delivery.id }
    expect(await deliveries.list(id, { after: behind }, 10)).toEqual([])
    expect(await inTx((tx) => deliveries.replay(tx, id, delivery.id))).toBe(true)
    const range = { from: at, to: "2100-01-01T00:00:00.000Z", state: "pending" } as const
    expect(await inTx((tx) => deliveries.replayRange(tx, id, range, 10))).toBe(1)
    await subscriptions.throttle(id, 60)
    expect(await subscriptions.due(10)).toEqual([])
    await subscriptions.succeeded(id)
    expect(await subscriptions.find(id)).toMatchObject({ lastSuccessAt: expect.any(String) })
    expect([
      await subscriptions.disable(id, "gone" as never),
      await subscriptions.disable(id, "gone" as never),
    ]).toEqual([true, false])
    expect(await deliveries.forgetOlderThan(1, 10)).toBe(0)
    await inTx((tx) => subscriptions.remove(tx, id))
    expect([await subscriptions.find(id), await deliveries.list(id, {}, 10)]).toEqual([undefined, []])
  })

  it("invoice numbers follow each other within their year; one that is rolled back is given again", async () => {
    const next = (year: number) => inTx((tx) => tables.invoiceSeries.next(tx, year))
    expect(await Promise.all(Array.from({ length: 20 }, () => next(2026)))).toHaveLength(20)
    const dies = inTx(async (tx) => {
      expect(await tables.invoiceSeries.next(tx, 2026)).toBe(21)
      throw new Error("dies here")
    })
    await expect(dies).rejects.toThrow("dies here")
    expect([await next(2026), await next(2027), await next(2026)]).toEqual([21, 1, 22])
  })

  it("the provider's payments, refunds and reports are followed apart, each where it stands", async () => {
    const { paymentWatch, refundWatch, reportPosition } = tables
    const [payment, refund] = ["pi_", "re_"].map((kind) => ({ id: `${kind}${newId()}`, orderId: newId() }))
    const watched = [payment, refund] as [{ id: string; orderId: string }, { id: string; orderId: string }]
    for (let said = 0; said < 2; said++) {
      await inTx((tx) => paymentWatch.watch(tx, watched[0], new Date()))
      await inTx((tx) => refundWatch.watch(tx, watched[1], new Date()))
    }
    const all = async () => [await paymentWatch.watched(10), await refundWatch.watched(10)]
    expect(await all()).toEqual([[watched[0]], [watched[1]]])
    await paymentWatch.settled(watched[1].id)
    await refundWatch.settled(watched[1].id)
    expect(await all()).toEqual([[watched[0]], []])
    const from = new Date("2026-01-01T00:00:00.000Z")
    const places = [{ from }, { from, to: new Date("2026-01-02T00:00:00.000Z"), after: "re_1" }]
    await paymentWatch.moveTo(places[0] as { from: Date })
    await refundWatch.moveTo(places[1] as { from: Date })
    expect([await paymentWatch.until(), await refundWatch.until(), await reportPosition.until()]).toEqual([
      ...places,
      undefined,
    ])
  })

  it("the price proof that came first stays", async () => {
    const orderId = newId()
    for (const proof of ["first", "second"]) await inTx((tx) => tables.proofs.add(tx, orderId, proof))
    expect([await tables.proofs.find(orderId), await tables.proofs.find(newId())]).toEqual([
      "first",
      undefined,
    ])
  })
})
