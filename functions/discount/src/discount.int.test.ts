import { TableClient } from "@azure/data-tables"
import { newId } from "@eshop/building-blocks/ids"
import { seedProducts } from "@eshop/domain/seed"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { clientOf, codeOf, pointersOf, type Send, tokenFor } from "../../../tests/fixtures/http.ts"
import { startParts } from "../../../tests/fixtures/local-parts.ts"
import { terms } from "./testing/discount.ts"

let cloud: Cloud
let nobody: Send
let customer: Send
let basket: Send
let ordering: Send
let operator: Send
let operations: Send

beforeAll(async () => {
  cloud = await startParts(["identity", "discount"], { SEED: "true" })
  const { identity, apps } = cloud.connections
  const send = async (who: string) => clientOf(apps.discount, await tokenFor(identity, who))
  nobody = clientOf(apps.discount)
  customer = await send("customer=mehmet")
  basket = await send("role=discount.quote")
  ordering = await send("role=discount.redeem")
  operator = await send("role=discount.write")
  operations = await send("role=operations")
})
afterAll(() => cloud?.stop())

const [iphone, samsung] = seedProducts.map(({ id, price, variants: [variant] }) => ({
  sku: variant?.sku,
  productId: id,
  quantity: 2,
  unitPrice: price.unitPrice,
}))
const takenOf = async (code: string) => (await operator("GET", `coupons/${code}/usage`)).body.taken

const promotions = async () => (await operator("GET", "promotions")).body.items

describe("the reference system's discounts", () => {
  test("are promotions, and two codes of the same besides", async () => {
    expect(
      (await promotions()).map(({ name, effect }: { name: string; effect: object }) => [name, effect]),
    ).toEqual([
      ["150 off every IPhone X", { kind: "amount-per-unit", amount: { amount: 150_00, currency: "USD" } }],
      ["100 off every Samsung 10", { kind: "amount-per-unit", amount: { amount: 100_00, currency: "USD" } }],
    ])
    const { body } = await operator("GET", "coupons")
    expect(body.items.map(({ code }: { code: string }) => code)).toEqual([
      "IPHONE150",
      "SAMSUNG100",
      "WELCOME10",
    ])
  })
})

describe("coupons", () => {
  test("are told to merchants, by a code in any case", async () => {
    const reply = await operator("GET", "coupons/welcome10")
    expect([reply.status, reply.headers.get("etag")]).toEqual([200, '"1"'])
    expect(reply.body).toMatchObject({ code: "WELCOME10", effect: { kind: "percentage", rate: 10_000 } })
  })

  test("that do not exist are 404", async () => {
    const reply = await operator("GET", "coupons/NO-SUCH")
    expect([reply.status, codeOf(reply)]).toEqual([404, "coupon.unknown"])
    expect(reply.headers.get("content-type")).toBe("application/problem+json")
  })

  test("tell operators how often they are used", async () => {
    const reply = await operator("GET", "coupons/SAMSUNG100/usage")
    expect(reply.body).toEqual({ code: "SAMSUNG100", taken: 0, maxRedemptions: null })
  })
})

test("a read takes no notice of query members that it does not know, and answers HEAD", async () => {
  const [get, head] = [
    await operator("GET", "coupons/WELCOME10?utm_source=mail"),
    await operator("HEAD", "coupons/WELCOME10?utm_source=mail"),
  ]
  expect([get.status, get.body.code]).toEqual([200, "WELCOME10"])
  expect([head.status, head.body]).toEqual([200, ""])
  expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"))
})

