import type { AppUnderTest, Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import type { PostgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { seedTaxRates as seed } from "@eshop/domain/catalog/seed-tax-rates"
import { TaxRatesChanged } from "@eshop/domain/contracts/catalog-events"
import { requestOf } from "@eshop/domain/contracts/route"
import { getTaxRates as contract } from "@eshop/domain/contracts/taxes"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { atOnce, callBy } from "../../../../tests/fixtures/calls.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn } from "../testing/catalog.ts"
import { seedTaxRates } from "./seed-tax-rates.ts"

let store: PostgresStore
let app: AppUnderTest
let merchant: Send
let anybody: Send
let ports: CatalogOn["ports"]

beforeAll(async () => {
  const on = await catalogOn(await newDatabase("catalog"))
  store = on.store
  ports = on.ports
  app = on.app
  merchant = on.staff
  anybody = on.shopper
})
afterAll(() => store?.close())
beforeEach(async () => {
  await store.pool.query("TRUNCATE tax_country, tax_rate, outbox, audit")
})

const SINCE = "2021-01-01T00:00:00.000Z"
const rate = (taxCategory: string, rate: number, more: object = {}) => ({
  ...{ taxCategory, rate, validFrom: SINCE },
  ...more,
})
const events = async () =>
  (await store.pool.query("SELECT event FROM outbox ORDER BY position")).rows.map(({ event }) => {
    expect(event.type).toBe(TaxRatesChanged.type)
    return TaxRatesChanged.data.parse(event.data)
  })
const trail = async () =>
  (await store.pool.query("SELECT caller, subject, action, change FROM audit ORDER BY position")).rows

test("rates that are set are read by anybody, told once and put on record", async () => {
  const rates = [rate("standard", 19_000), rate("books", 7_000, { state: "BY" })]
  const set = await merchant("PUT", "tax-rates/DE", { rates }, { "if-match": '"0"' })
  const answer = { country: "DE", version: 1, rates: rates.map((one) => ({ country: "DE", ...one })) }
  expect([set.status, set.headers.get("etag"), set.body]).toEqual([200, '"1"', answer])
  const read = await anybody("GET", "tax-rates/DE")
  expect([read.status, read.headers.get("etag"), read.body]).toEqual([200, '"1"', answer])
  expect(await events()).toEqual([answer])
  expect(await trail()).toEqual([
    {
      caller: "merchant",
      subject: "tax-rates DE",
      action: "tax-rates.set",
      change: { version: 1, rates: answer.rates },
    },
  ])
  expect((await anybody("GET", "tax-rates/DE", undefined, { "if-none-match": '"1"' })).status).toBe(304)
})

test("the route is answered as Basket's contract says; a country of which nothing is known has no rates", async () => {
  const { example, answer } = contract
  const { rates } = example.answer
  for (const version of [1, 2]) {
    const set = await merchant("PUT", "tax-rates/DE", { rates: rates.map(({ country: _, ...one }) => one) })
    expect([set.status, set.body.version]).toEqual([200, version])
  }
  const { method, path } = requestOf(contract, example.input)
  expect(answer.parse((await anybody(method, path)).body)).toEqual(example.answer)
  const unknown = await anybody("GET", "tax-rates/FR")
  expect([unknown.status, unknown.headers.get("etag"), unknown.body]).toEqual([
    200,
    '"0"',
    { country: "FR", version: 0, rates: [] },
  ])
})

test("rates that are over are kept, and shown no more", async () => {
  const over = rate("standard", 16_000, {
    validFrom: "2020-07-01T00:00:00.000Z",
    validUntil: "2021-01-01T00:00:00.000Z",
  })
  const coming = rate("standard", 21_000, { validFrom: "2100-01-01T00:00:00.000Z" })
  const current = rate("standard", 19_000, { validUntil: "2100-01-01T00:00:00.000Z" })
  const { status } = await merchant("PUT", "tax-rates/DE", { rates: [over, current, coming] })
  expect(status).toBe(200)
  const shown = [current, coming].map((one) => ({ country: "DE", ...one }))
  expect((await anybody("GET", "tax-rates/DE")).body.rates).toEqual(shown)
  expect((await events()).map(({ rates }) => rates)).toEqual([shown])
  expect((await ports.taxRates.of("DE")).rates).toHaveLength(3)
})

test("whoever saves what is shown loses no rate that is over", async () => {
  const over = rate("standard", 16_000, {
    validFrom: "2020-07-01T00:00:00.000Z",
    validUntil: "2021-01-01T00:00:00.000Z",
  })
  await merchant("PUT", "tax-rates/DE", { rates: [over, rate("standard", 19_000)] })
  const { rates } = (await anybody("GET", "tax-rates/DE")).body
  const shown = rates.map(({ country: _, ...one }: { country: string }) => one)
  const more = [...shown, rate("books", 7_000)]
  for (const list of [more, [over, ...more], []])
    expect((await merchant("PUT", "tax-rates/DE", { rates: list })).status).toBe(200)
  expect((await ports.taxRates.of("DE")).rates).toEqual([{ country: "DE", ...over }])
  expect((await anybody("GET", "tax-rates/DE")).body).toEqual({ country: "DE", version: 4, rates: [] })
  for (const otherwise of [
    { ...over, rate: 15_000 },
    rate("standard", 19_000, { validFrom: "2020-12-31T23:59:59.999Z" }),
  ]) {
    const reply = await merchant("PUT", "tax-rates/DE", { rates: [rate("books", 1), otherwise] })
    expect([reply.status, reply.body.type, reply.body.index]).toEqual([
      422,
      "urn:eshop:problem:tax-rate.past",
      1,
    ])
  }
  expect(await events()).toHaveLength(4)
  expect((await anybody("GET", "tax-rates/DE")).body.version).toBe(4)
})

describe("refused, and nothing changes", () => {
  beforeEach(async () => {
    await merchant("PUT", "tax-rates/DE", { rates: [rate("standard", 19_000)] })
  })
  const unchanged = async () => {
    expect((await anybody("GET", "tax-rates/DE")).body).toMatchObject({
      version: 1,
      rates: [{ rate: 19_000 }],
    })
    expect(await events()).toHaveLength(1)
    expect(await trail()).toHaveLength(1)
  }

  const MID = "2022-01-01T00:00:00.000Z"
  test.each<[why: string, rates: object[], status: number, code: string]>([
    [
      "two at one time",
      [rate("standard", 1), rate("standard", 2, { validFrom: MID })],
      422,
      "tax-rate.overlap",
    ],
    [
      "two of a state at one time, by a millisecond",
      [
        rate("standard", 1, { state: "BY", validUntil: "2022-01-01T00:00:00.001Z" }),
        rate("standard", 2, { state: "BY", validFrom: MID }),
      ],
      422,
      "tax-rate.overlap",
    ],
    ["one that ends as it begins", [rate("standard", 1, { validUntil: SINCE })], 422, "tax-rate.never-valid"],
    ["more than all", [rate("standard", 100_001)], 400, "request.invalid"],
    ["less than nothing", [rate("standard", -1)], 400, "request.invalid"],
    ["half a thousandth", [rate("standard", 0.5)], 400, "request.invalid"],
    ["another country's", [rate("standard", 1, { country: "FR" })], 400, "request.invalid"],
    [
      "a year of no calendar",
      [rate("standard", 1, { validFrom: "0000-01-01T00:00:00Z" })],
      400,
      "request.invalid",
    ],
  ])("%s", async (_, rates, status, code) => {
    const reply = await merchant("PUT", "tax-rates/DE", { rates })
    expect([reply.status, reply.body.type]).toEqual([status, `urn:eshop:problem:${code}`])
    await unchanged()
  })

  test("without the role", async () => {
    for (const [caller, status] of [
      [anybody, 401],
      [app.as({ kind: "customer", id: "shopper", roles: ["inventory.write"] }), 403],
      [app.as({ kind: "guest", id: "guest" }), 401],
    ] as const)
      expect((await caller("PUT", "tax-rates/DE", { rates: [] })).status).toBe(status)
    await unchanged()
  })

  test("with another version", async () => {
    const reply = await merchant("PUT", "tax-rates/DE", { rates: [] }, { "if-match": '"7"' })
    expect([reply.status, reply.body.type, reply.body.version]).toEqual([
      412,
      "urn:eshop:problem:tax-rates.stale",
      1,
    ])
    await unchanged()
  })

  test("for what is no country", async () => {
    for (const country of ["de", "DEU", "D1"])
      expect((await merchant("PUT", `tax-rates/${country}`, { rates: [] })).status).toBe(400)
    await unchanged()
  })
})

test("rates of one category may follow each other without a gap, and differ by state", async () => {
  const rates = [
    rate("standard", 1, { validUntil: "2022-01-01T00:00:00.000Z" }),
    rate("standard", 2, { validFrom: "2022-01-01T00:00:00.000Z" }),
    rate("standard", 3, { state: "BY" }),
    rate("books", 4),
  ]
  expect((await merchant("PUT", "tax-rates/DE", { rates })).status).toBe(200)
  expect((await merchant("PUT", "tax-rates/DE", { rates: [] })).body).toEqual({
    country: "DE",
    version: 2,
    rates: [],
  })
})

test("20 who set a country's first rates at once with one version: exactly one does", async () => {
  const replies = await atOnce(20, (index) =>
    merchant("PUT", "tax-rates/DE", { rates: [rate("standard", index)] }, { "if-match": '"0"' }),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)])
  const { body } = await anybody("GET", "tax-rates/DE")
  expect(body).toEqual(replies.find(({ status }) => status === 200)?.body)
  expect(await events()).toEqual([body])
  expect(await trail()).toHaveLength(1)
})

