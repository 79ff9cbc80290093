import { TableClient } from "@azure/data-tables"
import { newId } from "@eshop/building-blocks/ids"
import { seedProducts } from "@eshop/domain/seed"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { clientOf, codeOf, pointersOf, type Send, tokenFor } from "../../../tests/fixtures/http.ts"
import { startParts } from "../../../tests/fixtures/local-parts.ts"

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

const [iphone, samsung] = seedProducts.map(({ id, variants: [variant] }) => ({
  sku: variant?.sku,
  productId: id,
  quantity: 2,
  unitPrice: variant?.price,
}))
const takenOf = async (code: string) => (await operator("GET", `coupons/${code}/usage`)).body.taken

describe("coupons", () => {
  test("are told to whoever is signed in, by a code in any case", async () => {
    const reply = await customer("GET", "coupons/welcome10")
    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({
      code: "WELCOME10",
      description: "10 % off the whole cart",
      reward: { kind: "percent", percent: 10 },
    })
  })

  test("that do not exist are 404", async () => {
    const reply = await customer("GET", "coupons/NO-SUCH")
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
    await customer("GET", "coupons/WELCOME10?utm_source=mail"),
    await customer("HEAD", "coupons/WELCOME10?utm_source=mail"),
  ]
  expect([get.status, get.body.code]).toEqual([200, "WELCOME10"])
  expect([head.status, head.body]).toEqual([200, ""])
  expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"))
})

describe("a quote", () => {
  test("explains the discount line by line", async () => {
    const reply = await basket("POST", "quotes", { couponCodes: ["IPHONE150"], lines: [iphone, samsung] })
    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({
      lines: [
        {
          sku: "IPHONE-X-BLACK",
          couponCode: "IPHONE150",
          reason: "150 off every IPhone X",
          amount: { amount: 300_00, currency: "USD" },
        },
      ],
      discount: { amount: 300_00, currency: "USD" },
    })
  })

  test("of a coupon that fits no line is refused", async () => {
    const reply = await basket("POST", "quotes", { couponCodes: ["IPHONE150"], lines: [samsung] })
    expect([reply.status, codeOf(reply)]).toEqual([422, "coupon.not-applicable"])
  })

  test("of more than can be counted is refused", async () => {
    const unitPrice = { amount: Number.MAX_SAFE_INTEGER, currency: "USD" }
    const reply = await basket("POST", "quotes", {
      couponCodes: ["WELCOME10"],
      lines: [{ ...iphone, unitPrice }],
    })
    expect([reply.status, codeOf(reply)]).toEqual([422, "quote.out-of-range"])
  })

  test("of a coupon that takes nothing off is refused, so that nobody redeems it", async () => {
    const unitPrice = { amount: 9, currency: "USD" }
    const reply = await basket("POST", "quotes", {
      couponCodes: ["WELCOME10"],
      lines: [{ ...iphone, quantity: 1, unitPrice }],
    })
    expect([reply.status, codeOf(reply)]).toEqual([422, "coupon.no-effect"])
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
  ["GET", "coupons/WELCOME10"],
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

test.each(routes)("%s %s without a token is 401", async (method, path, body) => {
  const reply = await nobody(method, path, body)
  expect([reply.status, codeOf(reply)]).toEqual([401, "auth.required"])
  expect(reply.headers.get("www-authenticate")).toBe("Bearer")
  expect(await takenOf("WELCOME10")).toBe(0)
})

test.each(routes.slice(1))("%s %s with another role is 403", async (method, path, body) => {
  const reply = await customer(method, path, body)
  expect([reply.status, codeOf(reply)]).toEqual([403, "auth.forbidden"])
  expect(await takenOf("WELCOME10")).toBe(0)
})

test.each<[as: () => Send, method: string, path: string, body: unknown, pointers: string[]]>([
  [() => customer, "GET", "coupons/a_b", undefined, ["/code"]],
  [() => operator, "GET", "coupons/a_b/usage", undefined, ["/code"]],
  [() => customer, "GET", "coupons/%C4%B1phone150", undefined, ["/code"]],
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

describe("Table storage that hangs", () => {
  afterEach(() => cloud.part("storage").kill("SIGCONT"))

  test("is 503 within seconds, shows in the readiness alone, and is well again when it goes on", async () => {
    const pid = cloud.part("discount").pid
    cloud.part("storage").kill("SIGSTOP")
    const started = performance.now()
    const replies = await Promise.all([
      customer("GET", "coupons/NOT-CACHED"),
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
    const table = TableClient.fromConnectionString(cloud.connections.storage, "coupons", {
      allowInsecureConnection: true,
    })
    await table.deleteTable()
    cloud.part("storage").kill("SIGSTOP")
    await cloud.part("discount").restart()
    expect((await nobody("GET", "health/live")).status).toBe(200)
    expect((await customer("GET", "coupons/WELCOME10")).status).toBe(503)
    cloud.part("storage").kill("SIGCONT")
    await expect
      .poll(async () => (await customer("GET", "coupons/WELCOME10")).status, {
        timeout: 20_000,
        interval: 250,
      })
      .toBe(200)
  })
})