describe("a quote", () => {
  const quote = (couponCodes: string[], ...lines: unknown[]) =>
    basket("POST", "quotes", { couponCodes, lines })

  test("explains the discount line by line, without a code too", async () => {
    const reply = await quote(["WELCOME10"], iphone, samsung)
    expect(reply.status).toBe(200)
    const [offIphones, offSamsungs] = await promotions()
    const tenOff = { name: "10 % off the whole cart", translations: { de: "10 % auf den ganzen Warenkorb" } }
    const off = (sku: string, by: object, { name: reason, translations }: typeof tenOff, amount: number) => ({
      sku,
      ...by,
      ...{ reason, translations },
      amount: { amount, currency: "USD" },
    })
    const code = { couponCode: "WELCOME10" }
    expect(reply.body.lines).toEqual([
      off("IPHONE-X-BLACK", { promotionId: offIphones.id }, offIphones, 300_00),
      off("IPHONE-X-BLACK", code, tenOff, 160_00),
      off("SAMSUNG-10-BLACK", { promotionId: offSamsungs.id }, offSamsungs, 200_00),
      off("SAMSUNG-10-BLACK", code, tenOff, 148_00),
    ])
    expect(reply.body.discount).toEqual({ amount: 808_00, currency: "USD" })
    expect(reply.body.explanations).toHaveLength(3)
  })

  test("of a coupon that fits no line, or that there is not, refuses the coupon and keeps the rest", async () => {
    for (const [code, why] of [
      ["IPHONE150", "coupon.not-applicable"],
      ["NO-SUCH", "coupon.unknown"],
    ] as const) {
      const reply = await quote([code], samsung)
      expect([reply.status, reply.body.discount.amount]).toEqual([200, 200_00])
      expect(reply.body.refusedCoupons).toMatchObject([{ code, refusal: { code: why } }])
    }
  })

  test("of a coupon and a promotion of the same effect gives one of them: the first by sort order", async () => {
    const { body } = await quote(["SAMSUNG100"], samsung)
    expect(body.lines).toMatchObject([{ couponCode: "SAMSUNG100", amount: { amount: 200_00 } }])
    expect(body.explanations).toMatchObject([
      { rule: "SAMSUNG100", outcome: "applied" },
      { outcome: "not-met" },
      { outcome: "suppressed", reason: 'Does not combine with "100 off every Samsung 10"' },
    ])
    expect(body).not.toHaveProperty("refusedCoupons")
  })

  test("of more than can be counted, or of a SKU twice, is refused", async () => {
    const unitPrice = { amount: Number.MAX_SAFE_INTEGER, currency: "USD" }
    const dear = await quote(["WELCOME10"], { ...iphone, unitPrice })
    expect([dear.status, codeOf(dear)]).toEqual([422, "quote.out-of-range"])
    const twice = await quote([], iphone, iphone)
    expect([twice.status, codeOf(twice)]).toEqual([422, "quote.sku-twice"])
  })

  test("of a coupon that takes nothing off refuses it, so that nobody redeems it", async () => {
    const unitPrice = { amount: 4, currency: "USD" }
    const reply = await quote(["WELCOME10"], {
      ...iphone,
      sku: "CASE",
      productId: newId(),
      quantity: 1,
      unitPrice,
    })
    expect(reply.body.refusedCoupons).toMatchObject([{ refusal: { code: "coupon.no-effect" } }])
  })
})

describe("a redemption", () => {
  test("is reserved, confirmed and given back, each as often as one likes", async () => {
    const orderId = newId()
    const path = `redemptions/${orderId}`
    const body = { couponCode: "WELCOME10" }
    const answer = (status: string) => ({ orderId, couponCode: "WELCOME10", status })
    for (const _ of [1, 2]) expect((await ordering("PUT", path, body)).body).toEqual(answer("reserved"))
    expect(await takenOf("WELCOME10")).toBe(1)
    for (const sent of [body, undefined])
      expect((await ordering("POST", `${path}/confirm`, sent)).body).toEqual(answer("confirmed"))
    for (const _ of [1, 2])
      expect((await ordering("DELETE", `${path}?couponCode=WELCOME10`)).body).toEqual(answer("released"))
    expect(await takenOf("WELCOME10")).toBe(0)
    const late = await ordering("PUT", path, body)
    expect([late.status, codeOf(late)]).toEqual([409, "redemption.released"])
  })

  test("that nobody reserved cannot be confirmed", async () => {
    const reply = await ordering("POST", `redemptions/${newId()}/confirm`)
    expect([reply.status, codeOf(reply)]).toEqual([404, "redemption.unknown"])
  })
})

