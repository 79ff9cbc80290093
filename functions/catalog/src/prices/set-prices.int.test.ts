import type { Send } from "@eshop/building-blocks/app/testing/app-under-test"
import type { Product } from "@eshop/domain/catalog/product"
import { PriceChanged, ProductChanged } from "@eshop/domain/contracts/catalog-events"
import type { Price } from "@eshop/domain/contracts/prices"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { productOf, variantOf } from "../testing/products.ts"

let catalog: CatalogOn
let staff: Send

beforeAll(async () => {
  catalog = await catalogOn(await newDatabase("catalog"))
  staff = catalog.staff
})
afterAll(() => catalog?.store.close())

let product: Product
let sku: string
beforeEach(async () => {
  product = await catalog.add(productOf())
  sku = product.variants[0]?.sku as string
})

const FAR = "2190-01-01T00:00:00.000Z"
const price = (amount: number, more: Partial<Price> = {}): Price => ({
  ...PRICE,
  unitPrice: usd(amount),
  ...more,
})
const put = (prices: unknown, headers: Record<string, string> = {}, of = sku, send = staff) =>
  send("PUT", `variants/${of}/prices`, { prices }, headers)
/** The prices as they are read, without the reductions that follow from them. */
const stored = async () => {
  const { reductions: _, ...prices } = (await staff("GET", `variants/${sku}/prices`)).body
  return prices
}
const trail = async (id = product.id) =>
  (await staff("GET", `audit?subject=product%20${id}`)).body.items.map(
    ({ action, change, by }: { action: string; change: object; by: object }) => ({ action, change, by }),
  )
const history = async (query = "", of = sku) =>
  (await staff("GET", `variants/${of}/prices/history${query}`)).body

test("prices that are set are there at once, told, on record, and everything before is history", async () => {
  const prices = [price(9_00), price(8_00, { customerGroup: "trade", minQuantity: 10 })]
  const reply = await put(prices, { "if-match": '"1"' })
  const answer = { sku, productId: product.id, version: 2, prices }
  expect([reply.status, reply.headers.get("etag"), reply.body]).toEqual([200, '"2"', answer])
  expect(await stored()).toEqual(answer)

  const told = await catalog.told(product.id)
  expect(told.map(({ type }) => type)).toEqual([PriceChanged.type, ProductChanged.type])
  expect(told[0]?.data).toEqual({ productId: product.id, sku, from: usd(10_00), to: usd(9_00) })
  expect(told[1]?.data).toMatchObject({ version: 2, variants: [{ sku, price: usd(9_00), prices }] })

  expect(await trail()).toEqual([
    {
      action: "prices.set",
      change: { sku, ended: [PRICE], added: prices },
      by: { kind: "customer", id: "merchant" },
    },
  ])
  const { items, nextCursor } = await history()
  expect(nextCursor).toBeNull()
  const [first] = items.filter(({ supersededAt }: { supersededAt?: string }) => supersededAt !== undefined)
  expect(first).toMatchObject({ unitPrice: usd(10_00), recordedAt: product.updatedAt })
  expect(items).toHaveLength(3)
  for (const one of items.filter((item: object) => item !== first))
    expect(one.recordedAt).toBe(first.supersededAt)
})

test("the same list again changes nothing; a price for a group alone is told by ProductChanged only", async () => {
  const same = await put([PRICE])
  expect([same.status, same.body.version]).toEqual([200, 1])
  expect(await catalog.told(product.id)).toEqual([])
  expect(await trail()).toEqual([])
  expect((await put([PRICE, price(8_00, { customerGroup: "trade" })])).body.version).toBe(2)
  expect((await catalog.told(product.id)).map(({ type }) => type)).toEqual([ProductChanged.type])
})

test("what is got can be put back as it is", async () => {
  await put([
    PRICE,
    price(5_00, { validFrom: "2026-01-01T00:00:00Z", validUntil: FAR }),
    price(7_00, { minQuantity: 2 }),
  ])
  const before = await stored()
  expect(before.prices).toHaveLength(3)
  expect((await put(before.prices)).body).toEqual(before)
})

