import type { SagaPosition } from "@eshop/building-blocks/durable/position"
import { newId } from "@eshop/building-blocks/ids"
import { postgresAudit } from "@eshop/building-blocks/store/postgres/audit"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { SagaWordSpoken } from "@eshop/domain/contracts/ordering-events"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { customer, operator, orderingOn } from "../testing/ordering.ts"
import { sagaPosition } from "./position.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())
beforeEach(async () => {
  await ordering.store.pool.query("TRUNCATE saga_attention, audit")
})

const manager = { kind: "customer" as const, id: "manager-1", roles: ["orders.manage"] }
const position: SagaPosition = {
  step: "capture-payment",
  says: "has failed 5 times (payments is out), is tried again at 10:01 UTC",
  until: "2026-11-01T10:01:00.000Z",
  needsAttention: true,
  attempt: 5,
  since: "2026-11-01T10:00:00.000Z",
  waitsFor: "payments",
  hears: ["retry", "compensate"],
}
const said = { word: "retry", step: "capture-payment", attempt: 5 } as const

/** A running saga that needs attention. */
function stuck(instanceId: string = newId(), more: Partial<SagaPosition> = {}): string {
  ordering.sagas.stand(instanceId, { status: "running", position: { ...position, ...more } })
  return instanceId
}
const say = (instanceId: string, body: object = said, key: string = newId()) =>
  ordering.appWith().as(manager)("POST", `operations/sagas/${instanceId}/words`, body, {
    "idempotency-key": key,
  })
const words = async (orderId: string) =>
  (
    await ordering.store.pool.query<{ data: unknown }>(
      "SELECT event->'data' AS data FROM outbox WHERE event->>'subject' = $1 AND event->>'type' = $2",
      [orderId, SagaWordSpoken.type],
    )
  ).rows.map(({ data }) => data)
const trail = () => postgresAudit(ordering.store.pool).list({ limit: 10 })

describe("a word of an operator", () => {
  test("goes its way as an event, once, and is audited", async () => {
    const orderId = stuck()
    const key = newId()
    const first = await say(orderId, said, key)
    expect([first.status, first.body]).toEqual([202, { instanceId: orderId, said }])
    const again = await say(orderId, said, key)
    expect([again.status, again.body, again.headers.get("idempotent-replayed")]).toEqual([
      202,
      first.body,
      "true",
    ])
    expect(await words(orderId)).toEqual([{ orderId, instanceId: orderId, ...said, by: "manager-1" }])
    expect(await trail()).toMatchObject([
      {
        by: { kind: "customer", id: "manager-1" },
        subject: `saga ${orderId}`,
        action: "saga.retry",
        change: said,
      },
    ])
  })

  test("reaches an instance whose id begins with its order's", async () => {
    const orderId = newId()
    await say(stuck(`${orderId}-refund-${orderId}`))
    expect(await words(orderId)).toMatchObject([{ instanceId: `${orderId}-refund-${orderId}` }])
  })

  test.each([
    ["on another step", { ...said, step: "mark-paid" }],
    ["on another attempt", { ...said, attempt: 4 }],
    ["that the saga would not hear", { ...said, word: "skip" }],
  ])("%s is refused, and nothing is said", async (_, body) => {
    const orderId = stuck()
    const reply = await say(orderId, body)
    expect([reply.status, reply.body.type]).toEqual([409, "urn:eshop:problem:saga.elsewhere"])
    expect(reply.body.position).toEqual(position)
    expect([await words(orderId), await trail()]).toEqual([[], []])
  })

  test.each(["completed", "failed", "terminated", undefined] as const)(
    "to a saga that is %s is refused",
    async (status) => {
      const orderId = newId()
      if (status) ordering.sagas.stand(orderId, { status, position })
      const reply = await say(orderId)
      expect([reply.status, reply.body.type]).toEqual([404, "urn:eshop:problem:saga.unknown"])
      expect(await words(orderId)).toEqual([])
    },
  )

  test("is for who manages orders alone, names an instance, and brings a key", async () => {
    const orderId = stuck()
    const path = `operations/sagas/${orderId}/words`
    for (const [caller, status] of [
      [{ kind: "anonymous" }, 401],
      [customer(newId()), 403],
      [operator, 403],
    ] as const)
      expect(
        (await ordering.appWith().as(caller)("POST", path, said, { "idempotency-key": newId() })).status,
      ).toBe(status)
    expect((await ordering.appWith().as(manager)("POST", path, said)).status).toBe(400)
    expect((await say("not-an-instance")).status).toBe(400)
    expect((await say(orderId, { ...said, word: "cancel" })).status).toBe(400)
    expect([await words(orderId), await trail()]).toEqual([[], []])
  })
})

