import { fileURLToPath } from "node:url"
import type { CommandCall } from "@eshop/building-blocks/app/call"
import { appUnderTest, type Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { emptyQueue } from "@eshop/building-blocks/messaging/testing/empty-queue"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { type PostgresStore, postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { Product } from "@eshop/domain/catalog/product"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { requestOf } from "@eshop/domain/contracts/route"
import { getVariant } from "@eshop/domain/contracts/variants"
import { seedProducts as seed } from "@eshop/domain/seed"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { postgresProducts } from "../adapters/postgres-products.ts"
import { postgresStock } from "../adapters/postgres-stock.ts"
import { catalog } from "../app.ts"
import { seedProducts } from "./seed-products.ts"

const migrations = fileURLToPath(new URL("../../migrations/postgres", import.meta.url))

let cloud: Cloud
let store: PostgresStore
let ports: ReturnType<typeof portsOn>
let send: Send

const portsOn = ({ pool, outbox }: PostgresStore) => ({
  products: postgresProducts(pool),
  stock: postgresStock(pool),
  outbox,
})

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  await applyMigrations(cloud.connections.postgres.catalog, migrations)
  store = postgresStore(cloud.connections.postgres.catalog)
  ports = portsOn(store)
  send = appUnderTest(catalog, {
    ports: { ...ports, ...deadLetterPorts(catalog, store, emptyQueue) },
    store,
  }).as({ kind: "anonymous" })
})
afterAll(async () => {
  await store?.close()
  await cloud?.stop()
})

test("seeding twice, or twice at once, adds each product, its stock and its event once", async () => {
  const call: Partial<CommandCall> = {
    now: new Date(),
    newId,
    transact: (work) => store.unitOfWork.transaction(work),
  }
  const run = () => seedProducts.handle(ports)({} as never, call as CommandCall) as Promise<{ added: number }>
  const answers = [...(await atOnce(4, run)), await run()]
  expect(answers.map(({ added }) => added).sort()).toEqual([0, 0, 0, 0, 7])
  const { rows } = await store.pool.query("SELECT event FROM outbox ORDER BY event->>'subject'")
  expect(rows.map(({ event }) => [event.type, ProductChanged.data.parse(event.data).productId])).toEqual(
    seed.map(({ id }) => [ProductChanged.type, id]).sort(([, a = ""], [, b = ""]) => (a < b ? -1 : 1)),
  )
  for (const { sku } of seed.flatMap(({ variants }) => variants))
    expect(await ports.stock.find(sku)).toEqual({ sku, onHand: 1_000, reserved: 0 })
})

test("a variant is answered as its contract says", async () => {
  const { example, answer } = getVariant
  const { method, path } = requestOf(getVariant, example.input)
  const { status, headers, body } = await send(method, path)
  expect([status, headers.get("etag")]).toEqual([200, '"1"'])
  expect(answer.parse(body)).toEqual({ ...example.answer, version: 1 })
})

test("a product without variants is still a product", async () => {
  const bare = { ...(seed[0] as Product), id: newId(), name: "Bare", variants: [] }
  await store.unitOfWork.transaction((tx) => ports.products.addMissing(tx, [bare], 0))
  expect((await send("GET", `products/${bare.id}`)).body).toEqual(bare)
})

test("the longest names fit the cursor that the list gives out", async () => {
  const names = ['"'.repeat(200), "€".repeat(200), "\u{1F4F1}".repeat(100)]
  const products = names.map((name) => ({
    ...(seed[0] as Product),
    ...{ id: newId(), name, categories: ["Long"], variants: [] },
  }))
  for (const product of products) expect(Product.safeParse(product).success).toBe(true)
  await store.unitOfWork.transaction((tx) => ports.products.addMissing(tx, products, 0))
  const seen: string[] = []
  let cursor: string | null = ""
  while (cursor !== null) {
    const { status, body } = await send(
      "GET",
      `products?category=Long&limit=1${cursor && `&cursor=${cursor}`}`,
    )
    expect(status).toBe(200)
    seen.push(...body.items.map(({ name }: Product) => name))
    cursor = body.nextCursor
  }
  expect(seen.sort()).toEqual(names.sort())
  const tooLong = { ...(products[0] as Product), id: newId(), name: "x".repeat(201) }
  await expect(
    store.unitOfWork.transaction((tx) => ports.products.addMissing(tx, [tooLong], 0)),
  ).rejects.toMatchObject({ code: "23514" })
})
