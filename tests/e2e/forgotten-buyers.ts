import { randomUUID } from "node:crypto"
import { newId } from "@eshop/building-blocks/ids"
import { brokenLink } from "@eshop/domain/ordering/stream-chain"
import { appNames } from "@eshop/local-cloud/settings"
import { Redis } from "ioredis"
import { orderingOn } from "../../functions/ordering/src/testing/ordering.ts"
import { changeOrders } from "../../functions/ordering/src/testing/orders.ts"
import { clientOf } from "../fixtures/http.ts"
import { distinctWord, type Found, searchBytes } from "../fixtures/raw-search.ts"
import { eventually, products, type RunningShop, runTimer } from "./running-shop.ts"

const PRICE = 470_00

/** Somebody whose name, e-mail address and address stand nowhere else, with an order that has come to its end. */
export type Buyer = {
  readonly customerId: string
  readonly words: readonly string[]
  readonly orderId: string
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  /** A guest signs in with the same browser, and is that account from then on. */
  signIn(name: string): Promise<void>
}

/** Every fourth is a guest; every second pays with a card that is declined. */
const isGuest = (index: number) => index % 4 === 1
const isDeclined = (index: number) => index % 2 === 1

/** A browser: of somebody who signed in, or one that keeps a guest's cookie. */
async function browserOf({ shop }: RunningShop, index: number): Promise<Pick<Buyer, "send" | "signIn">> {
  let token = isGuest(index) ? undefined : (await shop.signIn(`forgettable-${index}`)).token
  let cookie = ""
  const send: Buyer["send"] = async (method, path, body) => {
    const headers = { "idempotency-key": randomUUID(), ...(cookie && { cookie }) }
    const answer = await shop.send(token, method, path, { headers, ...(body !== undefined && { body }) })
    cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie
    return answer
  }
  return {
    send,
    async signIn(name) {
      token = (await shop.signIn(name)).token
      const { status } = await send("POST", "/basket/cart/merge", {})
      if (status !== 200) throw new Error(`the merge was answered with ${status}`)
    },
  }
}

/** Checks out, and waits until the order is paid or cancelled. */
async function buy(running: RunningShop, index: number): Promise<Buyer> {
  const browser = await browserOf(running, index)
  const { send } = browser
  const words = Array.from({ length: 5 }, distinctWord)
  const [firstName, lastName, mailbox, street, state] = words as [string, string, string, string, string]
  await send("PUT", `/basket/cart/items/${products.xiaomi}`, { quantity: 1 })
  const { status, body } = await send("POST", "/basket/checkout", {
    expectedTotal: { amount: PRICE, currency: "USD" },
    paymentMethod: isDeclined(index) ? "pm_card_chargeDeclined" : "pm_card_visa",
    shippingAddress: {
      firstName,
      lastName,
      emailAddress: `${mailbox}@example.com`,
      addressLine: `${street} 5`,
      state,
      country: "TR",
    },
  })
  if (status !== 202) throw new Error(`the checkout was answered with ${status}: ${JSON.stringify(body)}`)
  const { orderId } = body as { orderId: string }
  const order = await eventually(
    async () =>
      (await send("GET", `/ordering/orders/${orderId}`)).body as { status: string; customerId: string },
    (read) => read.status === "Paid" || read.status === "Cancelled",
    120_000,
  )
  if (order.status !== (isDeclined(index) ? "Cancelled" : "Paid"))
    throw new Error(`order ${orderId} is ${order.status}`)
  return { ...browser, customerId: order.customerId, words, orderId }
}

/** @param atOnce how many check out at the same time */
export async function buyersWithOrders(
  running: RunningShop,
  count: number,
  atOnce: number,
): Promise<Buyer[]> {
  const buyers: Buyer[] = []
  for (let from = 0; from < count; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - from) }, (_, index) =>
      buy(running, from + index),
    )
    buyers.push(...(await Promise.all(some)))
  }
  return buyers
}