test("a word is raised to the instance that it was said to; one that has ended does not hear it", async () => {
  const { checkout } = ordering.newCheckout()
  const orderId = checkout.checkoutId
  const app = ordering.appWith()
  await app.publish(BasketCheckedOut, checkout)
  const { customerId: by } = checkout
  await app.publish(SagaWordSpoken, { orderId, instanceId: orderId, ...said, by })
  expect(ordering.sagas.raisedFor(orderId)).toEqual([{ id: orderId, event: "operator", data: said }])

  const gone = newId()
  await app.publish(SagaWordSpoken, { orderId: gone, instanceId: gone, ...said, by })
  expect(ordering.sagas.raisedFor(gone)).toEqual([])
})

describe("the sagas that need attention", () => {
  const note = (instanceId: string, minute: number) =>
    ordering.store.unitOfWork.transaction((tx) =>
      ordering.ports.attention.note(tx, {
        instanceId,
        orderId: instanceId.slice(0, 36),
        saga: "checkout",
        position,
        notedAt: new Date(Date.UTC(2026, 10, 1, 10, minute)),
      }),
    )
  const list = (query = "") => ordering.appWith().as(manager)("GET", `operations/sagas${query}`)

  test("are listed as they stand now, the one that waits longest first, each once", async () => {
    const ids = Array.from({ length: 5 }, () => newId())
    for (const [index, id] of ids.entries()) await note(stuck(id, { attempt: index + 5 }), 5 - index)
    const seen: object[] = []
    for (let query: string | undefined = "?limit=2"; query; ) {
      const { body } = await list(query)
      seen.push(...body.items)
      query = body.nextCursor ? `?limit=2&cursor=${body.nextCursor}` : undefined
    }
    expect(seen).toEqual(
      ids.toReversed().map((id, index) => ({
        instanceId: id,
        orderId: id,
        saga: "checkout",
        status: "running",
        position: { ...position, attempt: 9 - index },
        notedAt: `2026-11-01T10:0${index + 1}:00.000Z`,
      })),
    )
  })

  test("are those alone that still do, running or failed", async () => {
    const [failed, again, terminated, gone] = [newId(), newId(), newId(), newId()]
    ordering.sagas.stand(failed, { status: "failed", position: { step: "stranded", needsAttention: true } })
    ordering.sagas.stand(again, { status: "running", position: { step: "marking-paid" } })
    ordering.sagas.stand(terminated, { status: "terminated", position })
    for (const id of [failed, again, terminated, gone]) await note(id, 1)
    const { body } = await list()
    expect(body.items).toMatchObject([{ instanceId: failed, status: "failed" }])
  })

  test("are shown to who manages orders alone", async () => {
    for (const caller of [customer(newId()), operator])
      expect((await ordering.appWith().as(caller)("GET", "operations/sagas")).status).toBe(403)
  })
})

test("an order's reader is told where its checkout stands, while that is under way and the task hub answers", async () => {
  const { sagas } = ordering
  const orderId = stuck()
  expect(await sagaPosition(sagas, orderId)).toEqual(position)
  expect(await sagaPosition(sagas, newId())).toBeUndefined()
  sagas.stand(orderId, { status: "completed", position: { step: "paid" } })
  expect(await sagaPosition(sagas, orderId)).toBeUndefined()
  const status = () => Promise.reject(new Error("the task hub is out"))
  expect(await sagaPosition({ ...sagas, status }, orderId)).toBeUndefined()
})
