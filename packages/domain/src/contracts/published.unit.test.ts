import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import * as z from "zod"
import * as basketEvents from "./basket-events.ts"
import * as catalogEvents from "./catalog-events.ts"
import * as checkouts from "./checkouts.ts"
import * as customerData from "./customer-data.ts"
import type { EventDefinition } from "./event.ts"
import * as orderingEvents from "./ordering-events.ts"
import * as quotes from "./quotes.ts"
import * as redemptions from "./redemptions.ts"
import type { RouteDefinition } from "./route.ts"
import * as stockHolds from "./stock-holds.ts"
import * as taxes from "./taxes.ts"
import * as variants from "./variants.ts"

type JsonSchema = {
  readonly properties?: Record<string, JsonSchema>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly [keyword: string]: unknown
}

const having = <T>(member: string, modules: readonly object[]) =>
  modules
    .flatMap((module) => Object.values(module) as object[])
    .filter((value): value is object & T => typeof value === "object" && member in value)
const events = having<EventDefinition<z.ZodType>>("topic", [catalogEvents, basketEvents, orderingEvents])
const routes = having<RouteDefinition>("method", [
  stockHolds,
  variants,
  taxes,
  checkouts,
  quotes,
  redemptions,
  customerData,
])
const nameOf = ({ method, path }: RouteDefinition) => `${method} ${path}`

/** Everything that crosses between contexts: what is said (events, answers) and what is asked (inputs). */
const contracts = [
  ...events.map(({ type, data, example }) => ({
    name: type,
    said: true,
    schema: data,
    example: example as object,
  })),
  ...routes.flatMap((route) => [
    { name: `${nameOf(route)} input`, said: false, schema: route.input, example: route.example.input },
    {
      name: `${nameOf(route)} answer`,
      said: true,
      schema: route.answer,
      example: route.example.answer as object,
    },
  ]),
]

const jsonSchemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input" })
  return json as JsonSchema
}

/**
 * What a change breaks. New members are optional: what was said by an older version is still on its way, and an older
 * consumer still asks. No member that is always said becomes optional. Everything else stays as it was published: a
 * looser bound is fine for some, so a person decides.
 */
function breaks(before: JsonSchema, after: JsonSchema, said: boolean, at = "data"): string[] {
  const { properties = {}, required = [], items, description: _, ...rest } = before
  const {
    properties: now = {},
    required: nowRequired = [],
    items: nowItems,
    description: __,
    ...nowRest
  } = after
  const members = Object.entries(properties)
  const nowMust = nowRequired.filter((name) => !required.includes(name))
  const nowMay = said ? required.filter((name) => now[name] && !nowRequired.includes(name)) : []
  return [
    ...members.filter(([name]) => !now[name]).map(([name]) => `${at}.${name} is gone`),
    ...[...nowMust, ...nowMay].map((name) => `${at}.${name} changed whether it is required`),
    ...members.flatMap(([name, member]) =>
      now[name] ? breaks(member, now[name], said, `${at}.${name}`) : [],
    ),
    ...(items && nowItems ? breaks(items, nowItems, said, `${at}[]`) : []),
    ...(JSON.stringify([rest, !items]) === JSON.stringify([nowRest, !nowItems]) ? [] : [`${at} changed`]),
  ]
}

/** A line per contract: its name and its JSON Schema. */
const published: [name: string, JsonSchema][] = readFileSync(
  new URL("published.jsonl", import.meta.url),
  "utf8",
)
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line))
const current = contracts.map(({ name, schema }) => [name, jsonSchemaOf(schema)] as const)

describe("what was published", () => {
  test("is changed by additions alone", () => {
    const broken = published.flatMap(([name, before]) => {
      const after = new Map(current).get(name)
      const said = !name.endsWith(" input")
      return after ? breaks(before, after, said, name) : [`${name} is gone`]
    })
    expect(broken, "make it a new version beside the old one").toEqual([])
  })

  test("is on record: after an addition, `npm test -- packages/domain/src/contracts -u`", async () => {
    await expect(current.map((line) => `${JSON.stringify(line)}\n`).join("")).toMatchFileSnapshot(
      "published.jsonl",
    )
  })

  test.each([
    ["a member is gone", { properties: { a: { type: "string" } }, required: ["a"] }, true, "x.b is gone"],
    [
      "a member is of another type",
      { properties: { a: { type: "integer" }, b: {} }, required: ["a"] },
      true,
      "x.a changed",
    ],
    [
      "a member that was always said is so no longer",
      { properties: { a: { type: "string" }, b: {} }, required: [] },
      true,
      "x.a changed whether it is required",
    ],
    [
      "a member must be given that was not asked for",
      { properties: { a: { type: "string" }, b: {}, c: {} }, required: ["a", "c"] },
      false,
      "x.c changed whether it is required",
    ],
    [
      "a new member is always said, which what is on its way does not",
      { properties: { a: { type: "string" }, b: {}, c: {} }, required: ["a", "c"] },
      true,
      "x.c changed whether it is required",
    ],
  ])("is broken when %s", (_, after: JsonSchema, said, message) => {
    const before: JsonSchema = { properties: { a: { type: "string" }, b: {} }, required: ["a"] }
    expect(breaks(before, after, said, "x")).toEqual([message])
    expect(breaks(before, { ...before, properties: { ...before.properties, more: {} } }, said, "x")).toEqual(
      [],
    )
  })
})