const order = newId()
const routes: [method: string, path: string, body?: unknown][] = [
  ["GET", "promotions"],
  ["POST", "promotions", terms()],
  ["POST", "previews", { promotion: terms(), cart: { lines: [iphone] } }],
  ["GET", `promotions/${order}`],
  ["PUT", `promotions/${order}`, terms()],
  ["DELETE", `promotions/${order}`],
  ["GET", "coupons"],
  ["POST", "coupons", { ...terms(), code: "DENIED", uniqueCodes: false }],
  ["GET", "coupons/WELCOME10"],
  ["PUT", "coupons/WELCOME10", { ...terms(), uniqueCodes: false }],
  ["DELETE", "coupons/WELCOME10"],
  ["PUT", `coupons/WELCOME10/batches/${order}`, { count: 1 }],
  ["GET", "coupons/WELCOME10/batches"],
  ["GET", `coupons/WELCOME10/batches/${order}`],
  ["GET", "coupons/WELCOME10/codes"],
  ["GET", "audit"],
  ["GET", "operations/dead-letters"],
  ["POST", "operations/dead-letters/redrive", { all: true }],
  ["GET", "coupons/WELCOME10/usage"],
  ["POST", "quotes", { couponCodes: ["WELCOME10"], lines: [iphone] }],
  ["PUT", `redemptions/${order}`, { couponCode: "WELCOME10" }],
  ["POST", `redemptions/${order}/confirm`],
  ["DELETE", `redemptions/${order}?couponCode=WELCOME10`],
  [
    "POST",
    "operations/redemptions/reconcile",
    { redemptions: [{ orderId: order, couponCode: "WELCOME10", status: "reserved" }] },
  ],
]

/** What a denied request must not have changed. */
const state = async () => ({
  taken: await takenOf("WELCOME10"),
  promotions: (await promotions()).map(({ version }: { version: number }) => version),
  coupons: (await operator("GET", "coupons")).body.items.map(({ version }: { version: number }) => version),
})
const untouched = { taken: 0, promotions: [1, 1], coupons: [1, 1, 1] }

test.each(routes)("%s %s without a token is 401", async (method, path, body) => {
  const reply = await nobody(method, path, body)
  expect([reply.status, codeOf(reply)]).toEqual([401, "auth.required"])
  expect(reply.headers.get("www-authenticate")).toBe("Bearer")
  expect(await state()).toEqual(untouched)
})

test.each(routes)("%s %s with another role is 403", async (method, path, body) => {
  const reply = await customer(method, path, body)
  expect([reply.status, codeOf(reply)]).toEqual([403, "auth.forbidden"])
  expect(await state()).toEqual(untouched)
})

test.each<[as: () => Send, method: string, path: string, body: unknown, pointers: string[]]>([
  [() => operator, "GET", "coupons/a_b/usage", undefined, ["/code"]],
  [() => operator, "GET", "coupons/%C4%B1phone150", undefined, ["/code"]],
  [() => basket, "POST", "quotes", {}, ["/couponCodes", "/lines"]],
  [() => basket, "POST", "quotes", [], [""]],
  [() => basket, "POST", "quotes", { couponCodes: ["WELCOME10"], lines: [] }, ["/lines"]],
  [
    () => basket,
    "POST",
    "quotes",
    { couponCodes: ["x"], lines: [{ ...iphone, quantity: 0.5, discount: 1 }], at: "now" },
    ["/couponCodes/0", "/lines/0/quantity", "/lines/0/discount", "/at"],
  ],
  [() => ordering, "PUT", "redemptions/7", { couponCode: 7 }, ["/orderId", "/couponCode"]],
  [() => ordering, "PUT", `redemptions/${order}`, {}, ["/couponCode"]],
  [() => ordering, "POST", `redemptions/${order}/confirm`, { force: true }, ["/force"]],
  [() => ordering, "DELETE", `redemptions/${order}`, undefined, ["/couponCode"]],
  [() => ordering, "DELETE", `redemptions/${order}?couponCode=WELCOME10&force=1`, undefined, ["/force"]],
  [
    () => operations,
    "POST",
    "operations/redemptions/reconcile",
    { redemptions: [{ orderId: order, couponCode: "WELCOME10", status: "lost", at: 1 }] },
    ["/redemptions/0/status", "/redemptions/0/at"],
  ],
  [
    () => operations,
    "POST",
    "operations/redemptions/reconcile",
    { redemptions: Array(101).fill({ orderId: order, couponCode: "WELCOME10", status: "reserved" }) },
    ["/redemptions"],
  ],
])("malformed input names its members (%#)", async (as, method, path, body, pointers) => {
  const reply = await as()(method, path, body)
  expect([reply.status, codeOf(reply)]).toEqual([400, "request.invalid"])
  expect(pointersOf(reply)).toEqual(pointers)
  expect(reply.headers.get("content-type")).toBe("application/problem+json")
  expect(await takenOf("WELCOME10")).toBe(0)
})