describe("refused, and nothing changes", () => {
  const unchanged = async () => {
    expect((await staff("GET", `variants/${sku}/prices`)).body).toMatchObject({ version: 1, prices: [PRICE] })
    expect((await history()).items).toHaveLength(1)
    expect(await catalog.told(product.id)).toEqual([])
    expect(await trail()).toEqual([])
  }

  test.each<[why: string, prices: unknown, status: number, code: string]>([
    ["no price for everybody", [price(8_00, { customerGroup: "trade" })], 422, "price.missing"],
    ["a gap", [price(9_00, { validUntil: FAR })], 422, "price.missing"],
    ["an overlap", [price(9_00), price(8_00)], 422, "price.overlap"],
    [
      "gross and net",
      [price(9_00), price(8_00, { minQuantity: 2, includesTax: false })],
      422,
      "price.gross-and-net",
    ],
    [
      "one that is over",
      [price(9_00), price(8_00, { validUntil: "2026-01-01T00:00:00Z" })],
      422,
      "price.over",
    ],
    ["a price of nothing", [price(0)], 400, "request.invalid"],
    ["another currency", [{ ...PRICE, unitPrice: { amount: 1, currency: "EUR" } }], 400, "request.invalid"],
    ["an unknown member", [{ ...PRICE, discount: 1 }], 400, "request.invalid"],
    ["a quantity of none", [price(1, { minQuantity: 0 })], 400, "request.invalid"],
    [
      "too many",
      Array.from({ length: 101 }, (_, index) => price(1, { minQuantity: index + 1 })),
      400,
      "request.invalid",
    ],
    ["no list", {}, 400, "request.invalid"],
  ])("%s", async (_, prices, status, code) => {
    const reply = await put(prices)
    expect([reply.status, reply.body.type]).toEqual([status, `urn:eshop:problem:${code}`])
    await unchanged()
  })

  test("with another version", async () => {
    const reply = await put([price(9_00)], { "if-match": '"2"' })
    expect([reply.status, reply.body.type]).toEqual([412, "urn:eshop:problem:product.stale"])
    await unchanged()
  })

  test("without the role: nor are the prices of all groups and their history shown", async () => {
    for (const [caller, status] of [
      [catalog.shopper, 401],
      [catalog.app.as({ kind: "customer", id: "shopper", roles: ["inventory.write"] }), 403],
      [catalog.app.as({ kind: "guest", id: "guest" }), 401],
    ] as const) {
      expect((await put([price(9_00)], {}, sku, caller)).status).toBe(status)
      expect((await caller("GET", `variants/${sku}/prices`)).status).toBe(status)
      expect((await caller("GET", `variants/${sku}/prices/history`)).status).toBe(status)
    }
    await unchanged()
  })

  test("for a variant that there is not", async () => {
    for (const [method, path, body] of [
      ["PUT", "variants/NO-SUCH/prices", { prices: [PRICE] }],
      ["GET", "variants/NO-SUCH/prices", undefined],
      ["GET", "variants/NO-SUCH/prices/history", undefined],
    ] as const)
      expect((await staff(method, path, body)).body.type).toBe("urn:eshop:problem:variant.unknown")
  })
})

test("a draft may be without a price, tells nobody of one, and is published when it has one for good", async () => {
  const draft = await catalog.add(productOf({ status: "draft" }))
  const of = draft.variants[0]?.sku as string
  expect((await put([], {}, of)).status).toBe(200)
  expect((await put([price(5_00, { validUntil: FAR })], {}, of)).status).toBe(200)
  expect((await catalog.told(draft.id)).map(({ type, data }) => [type, data.variants])).toEqual([
    [ProductChanged.type, []],
    [ProductChanged.type, []],
  ])
  const publish = () =>
    staff(
      "PATCH",
      `products/${draft.id}`,
      { status: "published" },
      { "content-type": "application/merge-patch+json" },
    )
  const refused = await publish()
  expect([refused.status, refused.body.type, refused.body.skus]).toEqual([
    422,
    "urn:eshop:problem:product.unpriced",
    [of],
  ])
  await put([price(5_00)], {}, of)
  expect((await publish()).body).toMatchObject({ status: "published", version: 5 })
})

