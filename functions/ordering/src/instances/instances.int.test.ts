import { newId } from "@eshop/building-blocks/ids"
import { postgresAudit } from "@eshop/building-blocks/store/postgres/audit"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { SagaControlRequested } from "@eshop/domain/contracts/ordering-events"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import type * as z from "zod"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { customer, manager, operator, orderingOn } from "../testing/ordering.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>

beforeAll(async () => {})
afterAll(() => ordering?.store.close())
beforeEach(async () => {
  await ordering?.store.close()
  // An empty task hub.
  ordering = await orderingOn(await newDatabase("ordering"))
  await ordering.store.pool.query("TRUNCATE saga_attention, audit, outbox")
})

const get = (path: string, as: Parameters<ReturnType<typeof ordering.appWith>["as"]>[0] = manager) =>
  ordering.appWith().as(as)("GET", `operations/instances${path}`)
const failing = (step: string) => ({ step, attempt: 5, needsAttention: true, hears: ["retry"] })

describe("the list of orchestrations", () => {
  const ids = (body: { items: { instanceId: string }[] }) => body.items.map(({ instanceId }) => instanceId)
  const all = Array.from({ length: 30 }, (_, index) => `${newId().slice(0, -2)}${10 + index}`)
  beforeEach(() => {
    for (const [index, id] of all.entries())
      ordering.taskHub.keep(id, {
        name: index % 2 ? "refund" : "checkout",
        customStatus: index === 27 ? failing("capture-payment") : { step: "awaiting-stock", says: "waits" },
        createdTime: `2026-11-01T10:${10 + index}:00Z`,
        ...(index === 3 && { runtimeStatus: "Suspended" as const, customStatus: "of another app" }),
      })
  })

  test("pages through all of them, a page of the hub at a time", async () => {
    const seen: string[] = []
    for (let query: string | undefined = "?limit=8"; query; ) {
      const { status, body } = await get(query)
      expect(status).toBe(200)
      seen.push(...ids(body))
      query = body.nextCursor ? `?limit=8&cursor=${body.nextCursor}` : undefined
    }
    expect(seen).toEqual(all)
  })

  test("shows how each stands, and no input", async () => {
    const [first] = (await get("?limit=1")).body.items
    expect(first).toEqual({
      ...{ instanceId: all[0], orderId: all[0], saga: "checkout", runtimeStatus: "Running" },
      ...{ createdAt: "2026-11-01T10:10:00Z", updatedAt: "2026-11-01T10:00:00Z" },
      position: { step: "awaiting-stock", says: "waits" },
    })
    const { body } = await get("?runtimeStatus=Suspended")
    expect(body.items).toMatchObject([{ instanceId: all[3], runtimeStatus: "Suspended" }])
    expect(body.items[0]).not.toHaveProperty("position")
  })

  test.each([
    ["runtimeStatus=Suspended,Failed", [3], 1],
    ["createdFrom=2026-11-01T10:38:00Z", [28, 29], 2],
    ["createdTo=2026-11-01T10:11:00Z", [0, 1], 2],
    ["saga=refund&createdTo=2026-11-01T10:13:00Z", [1, 3], 4],
    ["needsAttention=true", [27], 30],
    ["retrying=true&step=capture-payment", [27], 30],
    ["retrying=false&saga=checkout&createdFrom=2026-11-01T10:36:00Z", [26, 28], 4],
    ["step=nowhere", [], 30],
  ])("is narrowed by %s", async (query, expected, looked) => {
    const { body } = await get(`?limit=100&${query}`)
    expect([ids(body), body.looked, body.nextCursor]).toEqual([
      expected.map((index) => all[index]),
      looked,
      null,
    ])
  })

  test("is narrowed by how ids begin: those of an order", async () => {
    const id = all[5] as string
    ordering.taskHub.keep(`${id}-fulfilment`, { name: "fulfilment" })
    expect(ids((await get(`?idPrefix=${id}`)).body)).toEqual([id, `${id}-fulfilment`])
  })

  test("looks through ten pages of the hub at the most, and goes on where it stopped", async () => {
    const first = (await get("?limit=2&needsAttention=true")).body
    expect([first.items, first.looked]).toEqual([[], 20])
    const second = (await get(`?limit=2&needsAttention=true&cursor=${first.nextCursor}`)).body
    expect([ids(second), second.looked]).toEqual([[all[27]], 8])
    expect(second.nextCursor).not.toBeNull()
  })

  test.each([
    "runtimeStatus=bogus",
    "idPrefix=%25",
    "createdFrom=yesterday",
    "cursor=bm8",
    "limit=101",
    "retrying=1",
  ])("refuses %s", async (query) => {
    expect((await get(`?${query}`)).status).toBe(400)
  })

  test("is counted by state, beside those that are noted down", async () => {
    ordering.taskHub.keep(newId(), { runtimeStatus: "Failed" })
    await ordering.store.unitOfWork.transaction((tx) =>
      ordering.ports.attention.note(tx, {
        ...{ instanceId: all[27] as string, orderId: all[27] as string, saga: "refund" },
        ...{ position: { step: "capture-payment" }, notedAt: new Date() },
      }),
    )
    const { body } = await get("/counts")
    expect(body.needAttention).toBe(1)
    const counted = body.counts.filter(({ count }: { count: number }) => count > 0)
    expect(counted).toEqual([
      { runtimeStatus: "Running", count: 29, orMore: false },
      { runtimeStatus: "Suspended", count: 1, orMore: false },
      { runtimeStatus: "Failed", count: 1, orMore: false },
    ])
    const recent = (await get("/counts?createdFrom=2026-11-01T10:39:00Z")).body.counts
    expect(recent).toContainEqual({ runtimeStatus: "Running", count: 1, orMore: false })
  })

  test("is for who manages orders alone", async () => {
    for (const path of ["", "/counts", `/${all[0]}`])
      for (const [as, status] of [
        [{ kind: "anonymous" }, 401],
        [customer(newId()), 403],
        [operator, 403],
      ] as const)
        expect((await get(path, as)).status).toBe(status)
  })
})