test("the countries are listed by their codes, page after page", async () => {
  for (const country of ["TR", "DE", "FR"]) await merchant("PUT", `tax-rates/${country}`, { rates: [] })
  await merchant("PUT", "tax-rates/GB", { rates: [] }, { "if-match": '"4"' })
  const first = await anybody("GET", "tax-rates?limit=2")
  expect(first.body.items).toEqual([
    { country: "DE", version: 1 },
    { country: "FR", version: 1 },
  ])
  const second = await anybody("GET", `tax-rates?limit=2&cursor=${first.body.nextCursor}`)
  expect(second.body).toEqual({ items: [{ country: "TR", version: 1 }], nextCursor: null })
})

test("seeding at once, and again, adds each country once and leaves what a merchant has set", async () => {
  await merchant("PUT", "tax-rates/DE", { rates: [] })
  const call = callBy("seeder", store.unitOfWork, { newId })
  const added = [...(await atOnce(4, () => seedTaxRates(ports, call))), await seedTaxRates(ports, call)]
  expect(added.reduce((sum, count) => sum + count)).toBe(seed.length - 1)
  expect((await events()).map(({ country }) => country).sort()).toEqual(
    seed.map(({ country }) => country).sort(),
  )
  expect((await anybody("GET", "tax-rates/DE")).body.rates).toEqual([])
  expect((await anybody("GET", "tax-rates/CA")).body).toEqual(seed.find(({ country }) => country === "CA"))
})