describe("at once", () => {
  test("two edits of one version: exactly one is made, the other is 412", async () => {
    for (let round = 1; round <= 10; round++) {
      const replies = await atOnce(2, (index) =>
        put([price(100 * round + index)], { "if-match": `"${round}"` }),
      )
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 412])
      const won = replies.find(({ status }) => status === 200)
      expect(await stored()).toEqual(won?.body)
    }
    expect((await history("?limit=100")).items).toHaveLength(11)
    expect((await catalog.told(product.id)).filter(({ type }) => type === PriceChanged.type)).toHaveLength(10)
  })

  test("edits of two variants of one product and of the product itself: all are there and told", async () => {
    const skus = ["A", "B"].map((name) => `${name}-${product.id.toUpperCase()}`)
    const both = await catalog.add(productOf({ variants: skus.map((one) => variantOf(one)) }))
    const { id, version: _, updatedAt: __, ...content } = both
    const third = variantOf(`C-${product.id.toUpperCase()}`)
    const replies = await Promise.all([
      ...skus.map((one, index) => put([price(500 + index)], {}, one)),
      staff("PUT", `products/${id}`, { ...content, variants: [...content.variants, third] }),
    ])
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
    const { body } = await staff("GET", `products/${id}`)
    expect([
      body.version,
      body.variants.map(({ sku, price }: { sku: string; price?: object }) => [sku, price]),
    ]).toEqual([
      4,
      [
        [skus[0], usd(500)],
        [skus[1], usd(501)],
        [third.sku, undefined],
      ],
    ])
    const told = await catalog.told(id)
    expect(
      told
        .map(({ data }) => data.version)
        .filter(Boolean)
        .sort(),
    ).toEqual([2, 3, 4])
    const last = told.find(({ data }) => data.version === 4)
    expect(last?.data.variants).toMatchObject([
      { sku: skus[0], price: usd(500) },
      { sku: skus[1], price: usd(501) },
    ])
    const changes = told
      .filter(({ type }) => type === PriceChanged.type)
      .map(({ data }) => [data.sku, data.from, data.to])
    expect(changes.sort()).toEqual([
      [skus[0], usd(10_00), usd(500)],
      [skus[1], usd(10_00), usd(501)],
    ])
  })

  test("an edit that has waited for another one keeps what that one wrote", async () => {
    const { store, ports } = catalog
    const waiting = async () =>
      (await store.pool.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).rowCount
    const added = variantOf(`ADDED-${sku.slice(0, 30)}`)
    let edit: ReturnType<typeof put> | undefined
    await store.unitOfWork.transaction(async (tx) => {
      await ports.products.lock(tx, product.id)
      edit = put([price(9_00)])
      await expect.poll(waiting, { timeout: 4_000 }).toBe(1)
      await ports.products.save(tx, { ...product, version: 2, variants: [...product.variants, added] }, [])
    })
    expect((await edit)?.status).toBe(200)
    const { version, variants } = (await staff("GET", `products/${product.id}`)).body
    expect([version, variants.map((variant: { sku: string }) => variant.sku)]).toEqual([3, [sku, added.sku]])
  })

  test("20 edits without a version: all are made one after the other, one price stands", async () => {
    const replies = await atOnce(20, (index) => put([price(1_000 + index + 1)]))
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const { body } = await staff("GET", `variants/${sku}/prices`)
    expect([body.version, body.prices.length]).toEqual([21, 1])
    const told = (await catalog.told(product.id)).filter(({ type }) => type === PriceChanged.type)
    // A chain: each says what the one before said.
    let known: unknown = usd(10_00)
    for (const { data } of told) {
      expect(data.from).toEqual(known)
      known = data.to
    }
    expect([told.length, known]).toEqual([20, body.prices[0].unitPrice])
  })
})

test("the history is paged, newest first, each row once", async () => {
  for (let amount = 1; amount <= 5; amount++)
    await put([price(amount), price(amount + 10, { minQuantity: 2 })])
  const seen: string[] = []
  let cursor = ""
  do {
    const page = await history(`?limit=3${cursor && `&cursor=${cursor}`}`)
    seen.push(
      ...page.items.map(({ id, recordedAt }: { id: string; recordedAt: string }) => `${recordedAt} ${id}`),
    )
    cursor = page.nextCursor ?? ""
  } while (cursor !== "")
  expect(new Set(seen).size).toBe(11)
  expect(seen).toEqual([...seen].sort().reverse())
})