/** Ships, delivers and closes the orders that were paid, as weeks would. */
export async function closeOrders(running: RunningShop, buyers: readonly Buyer[]): Promise<void> {
  const ordering = await orderingOn(running.cloud.connections.postgres.ordering)
  const lines = [{ sku: products.xiaomi, quantity: 1 }]
  try {
    for (const { orderId } of buyers) {
      const stored = await ordering.ports.orders.find(orderId)
      if (stored?.order.status !== "Paid") continue
      const shipmentId = newId()
      await changeOrders(
        ordering,
        orderId,
        ["shipOrder", { shipmentId, lines }],
        ["deliverShipment", { shipmentId }],
        ["closeOrder", {}],
      )
    }
  } finally {
    await ordering.store.close()
  }
}

/** Asks for the erasure of the buyers, and waits until every context has forgotten them. @returns the answers' statuses */
export async function eraseBuyers(
  running: RunningShop,
  buyers: readonly Buyer[],
  timeoutMs: number,
): Promise<number[]> {
  const statuses: number[] = []
  for (const { send } of buyers)
    statuses.push((await send("POST", "/ordering/customers/me/erasure", {})).status)
  const { apps } = running.cloud.connections
  const ids = new Set(buyers.map(({ customerId }) => customerId))
  const token = await running.shop.roleToken("privacy.manage")
  /** How many of them each context has on its list. */
  const forgotten = () =>
    Promise.all(
      appNames.map(async (app) => {
        const send = clientOf(apps[app], token)
        let count = 0
        for (let cursor = ""; ; ) {
          const { body } = await send("GET", `operations/erasures?limit=100${cursor}`)
          count += body.items.filter(({ customerId }: { customerId: string }) => ids.has(customerId)).length
          if (body.nextCursor === null) return count
          cursor = `&cursor=${body.nextCursor}`
        }
      }),
    )
  await eventually(
    async () => {
      // As if the minute had passed that a request waits.
      await running.sql("ordering", "UPDATE erasure_request SET look_at = now()")
      await runTimer(running.cloud, "ordering", "ordering-erase-when-possible")
      return await forgotten()
    },
    (counts) => counts.every((count) => count === buyers.length),
    timeoutMs,
  )
  return statuses
}

/** Walks the streams of all orders. @returns how many there are, and those that do not hold */
export async function verifyChains(running: RunningShop): Promise<{ orders: number; broken: string[] }> {
  const ordering = await orderingOn(running.cloud.connections.postgres.ordering)
  const broken: string[] = []
  let orders = 0
  try {
    for (let after: string | undefined; ; ) {
      const page = await ordering.ports.orders.streams(after, 100)
      for (const { orderId, stored, links } of page)
        if (brokenLink(orderId, stored?.head, links)) broken.push(orderId)
      orders += page.length
      if (page.length < 100) return { orders, broken }
      after = page.at(-1)?.orderId
    }
  } finally {
    await ordering.store.close()
  }
}

/** Looks for words in every column of every table of the databases. @returns how many tables there were */
export async function searchDatabases(running: RunningShop, found: Found): Promise<number> {
  let tables = 0
  for (const context of ["catalog", "basket", "ordering"] as const) {
    const names = await running.sql<{ name: string }>(
      context,
      "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'",
    )
    tables += names.length
    for (const { name } of names) {
      const rows = await running.sql<{ text: string }>(context, `SELECT ${name}::text AS text FROM ${name}`)
      for (const { text } of rows) searchBytes(Buffer.from(text), `${context}.${name}`, found)
    }
  }
  return tables
}

/** Looks for words in every key and value of Redis. @returns how many keys there were */
export async function searchRedis(running: RunningShop, found: Found): Promise<number> {
  const { redis: url } = running.cloud.connections
  if (url === undefined) return 0
  const redis = new Redis(url)
  try {
    const keys = await redis.keys("*")
    for (const key of keys)
      searchBytes(
        Buffer.concat([Buffer.from(key), (await redis.dumpBuffer(key)) ?? Buffer.alloc(0)]),
        key,
        found,
      )
    return keys.length
  } finally {
    redis.disconnect()
  }
}