test("events and routes: a change of one is a new version", () => {
  expect(events.map(({ type, source, topic }) => `${topic} ${source} ${type}`).sort()).toEqual([
    "basket-events /eshop/basket eshop.basket.abandoned.v1",
    "basket-events /eshop/basket eshop.basket.checked-out.v1",
    "catalog-events /eshop/catalog eshop.catalog.price-changed.v1",
    "catalog-events /eshop/catalog eshop.catalog.product-changed.v1",
    "catalog-events /eshop/catalog eshop.catalog.product-created.v1",
    "catalog-events /eshop/catalog eshop.catalog.product-discontinued.v1",
    "catalog-events /eshop/catalog eshop.catalog.stock-committed.v1",
    "catalog-events /eshop/catalog eshop.catalog.stock-low.v1",
    "catalog-events /eshop/catalog eshop.catalog.stock-rejected.v1",
    "catalog-events /eshop/catalog eshop.catalog.stock-released.v1",
    "catalog-events /eshop/catalog eshop.catalog.stock-reserved.v1",
    "catalog-events /eshop/catalog eshop.catalog.tax-rates-changed.v1",
    "ordering-events /eshop/ordering eshop.ordering.customer-erased.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-cancelled.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-created.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-delivered.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-lines-cancelled.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-paid.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-refunded.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-returned.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-shipped.v1",
    "ordering-events /eshop/ordering eshop.ordering.order-status-changed.v1",
    "ordering-events /eshop/ordering eshop.ordering.payment-reported.v1",
    "ordering-events /eshop/ordering eshop.ordering.refund-requested.v1",
    "ordering-events /eshop/ordering eshop.ordering.saga-control-requested.v1",
    "ordering-events /eshop/ordering eshop.ordering.saga-word-spoken.v1",
  ])
  expect(routes.map(nameOf).sort()).toEqual([
    "DELETE holds/{holdId}",
    "DELETE redemptions/{orderId}",
    "GET checkouts/{checkoutId}",
    "GET holds/{holdId}",
    "GET operations/customers/{customerId}/data",
    "GET tax-rates/{country}",
    "GET variants/{sku}",
    "GET variants/{sku}/stock",
    "PATCH holds/{holdId}",
    "POST operations/redemptions/reconcile",
    "POST quotes",
    "POST redemptions/{orderId}/confirm",
    "PUT holds/{holdId}",
    "PUT redemptions/{orderId}",
  ])
})

describe.each(contracts)("$name", ({ said, schema, example }) => {
  test("its example survives its way over the wire", () => {
    expect(schema.parse(JSON.parse(JSON.stringify(example)))).toEqual(example)
  })

  test(
    said
      ? "a consumer takes no notice of a member that it does not know"
      : "a provider refuses what it does not know",
    () => {
      const parsed = schema.safeParse({ ...example, fromTheFuture: 1 })
      if (said) expect(parsed).toEqual({ success: true, data: example })
      else expect(parsed.error?.issues.map(({ code }) => code)).toEqual(["unrecognized_keys"])
    },
  )

  test("without a member that it must have it is refused", () => {
    const required = jsonSchemaOf(schema).required ?? []
    for (const member of required) {
      const { [member]: _, ...rest } = example as Record<string, unknown>
      expect([member, schema.safeParse(rest).success]).toEqual([member, false])
    }
    expect(required.length).toBeGreaterThan(0)
  })
})

test("no event has a member for personal data", () => {
  const schemas = JSON.stringify(events.map(({ data }) => jsonSchemaOf(data)))
  expect(schemas).not.toMatch(/firstName|lastName|email|address|phone/i)
})