describe("one orchestration", () => {
  test("is shown with its way, its order's messages and its trace; nothing of it is personal", async () => {
    const { checkout } = ordering.newCheckout({ paymentMethod: "pm_card_visa" })
    const id = checkout.checkoutId
    await ordering.appWith().publish(BasketCheckedOut, checkout)
    const trace = "0af7651916cd43dd8448eb211c80319c"
    ordering.taskHub.keep(id, {
      input: { input: { orderId: id }, traceparent: `00-${trace}-b7ad6b7169203331-01` },
      customStatus: { step: "awaiting-stock", says: "waits for the stock until 10:10 UTC, then cancels" },
      history: [
        { EventType: "ExecutionStarted", FunctionName: "checkout", Timestamp: "2026-11-01T10:00:00Z" },
        {
          ...{ EventType: "TaskCompleted", FunctionName: "read-order", Timestamp: "2026-11-01T10:00:01Z" },
          ...{ ScheduledTime: "2026-11-01T10:00:00Z", Input: JSON.stringify([{ input: { orderId: id } }]) },
          Result: { done: { customerId: checkout.customerId, paymentMethod: "pm_card_visa" } },
        },
      ],
    })
    const { status, body } = await get(`/${id}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...{ instanceId: id, orderId: id, runtimeStatus: "Running", input: { orderId: id }, replays: 1 },
      ...{ traceId: trace, timeline: [{ says: "began" }, { says: "read-order was done after 1 s" }] },
      steps: [
        {
          ...{ step: "read-order", input: { orderId: id } },
          output: { customerId: "[redacted]", paymentMethod: "[redacted]" },
        },
      ],
      messages: [
        { type: "OrderSubmitted", announced: [] },
        {
          type: "StockRequested",
          announced: ["eshop.ordering.order-created.v1", "eshop.ordering.order-status-changed.v1"],
        },
      ],
    })
    const text = JSON.stringify(body)
    expect([text.includes(checkout.customerId), text.includes("pm_card_visa")]).toEqual([false, false])
  })

  test("that failed says its output without what only the library reads", async () => {
    const id = newId()
    ordering.taskHub.keep(id, {
      runtimeStatus: "Failed",
      output: "Orchestrator function 'checkout' failed: It can go neither on nor back.\n\n$OutOfProcData$:{}",
    })
    expect((await get(`/${id}`)).body.output).toBe(
      "Orchestrator function 'checkout' failed: It can go neither on nor back.",
    )
  })

  test("that is not there is 404, and a name that no saga has 400", async () => {
    const { status, body } = await get(`/${newId()}`)
    expect([status, body.type]).toEqual([404, "urn:eshop:problem:instance.unknown"])
    expect((await get("/not-an-instance")).status).toBe(400)
  })
})

describe("an operator", () => {
  const reason = "the provider sends wrong amounts"
  const both = { kind: "customer" as const, id: "operator-1", roles: ["orders.manage", "operations"] }
  type Sends = { readonly as?: Parameters<typeof get>[1]; readonly key?: string; readonly body?: object }
  const ask = (id: string, what: string, { as = both, key = newId(), body = { reason } }: Sends = {}) =>
    ordering.appWith().as(as)("POST", `operations/instances/${id}/${what}`, body, { "idempotency-key": key })
  const asked = async () =>
    (
      await ordering.store.pool.query<{ data: unknown }>(
        "SELECT event->'data' AS data FROM outbox WHERE event->>'type' = $1 ORDER BY position",
        [SagaControlRequested.type],
      )
    ).rows.map(({ data }) => data)
  const trail = () => postgresAudit(ordering.store.pool).list({ limit: 10 })
  const carryOut = (data: z.input<typeof SagaControlRequested.data>) =>
    ordering.appWith().publish(SagaControlRequested, data)
  const statusOf = async (id: string) => (await ordering.taskHub.find(id))?.runtimeStatus

  test.each([
    ["suspension", "suspend", "Running", "Suspended"],
    ["resumption", "resume", "Suspended", "Running"],
    ["termination", "terminate", "Suspended", "Terminated"],
    ["purge", "purge", "Failed", undefined],
  ] as const)(
    "asks for a %s, once, which is audited and then comes about",
    async (what, control, from, to) => {
      const id = newId()
      ordering.taskHub.keep(id, { runtimeStatus: from })
      const key = newId()
      const first = await ask(id, what, { key })
      expect([first.status, first.body]).toEqual([202, { instanceId: id, control }])
      expect((await ask(id, what, { key })).headers.get("idempotent-replayed")).toBe("true")
      const wanted = { orderId: id, instanceId: id, control, reason, by: "operator-1" }
      expect(await asked()).toEqual([wanted])
      expect(await trail()).toMatchObject([
        {
          ...{ by: { kind: "customer", id: "operator-1" }, subject: `saga ${id}` },
          ...{ action: `saga.${control}`, change: { reason, saga: "checkout" } },
        },
      ])
      expect(await statusOf(id)).toBe(from)
      // The message comes twice.
      await carryOut(wanted)
      await carryOut(wanted)
      expect(await statusOf(id)).toBe(to)
    },
  )

  test.each([
    ["suspension", "Suspended"],
    ["suspension", "Completed"],
    ["resumption", "Running"],
    ["termination", "Terminated"],
    ["purge", "Running"],
    ["purge", "Suspended"],
  ] as const)("is refused a %s of one that is %s, and nothing is asked for", async (what, runtimeStatus) => {
    const id = newId()
    ordering.taskHub.keep(id, { runtimeStatus })
    const { status, body } = await ask(id, what)
    expect([status, body.type, body.runtimeStatus]).toEqual([
      409,
      "urn:eshop:problem:instance.elsewhere",
      runtimeStatus,
    ])
    expect([await asked(), await trail(), await statusOf(id)]).toEqual([[], [], runtimeStatus])
  })

  test("cannot purge what led an order that is still under way", async () => {
    const { checkout } = ordering.newCheckout()
    const id = checkout.checkoutId
    await ordering.appWith().publish(BasketCheckedOut, checkout)
    ordering.taskHub.keep(id, { runtimeStatus: "Terminated" })
    const { status, body } = await ask(id, "purge")
    expect([status, body.type]).toEqual([409, "urn:eshop:problem:instance.needed"])
    expect([await asked(), await trail(), await statusOf(id)]).toEqual([[], [], "Terminated"])
  })

  test("is told when there is none, and needs the role, a key and a reason without card or address", async () => {
    const id = newId()
    expect((await ask(id, "suspension")).body.type).toBe("urn:eshop:problem:instance.unknown")
    ordering.taskHub.keep(id)
    const path = `operations/instances/${id}/suspension`
    expect((await ordering.appWith().as(both)("POST", path, { reason })).status).toBe(400)
    for (const body of [{}, { reason: "no" }, { reason: "card 4242 4242 4242 4242" }])
      expect((await ask(id, "suspension", { body })).status).toBe(400)
    for (const what of ["termination", "purge"])
      expect((await ask(id, what, { as: manager })).status).toBe(403)
    for (const what of ["suspension", "resumption"])
      expect((await ask(id, what, { as: operator })).status).toBe(403)
    expect([await asked(), await trail()]).toEqual([[], []])
    await ask(id, "suspension", { body: { reason: "ada@example.com called" } })
    expect(await asked()).toMatchObject([{ reason: "[redacted] called" }])
  })

  test("whose word comes too late changes nothing, and what needs attention is struck out at an end", async () => {
    const [ended, stuck] = [newId(), newId()]
    ordering.taskHub.keep(ended, { runtimeStatus: "Completed" })
    ordering.taskHub.keep(stuck)
    await ordering.store.unitOfWork.transaction((tx) =>
      ordering.ports.attention.note(tx, {
        ...{
          instanceId: stuck,
          orderId: stuck,
          saga: "checkout",
          position: { step: "x" },
          notedAt: new Date(),
        },
      }),
    )
    for (const id of [ended, newId(), stuck])
      await carryOut({ orderId: id, instanceId: id, control: "terminate", reason, by: "o" })
    expect([await statusOf(ended), await statusOf(stuck)]).toEqual(["Completed", "Terminated"])
    expect(await ordering.ports.attention.countBySaga()).toEqual({})
  })
})
