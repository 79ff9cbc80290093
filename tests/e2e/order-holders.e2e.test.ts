import { randomUUID } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { noticesIn } from "@eshop/local-cloud/cloud"
import {
  type CartAnswer,
  type CheckoutAnswer,
  type Order,
  someAddress,
} from "@eshop/local-cloud/shop/shop-client"
import { afterAll, expect } from "vitest"
import { isSignedWith, startReceiver } from "../../functions/ordering/src/webhooks/testing/receiver.ts"
import { eventually, products, type RunningShop } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

let running: RunningShop
let receiver: Awaited<ReturnType<typeof startReceiver>>

it.beforeAll(async ({ shop }) => {
  receiver = await startReceiver()
  running = shop
})
afterAll(async () => {
  receiver.stop()
})

type Notice = { kind: string; language: string; to: { address: string }; subject: string; text: string }

/** The notices that were sent to an address, in the order in which they were. */
async function noticesTo(address: string): Promise<Notice[]> {
  const folder = noticesIn(running.cloud.dataDir)
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort()
  const all = await Promise.all(
    files.map(async (name) => JSON.parse(await readFile(`${folder}/${name}`, "utf8")) as Notice),
  )
  return all.filter(({ to }) => to.address === address)
}

/** A guest who buys one phone. @returns the order's id and token */
async function buyAsGuest(address: object) {
  const guest: Record<string, string> = { "x-guest-token": "new" }
  const send = async <T>(path: string, body: unknown) => {
    const headers = { ...guest, "idempotency-key": randomUUID() }
    const answer = await running.shop.send<T>(undefined, "POST", path, { headers, body })
    guest["x-guest-token"] = answer.headers.get("x-guest-token") ?? (guest["x-guest-token"] as string)
    return answer
  }
  const cart = await send<CartAnswer>("/basket/cart/items", { sku: products.xiaomi, quantity: 1 })
  const { status, headers, body } = await send<CheckoutAnswer>("/basket/checkout", {
    expectedTotal: cart.body.total,
    shippingAddress: { ...someAddress, ...address },
    paymentMethod: "pm_card_visa",
  })
  expect(status).toBe(202)
  return { orderId: body.orderId, token: headers.get("x-order-token") ?? "" }
}

it("a guest comes back to the order with its token: sees it, its invoice, and nobody else's", async () => {
  const { orderId, token } = await buyAsGuest({ country: "DE", emailAddress: "gast@example.com" })
  const other = await buyAsGuest({ emailAddress: "other@example.com" })
  const holding = { "x-order-token": token }
  const path = `/ordering/orders/${orderId}`
  const order = await eventually(
    () => running.shop.send<Order>(undefined, "GET", path, { headers: holding }),
    ({ body }) => body.status === "Paid",
  )
  expect([order.status, order.body.status]).toEqual([200, "Paid"])
  const invoice = await fetch(`${running.cloud.connections.gateway}${path}/invoice`, { headers: holding })
  expect([invoice.status, invoice.headers.get("cache-control")]).toEqual([200, "private, no-store"])
  const page = await invoice.text()
  expect(page).toContain("<h1>Rechnung INV-")
  expect(page).toContain("Mehmet Yılmaz")
  const foreign = await running.shop.send(undefined, "GET", `/ordering/orders/${other.orderId}`, {
    headers: holding,
  })
  expect(foreign.status).toBe(401)
  const mails = await eventually(
    () => noticesTo("gast@example.com"),
    (all) => all.length > 0,
  )
  expect(mails.map(({ kind, language }) => [kind, language])).toEqual([["order-confirmed", "de"]])
  expect(mails[0]?.text).toContain(`/orders/${orderId}#token=`)
})

it("a guest who has lost the token gets another one by number and e-mail, and somebody else gets nothing", async () => {
  const emailAddress = "lost@example.com"
  const { orderId } = await buyAsGuest({ emailAddress })
  const [confirmed] = await eventually(
    () => noticesTo(emailAddress),
    (all) => all.length > 0,
  )
  const number = /order (\S+)$/.exec(confirmed?.subject ?? "")?.[1] ?? ""
  const lookUp = (order: string, email: string) =>
    running.shop.send(undefined, "POST", "/ordering/orders/lookup", { body: { order, email } })
  const answers = [
    await lookUp(number.toLowerCase(), "Lost@Example.com"),
    await lookUp(number, "other@example.com"),
  ]
  expect(answers.map(({ status, body }) => [status, body])).toEqual(
    Array(2).fill([202, { status: "accepted" }]),
  )
  const mails = await eventually(
    () => noticesTo(emailAddress),
    (all) => all.length > 1,
  )
  expect(mails.map(({ kind }) => kind)).toEqual(["order-confirmed", "order-link"])
  const token = /#token=(\S+)/.exec(mails[1]?.text ?? "")?.[1] ?? ""
  const found = await running.shop.send<Order>(undefined, "GET", `/ordering/orders/${orderId}`, {
    headers: { "x-order-token": token },
  })
  expect([found.status, found.body.id]).toEqual([200, orderId])
  expect((await noticesTo("other@example.com")).filter(({ kind }) => kind === "order-link")).toEqual([])
  const log = await readFile(join(running.cloud.dataDir, "logs", "ordering.log"), "utf8")
  expect(log.toLowerCase()).not.toContain(emailAddress)
})

it("a receiver hears of a paid order moments later, signed, and the log shows it", async () => {
  const keeper = await running.shop.roleToken("orders.manage")
  const made = await running.shop.send<{ id: string; secret: string }>(
    keeper,
    "POST",
    "/ordering/operations/webhooks",
    {
      body: { url: receiver.url, description: "A warehouse", types: ["order.paid"] },
    },
  )
  expect(made.status).toBe(201)
  const { orderId } = await buyAsGuest({ emailAddress: "hook@example.com" })
  const [one] = await eventually(
    async () => receiver.received.filter(({ body }) => body.includes(orderId)),
    (all) => all.length > 0,
  )
  if (!one) throw new Error("no webhook came")
  expect(isSignedWith(made.body.secret, one)).toBe(true)
  expect(JSON.parse(one.body)).toMatchObject({ type: "order.paid", data: { orderId } })
  expect(one.body).not.toContain("guest-")
  const log = await eventually(
    () =>
      running.shop.send<{ items: { id: string; state: string }[] }>(
        keeper,
        "GET",
        `/ordering/operations/webhooks/${made.body.id}/deliveries`,
      ),
    ({ body }) => body.items[0]?.state === "delivered",
  )
  expect(log.body.items).toMatchObject([{ id: one.headers["webhook-id"], state: "delivered" }])
  const path = `/ordering/operations/webhooks/${made.body.id}`
  expect((await running.shop.send(keeper, "DELETE", path)).status).toBe(204)
})
