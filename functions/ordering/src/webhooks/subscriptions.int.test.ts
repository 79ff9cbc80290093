import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { customer } from "../testing/ordering.ts"
import { isSignedWith } from "./testing/receiver.ts"
import { keeper as keeperOfOrders, paid, type WebhooksOn, webhooksOn } from "./testing/webhooks.ts"

let webhooks: WebhooksOn

beforeAll(async () => {
  webhooks = await webhooksOn(await newDatabase("ordering"))
})
afterAll(() => webhooks?.close())
beforeEach(() => webhooks.reset())

describe("a subscription", () => {
  test("is made, shown without its secret, listed page by page, changed and deleted; the trail tells of it", async () => {
    const made = await webhooks.send(
      "POST",
      "operations/webhooks",
      webhooks.content({ types: ["order.shipped", "order.paid"] }),
    )
    const { secret, ...shown } = made.body
    expect([made.status, made.headers.get("etag"), made.headers.get("location")]).toEqual([
      201,
      '"1"',
      `/ordering/operations/webhooks/${shown.id}`,
    ])
    expect(Buffer.from(secret.replace(/^whsec_/, ""), "base64")).toHaveLength(32)
    expect(shown).toMatchObject({ enabled: true, types: ["order.paid", "order.shipped"], version: 1 })
    expect(await webhooks.show(shown.id)).toEqual(shown)
    const second = await webhooks.subscribe()
    const page = await webhooks.send("GET", "operations/webhooks?limit=1")
    expect(page.body.items).toEqual([shown])
    const next = await webhooks.send("GET", `operations/webhooks?limit=1&cursor=${page.body.nextCursor}`)
    expect([next.body.items[0].id, next.body.nextCursor]).toEqual([second.id, null])
    const changed = await webhooks.send(
      "PUT",
      `operations/webhooks/${shown.id}`,
      { ...webhooks.content({ description: "Another" }), enabled: false },
      { "if-match": '"1"' },
    )
    expect(changed.body).toMatchObject({
      enabled: false,
      disabledFor: "operator",
      types: ["order.paid"],
      version: 2,
    })
    expect((await webhooks.send("DELETE", `operations/webhooks/${shown.id}`)).status).toBe(204)
    expect((await webhooks.send("GET", `operations/webhooks/${shown.id}`)).status).toBe(404)
    const { rows } = await webhooks.sql(
      "SELECT action, caller, change FROM audit WHERE subject = $1 ORDER BY position",
      [`webhook ${shown.id}`],
    )
    expect(rows.map(({ action, caller }) => [action, caller])).toEqual([
      ["webhook.created", "keeper"],
      ["webhook.updated", "keeper"],
      ["webhook.deleted", "keeper"],
    ])
    expect(JSON.stringify(rows)).not.toContain(secret)
  })

  test("is the business of who manages orders alone", async () => {
    const { id } = await webhooks.subscribe()
    for (const caller of [customer("anybody"), { ...customer("other"), roles: ["operations"] }]) {
      const other = webhooks.app.as(caller)
      expect((await other("GET", "operations/webhooks")).status).toBe(403)
      expect((await other("POST", "operations/webhooks", webhooks.content())).status).toBe(403)
      expect((await other("DELETE", `operations/webhooks/${id}`)).status).toBe(403)
    }
    expect((await webhooks.send("GET", "operations/webhooks")).body.items).toHaveLength(1)
  })

  test.each([
    ["http", "http://shop.example/hooks"],
    ["this machine", "https://127.0.0.1/hooks"],
    ["a name and a password", "https://a:b@shop.example/"],
  ])("to %s is refused where private addresses are, and nothing is stored", async (_, url) => {
    const strict = webhooks.ordering.appWith({ outbound: { allowPrivate: false } })
    const reply = await strict.as(keeperOfOrders)("POST", "operations/webhooks", webhooks.content({ url }))
    expect([reply.status, codeOf(reply)]).toEqual([422, "webhook.url-refused"])
    expect((await webhooks.sql("SELECT count(*) FROM webhook_subscription")).rows).toEqual([{ count: 0 }])
  })

  test("that has changed since is not overwritten", async () => {
    const { id } = await webhooks.subscribe()
    const change = { ...webhooks.content({ description: "First" }), enabled: true }
    const path = `operations/webhooks/${id}`
    const all = await Promise.all(
      Array.from({ length: 4 }, () => webhooks.send("PUT", path, change, { "if-match": '"1"' })),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
    expect((await webhooks.send("DELETE", path, undefined, { "if-match": '"1"' })).status).toBe(412)
    expect((await webhooks.show(id)).version).toBe(2)
  })

  test("is one of a hundred at the most", async () => {
    await webhooks.sql(
      `INSERT INTO webhook_subscription (id, url, description, version, secret_number, secret_key, created_at, changed_at)
       SELECT gen_random_uuid(), 'https://shop.example', 'd', 1, 1, 'test', now(), now() FROM generate_series(1, 99)`,
    )
    await webhooks.subscribe()
    const reply = await webhooks.send("POST", "operations/webhooks", webhooks.content())
    expect([reply.status, codeOf(reply)]).toEqual([409, "webhook.too-many"])
  })
})

describe("a secret", () => {
  const verifies = (secret: string) =>
    webhooks.receiver.received.map((received) => isSignedWith(secret, received))

  test("that is rotated signs beside the new one until it ends", async () => {
    const { id, secret } = await webhooks.subscribe()
    const rotated = await webhooks.send("POST", `operations/webhooks/${id}/secret`, { overlapHours: 1 })
    expect(rotated.status).toBe(200)
    expect(rotated.body.secret).not.toBe(secret)
    expect(Date.parse(rotated.body.oldSecretUntil) - Date.parse(rotated.body.changedAt)).toBe(3_600_000)
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    expect([verifies(secret), verifies(rotated.body.secret)]).toEqual([[true], [true]])
    expect(webhooks.receiver.received[0]?.headers["webhook-signature"].split(" ")).toHaveLength(2)
    await webhooks.sql("UPDATE webhook_subscription SET old_secret_until = now()")
    webhooks.receiver.received.length = 0
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    expect([verifies(secret), verifies(rotated.body.secret)]).toEqual([[false], [true]])
  })

  test("that became known ends at once", async () => {
    const { id, secret } = await webhooks.subscribe()
    const rotated = await webhooks.send("POST", `operations/webhooks/${id}/secret`, { overlapHours: 0 })
    expect(rotated.body).not.toHaveProperty("oldSecretUntil")
    await webhooks.app.publish(OrderPaid, paid())
    await webhooks.deliver()
    expect([verifies(secret), verifies(rotated.body.secret)]).toEqual([[false], [true]])
  })

  test("lies nowhere in the store", async () => {
    const { secret } = await webhooks.subscribe()
    const { rows } = await webhooks.sql("SELECT to_jsonb(s)::text AS row FROM webhook_subscription s")
    expect(JSON.stringify(rows)).not.toContain(secret.replace("whsec_", ""))
  })
})