test.each(["quotes", `redemptions/${order}/confirm`])("POST %s refuses what is not JSON", async (path) => {
  const send = path === "quotes" ? basket : ordering
  const broken = await send("POST", path, "{")
  expect([broken.status, codeOf(broken)]).toEqual([400, "request.malformed"])
  const text = await send("POST", path, "{}", { "content-type": "text/plain" })
  expect([text.status, codeOf(text)]).toEqual([415, "request.media-type"])
})

test("a body over 1 MiB is 413, one of exactly 1 MiB is read", async () => {
  const padded = (bytes: number) => `{"couponCodes":"${"A".repeat(bytes - 18)}"}`
  const over = await basket("POST", "quotes", padded(1_048_577))
  expect([over.status, codeOf(over)]).toEqual([413, "request.too-large"])
  expect((await basket("POST", "quotes", padded(1_048_576))).status).toBe(400)
})

// Defect 15 of the reference: Discount down, and the basket fails. It says so soon, and comes back by itself.
describe("Table storage that hangs", () => {
  afterEach(() => cloud.part("storage").kill("SIGCONT"))

  test("is 503 within seconds, shows in the readiness alone, and is well again when it goes on", async () => {
    const pid = cloud.part("discount").pid
    cloud.part("storage").kill("SIGSTOP")
    const started = performance.now()
    const replies = await Promise.all([
      operator("GET", "coupons/NOT-CACHED"),
      basket("POST", "quotes", { couponCodes: ["NOT-CACHED"], lines: [iphone] }),
      ordering("PUT", `redemptions/${newId()}`, { couponCode: "NOT-CACHED-2" }),
      operator("GET", "coupons/WELCOME10/usage"),
    ])
    expect(performance.now() - started).toBeLessThan(8_000)
    for (const reply of replies) {
      expect([reply.status, codeOf(reply)]).toEqual([503, "dependency.unavailable"])
      expect(reply.headers.get("retry-after")).toBe("2")
    }
    expect((await nobody("GET", "health/ready")).status).toBe(503)
    expect((await nobody("GET", "health/live")).status).toBe(200)
    cloud.part("storage").kill("SIGCONT")
    await expect.poll(async () => (await nobody("GET", "health/ready")).status, { timeout: 10_000 }).toBe(200)
    const reply = await ordering("PUT", `redemptions/${newId()}`, { couponCode: "WELCOME10" })
    expect([reply.status, reply.body.status]).toEqual([200, "reserved"])
    expect(cloud.part("discount").pid).toBe(pid)
  })

  test("while Discount starts does not keep it from starting, and the seed comes with the storage", async () => {
    const table = TableClient.fromConnectionString(cloud.connections.storage, "discount", {
      allowInsecureConnection: true,
    })
    await table.deleteTable()
    cloud.part("storage").kill("SIGSTOP")
    await cloud.part("discount").restart()
    expect((await nobody("GET", "health/live")).status).toBe(200)
    expect((await operator("GET", "coupons/WELCOME10")).status).toBe(503)
    cloud.part("storage").kill("SIGCONT")
    await expect
      .poll(async () => (await operator("GET", "coupons/WELCOME10")).status, {
        timeout: 20_000,
        interval: 250,
      })
      .toBe(200)
  })
})
