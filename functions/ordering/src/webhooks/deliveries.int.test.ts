import { newId } from "@eshop/building-blocks/ids"
import { OrderPaid, OrderShipped } from "@eshop/domain/contracts/ordering-events"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { isSignedWith, type Received } from "./testing/receiver.ts"
import { paid, type WebhooksOn, webhooksOn } from "./testing/webhooks.ts"

let webhooks: WebhooksOn

beforeAll(async () => {
  webhooks = await webhooksOn(await newDatabase("ordering"))
})
afterAll(() => webhooks?.close())
beforeEach(() => webhooks.reset())

describe("an event", () => {
  test("goes to each subscription that wants it, once however often it comes, signed and without who ordered", async () => {
    const [first, second, other] = [
      await webhooks.subscribe(),
      await webhooks.subscribe(),
      await webhooks.subscribe({ types: ["order.shipped"] }),
    ]
    const event = paid()
    const id = await webhooks.app.publish(OrderPaid, event)
    await webhooks.app.publish(OrderPaid, event, id)
    await webhooks.deliver()
    await webhooks.deliver()
    expect(webhooks.receiver.received).toHaveLength(2)
    for (const { headers, body } of webhooks.receiver.received) {
      const fitting = [first, second].filter(({ secret }) => isSignedWith(secret, { headers, body }))
      expect(fitting).toHaveLength(1)
      const { type, timestamp, data } = JSON.parse(body)
      expect([type, new Date(timestamp).toISOString()]).toEqual(["order.paid", timestamp])
      const { customerId, ...rest } = event
      expect(data).toEqual({ ...rest, orderNumber: orderNumberOf(event.orderId) })
      expect(body).not.toContain(customerId)
    }
    expect(await webhooks.log(first.id)).toMatchObject([
      { state: "delivered", attempts: 1, lastAttempt: { status: 200 } },
    ])
    expect(await webhooks.log(other.id)).toEqual([])
    expect((await webhooks.show(first.id)).lastSuccessAt).toMatch(/Z$/)
  })

  test("of an order of a hundred lines fits into 20 kB", async () => {
    await webhooks.subscribe({ types: ["order.shipped"] })
    const lines = Array.from({ length: 100 }, (_, index) => ({
      sku: String(index).padStart(40, "X"),
      quantity: 1_000_000,
    }))
    await webhooks.app.publish(OrderShipped, { ...OrderShipped.example, orderId: newId(), lines })
    await webhooks.deliver()
    expect(webhooks.receiver.received).toHaveLength(1)
    expect(Buffer.byteLength(webhooks.receiver.received[0]?.body ?? "")).toBeLessThan(20_000)
  })

  test("is made for nobody while a subscription is disabled", async () => {
    const { id } = await webhooks.subscribe()
    await webhooks.send("PUT", `operations/webhooks/${id}`, { ...webhooks.content(), enabled: false })
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    expect([webhooks.receiver.received, await webhooks.log(id)]).toEqual([[], []])
  })
})

