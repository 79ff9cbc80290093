import { randomBytes } from "node:crypto"
import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Money } from "@eshop/domain/kernel/money"
import { type Cloud, startCloud } from "@eshop/local-cloud/cloud"
import { appNames } from "@eshop/local-cloud/settings"
import { shopClient, someAddress } from "@eshop/local-cloud/shop/shop-client"
import { apps } from "./apps.ts"
import { countHistory } from "./histories.ts"
import { type Counts, isBatched, type Work } from "./work.ts"

/** Orders of different kinds. */
export const kinds = {
  plain: { paymentMethod: "pm_card_visa", couponCode: undefined, end: "Paid" },
  coupon: { paymentMethod: "pm_card_visa", couponCode: "WELCOME10", end: "Paid" },
  cancelled: { paymentMethod: "pm_card_chargeDeclined", couponCode: "WELCOME10", end: "Cancelled" },
} as const
type OrderKind = keyof typeof kinds
/** What is counted: a first piece in a cart, and orders from their checkout until everything has come to rest. */
export type Kind = "cart" | OrderKind

/** Of each kind so many come first: caches are filled, tokens had, connections open. */
const WARM_UP = 2
/** Of so many the lowest count is taken: what a cache's end or a timer adds to one is not the order's. */
const MEASURED = 3
/** Everything has come to rest when nothing was written down for so long. */
const QUIET_MS = 1_500
const SKU = "IPHONE-X-BLACK"

/** What was written down of the whole run so far. */
async function readWork(files: readonly string[]): Promise<Work[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")))
  return texts.flatMap((text) =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Work),
  )
}

async function whenQuiet(files: readonly string[]): Promise<void> {
  for (let known = -1; ; ) {
    const { length } = await readWork(files)
    if (length === known) return
    known = length
    await sleep(QUIET_MS)
  }
}

/** Fills a cart in one trace and checks out in another. @returns both, and the order's id */
async function buy(cloud: Cloud, kind: OrderKind, buyer: string) {
  const traces = { cart: randomBytes(16).toString("hex"), order: randomBytes(16).toString("hex") }
  const { paymentMethod, couponCode, end } = kinds[kind]
  const shop = shopClient(cloud.connections)
  const customer = await shop.signIn(buyer)
  const send = async <T>(trace: string, method: string, path: string, body: unknown, more = {}) => {
    const traceparent = `00-${trace}-${randomBytes(8).toString("hex")}-01`
    return await customer.send<T>(method, path, { body, headers: { traceparent, ...more } })
  }
  type Cart = { total: Money }
  const filled = await send<Cart>(traces.cart, "PUT", `/basket/cart/items/${SKU}`, { quantity: 1 })
  const { total } = couponCode === undefined ? shop.expect(filled, 200) : await customer.putCoupon(couponCode)
  const checkOut = (expectedTotal: Money) =>
    send<{ orderId: string; total: Money }>(
      traces.order,
      "POST",
      "/basket/checkout",
      { shippingAddress: someAddress, paymentMethod, expectedTotal },
      { "idempotency-key": traces.order },
    )
  let accepted = await checkOut(total)
  // The first cart of all may be priced before Discount can be reached.
  if (accepted.status === 409) accepted = await checkOut(accepted.body.total)
  const { orderId } = shop.expect(accepted, 202)
  const { status } = await customer.ended(orderId)
  if (status !== end) throw new Error(`an order of kind ${kind} ended ${status}`)
  return { orderId, traces }
}

/** How many contexts hear an event. */
const hearers = (type: string): number =>
  apps.filter(({ entries }) => entries.some((entry) => entry.kind === "event" && entry.event.type === type))
    .length

/** @param orderId of the order whose sagas belong to it; undefined: none does */
function measuredOf(cloud: Cloud, work: readonly Work[], orderId: string | undefined): Measured {
  const { ports } = cloud
  const of = (kind: Work["kind"]) => work.filter((one) => one.kind === kind && !isBatched(one))
  const callsTo = (...targets: readonly number[]) =>
    of("call").filter(({ what }) => targets.includes(Number(what.split(" ")[0]))).length
  const counts: Counts = {
    requests: 1,
    transactions: of("transaction").length,
    statements: of("statement").length,
    messages: of("message").length,
    deliveries: of("message").reduce((sum, { what }) => sum + hearers(what), 0),
    storageOperations: callsTo(ports.storage),
    cacheOperations: of("cache").length,
    serviceCalls: callsTo(...appNames.map((app) => ports[app])),
    providerCalls: callsTo(ports.payments),
    ...(orderId === undefined ? noHistory : countHistory(cloud.dataDir, orderId)),
  }
  return { counts, work }
}
const noHistory = { activities: 0, historyEvents: 0, durableActions: 0 }

/** What one kind of order costs, and where: how often each statement, message and call came in the last order. */
export type Measured = { readonly counts: Counts; readonly work: readonly Work[] }

/** The lowest of each count of some orders. */
function lowest(all: readonly Measured[]): Measured {
  const last = all.at(-1) as Measured
  const names = Object.keys(last.counts) as (keyof Counts)[]
  const counts = names.map((name) => [name, Math.min(...all.map((one) => one.counts[name]))])
  return { counts: Object.fromEntries(counts), work: last.work }
}

/**
 * Counts what orders of every kind cost, one order at a time in a shop of its own.
 * @param dataDir of the shop, empty for a new one; it is removed at the end
 */
export async function measureBudget(dataDir: string): Promise<Record<Kind, Measured>> {
  const fileOf = (app: string) => join(dataDir, `work-of-${app}.jsonl`)
  const files = appNames.map(fileOf)
  const preload = new URL("count-work.ts", import.meta.url).href
  const partEnv = Object.fromEntries(
    appNames.map((app) => [app, { NODE_OPTIONS: `--import ${preload}`, COUNT_WORK_FILE: fileOf(app) }]),
  )
  const cloud = await startCloud({ dataDir, ports: "free", fsync: false, partEnv })
  const measured = new Map<Kind, Measured[]>()
  try {
    await cloud.waitUntilReady()
    for (const kind of Object.keys(kinds) as OrderKind[]) {
      for (let order = 0; order < WARM_UP; order++) await buy(cloud, kind, `warm-up-${kind}-${order}`)
      await whenQuiet(files)
      for (let order = 0; order < MEASURED; order++) {
        const { orderId, traces } = await buy(cloud, kind, `budget-${kind}-${order}`)
        await whenQuiet(files)
        const work = Map.groupBy(await readWork(files), ({ trace }) => trace)
        const add = (of: Kind, trace: string, id?: string) =>
          measured.set(of, [...(measured.get(of) ?? []), measuredOf(cloud, work.get(trace) ?? [], id)])
        add(kind, traces.order, orderId)
        if (kind === "plain") add("cart", traces.cart)
      }
    }
  } finally {
    await cloud.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  const budget = [...measured].map(([kind, all]) => [kind, lowest(all)])
  return Object.fromEntries(budget)
}