describe("a delivery that fails", () => {
  test("is made again under the same id with a new time, until it arrives", async () => {
    const { id, secret } = await webhooks.subscribe()
    webhooks.receiver.answerWith((response) => response.writeHead(500).end("oops\u0000"))
    await webhooks.app.publish(OrderPaid, paid())
    // The next attempt is made when it is due, by the process that has made this one.
    expect(await webhooks.deliver()).toEqual({ attempts: 1, againInMs: 5_000 })
    const [waiting] = await webhooks.log(id)
    expect(waiting).toMatchObject({
      state: "pending",
      attempts: 1,
      lastAttempt: { status: 500, response: "oops " },
    })
    const pause = Date.parse(waiting.dueAt) - Date.parse(waiting.lastAttempt.at)
    expect([4_000, 5_000, 6_000]).toContain(pause)
    await webhooks.deliver()
    expect(webhooks.receiver.received).toHaveLength(1)
    webhooks.receiver.answerWith((response) => response.writeHead(204).end())
    await webhooks.later()
    await webhooks.deliver()
    const ids = webhooks.receiver.received.map(({ headers }) => headers["webhook-id"])
    expect(ids).toEqual([waiting.id, waiting.id])
    expect(webhooks.receiver.received.map((one) => isSignedWith(secret, one))).toEqual([true, true])
    expect(await webhooks.log(id)).toMatchObject([
      { state: "delivered", attempts: 2, lastAttempt: { status: 204 } },
    ])
    expect((await webhooks.log(id))[0]).not.toHaveProperty("dueAt")
  })

  test("ten times is given up, and its subscription with it where nothing else arrived", async () => {
    const { id } = await webhooks.subscribe()
    webhooks.receiver.answerWith((response) => response.writeHead(500).end())
    await webhooks.app.publish(OrderPaid, paid())
    for (let attempt = 1; attempt <= 10; attempt++) {
      await webhooks.later()
      await webhooks.deliver()
    }
    expect(webhooks.receiver.received).toHaveLength(10)
    expect(await webhooks.log(id)).toMatchObject([{ state: "failed", attempts: 10 }])
    expect(await webhooks.show(id)).toMatchObject({ enabled: false, disabledFor: "failing", version: 2 })
    const alarms = webhooks.app.lines("error").filter(({ webhookId }) => webhookId === id)
    expect(alarms).toMatchObject([{ alarm: "webhook-disabled" }])
  })

  test("ten times leaves the subscription alone where others arrive", async () => {
    const { id } = await webhooks.subscribe()
    webhooks.receiver.answerWith((response) => response.writeHead(500).end())
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    await webhooks.sql("UPDATE webhook_delivery SET attempts = 9, created_at = now() - interval '3 days'")
    await webhooks.sql("UPDATE webhook_subscription SET last_success_at = now() - interval '1 hour'")
    await webhooks.later()
    await webhooks.deliver()
    expect(await webhooks.log(id)).toMatchObject([{ state: "failed", attempts: 10 }])
    expect((await webhooks.show(id)).enabled).toBe(true)
  })

  test("with 410 ends the subscription; what waits is sent once it is enabled again", async () => {
    const { id } = await webhooks.subscribe()
    await webhooks.app.publish(OrderPaid, paid())
    webhooks.receiver.answerWith((response) => response.writeHead(410).end())
    await webhooks.deliver()
    expect(await webhooks.show(id)).toMatchObject({ enabled: false, disabledFor: "gone" })
    expect(await webhooks.log(id)).toMatchObject([{ state: "failed", attempts: 1 }])
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    expect(webhooks.receiver.received).toHaveLength(1)
    const enabled = await webhooks.send("PUT", `operations/webhooks/${id}`, {
      ...webhooks.content(),
      enabled: true,
    })
    expect(enabled.body).not.toHaveProperty("disabledFor")
    webhooks.receiver.answerWith((response) => response.writeHead(200).end())
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    expect((await webhooks.log(id)).map(({ state }: { state: string }) => state)).toEqual([
      "delivered",
      "failed",
    ])
  })

  test.each([429, 502, 504])(
    "with %d slows everything to its subscription down for as long as it asks",
    async (status) => {
      const [slow, other] = [
        await webhooks.subscribe(),
        await webhooks.subscribe({ url: `${webhooks.receiver.url}/other` }),
      ]
      webhooks.receiver.answerWith((response) => response.writeHead(status, { "retry-after": "120" }).end())
      await webhooks.app.publish(OrderPaid, paid())
      await webhooks.deliver()
      await webhooks.sql("UPDATE webhook_subscription SET throttled_until = NULL WHERE id = $1", [other.id])
      webhooks.receiver.received.length = 0
      webhooks.receiver.answerWith((response) => response.writeHead(200).end())
      await webhooks.later()
      await webhooks.app.publish(OrderPaid, paid())
      await webhooks.deliver()
      const states = async (id: string) =>
        (await webhooks.log(id)).map(({ state }: { state: string }) => state)
      expect([await states(slow.id), await states(other.id)]).toEqual([
        ["pending", "pending"],
        ["delivered", "delivered"],
      ])
      const { rows } = await webhooks.sql(
        "SELECT ceil(extract(epoch FROM throttled_until - now()))::int AS seconds FROM webhook_subscription WHERE id = $1",
        [slow.id],
      )
      expect([118, 119, 120]).toContain(rows[0].seconds)
    },
  )

  test("does not hold another receiver's up", async () => {
    const dead = await webhooks.subscribe({ url: "http://127.0.0.1:1/" })
    const alive = await webhooks.subscribe()
    for (let count = 0; count < 15; count++) await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    expect(webhooks.receiver.received).toHaveLength(15)
    expect((await webhooks.log(dead.id))[0]).toMatchObject({
      state: "pending",
      lastAttempt: { error: "ECONNREFUSED" },
    })
    expect((await webhooks.log(alive.id, "?state=delivered")).length).toBe(15)
  })

  test("for want of its secret's key is told of in the log, and holds nobody up", async () => {
    const [broken, whole] = [await webhooks.subscribe(), await webhooks.subscribe()]
    await webhooks.sql("UPDATE webhook_subscription SET secret_key = 'gone' WHERE id = $1", [broken.id])
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    expect(webhooks.receiver.received).toHaveLength(1)
    expect(await webhooks.log(broken.id)).toMatchObject([
      { state: "pending", lastAttempt: { error: "signing-failed" } },
    ])
    expect(await webhooks.log(whole.id)).toMatchObject([{ state: "delivered" }])
  })
})

describe("what was sent", () => {
  test("is listed newest first, page by page and by state", async () => {
    const { id } = await webhooks.subscribe()
    for (let count = 0; count < 5; count++) await webhooks.app.publish(OrderPaid, paid())
    await webhooks.sql("UPDATE webhook_delivery SET created_at = '2026-11-01T10:00:00.123Z'")
    const seen: string[] = []
    for (let cursor = ""; ; ) {
      const { body } = await webhooks.send("GET", `operations/webhooks/${id}/deliveries?limit=2${cursor}`)
      seen.push(...body.items.map((item: { id: string }) => item.id))
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    expect(new Set(seen).size).toBe(5)
    expect(seen).toEqual([...seen].sort().reverse())
    expect(await webhooks.log(id, "?state=failed")).toEqual([])
  })

  test("is sent again under its own id: one delivery, or all of a time that failed", async () => {
    const { id } = await webhooks.subscribe()
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    const [{ id: deliveryId }] = await webhooks.log(id)
    const path = `operations/webhooks/${id}/deliveries`
    expect((await webhooks.send("POST", `${path}/${deliveryId}/replay`)).status).toBe(202)
    await webhooks.deliver()
    expect(webhooks.receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([
      deliveryId,
      deliveryId,
    ])
    const unknown = await webhooks.send("POST", `${path}/${newId()}/replay`)
    expect([unknown.status, codeOf(unknown)]).toEqual([404, "webhook-delivery.unknown"])
    for (let count = 0; count < 3; count++) await webhooks.app.publish(OrderPaid, paid())
    await webhooks.sql("UPDATE webhook_delivery SET state = 'failed', attempts = 10 WHERE state = 'pending'")
    const range = {
      from: new Date(Date.now() - 60_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
    }
    const before = { ...range, to: range.from }
    expect((await webhooks.send("POST", `${path}/replay`, before)).body).toEqual({ replayed: 0 })
    expect((await webhooks.send("POST", `${path}/replay`, range)).body).toEqual({ replayed: 3 })
    expect((await webhooks.send("POST", `${path}/replay`, range)).body).toEqual({ replayed: 0 })
    await webhooks.deliver()
    expect(webhooks.receiver.received).toHaveLength(5)
    expect(await webhooks.log(id, "?state=delivered")).toHaveLength(4)
  })

  test("is another subscription's business alone", async () => {
    const [mine, other] = [await webhooks.subscribe(), await webhooks.subscribe({ types: ["order.shipped"] })]
    await webhooks.app.publish(OrderPaid, paid())
    const [{ id: deliveryId }] = await webhooks.log(mine.id)
    const reply = await webhooks.send(
      "POST",
      `operations/webhooks/${other.id}/deliveries/${deliveryId}/replay`,
    )
    expect(reply.status).toBe(404)
  })

  test("can be a ping", async () => {
    const { id, secret } = await webhooks.subscribe({ types: ["order.shipped"] })
    const reply = await webhooks.send("POST", `operations/webhooks/${id}/ping`)
    expect(reply.status).toBe(202)
    await webhooks.deliver()
    const [one] = webhooks.receiver.received as [Received]
    const { body, headers } = one
    expect(isSignedWith(secret, one)).toBe(true)
    expect([headers["webhook-id"], JSON.parse(body)]).toEqual([
      reply.body.deliveryId,
      { type: "webhook.ping", timestamp: expect.any(String), data: {} },
    ])
  })

  test("is forgotten after 30 days", async () => {
    const { id } = await webhooks.subscribe()
    for (let count = 0; count < 3; count++) await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    const [{ id: old }] = await webhooks.log(id)
    await webhooks.sql("UPDATE webhook_delivery SET created_at = now() - interval '31 days' WHERE id = $1", [
      old,
    ])
    await webhooks.app.tick("ordering.forget-deliveries")
    expect((await webhooks.log(id)).map((item: { id: string }) => item.id)).not.toContain(old)
    expect(await webhooks.log(id)).toHaveLength(2)
  })
})
