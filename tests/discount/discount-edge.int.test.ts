import { newId } from "@eshop/building-blocks/ids"
import { seedProducts } from "@eshop/domain/seed"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientOf, codeOf, pointersOf, type Send, tokenFor } from "../fixtures/http.ts"
import { startParts } from "../fixtures/local-parts.ts"

let cloud: Cloud
let nobody: Send
let customer: Send
let basket: Send
let ordering: Send
let operator: Send

beforeAll(async () => {
  cloud = await startParts(["identity", "discount"], { SEED: "true" })
  const { identity, apps } = cloud.connections
  const send = async (who: string) => clientOf(apps.discount, await tokenFor(identity, who))
  nobody = clientOf(apps.discount)
  customer = await send("customer=mehmet")
  basket = await send("role=discount.quote")
  ordering = await send("role=discount.redeem")
  operator = await send("role=discount.write")
})
afterAll(() => cloud?.stop())

const [iphone, samsung] = seedProducts.map(({ id, name, price }) => ({
  productId: id,
  name,
  quantity: 2,
  unitPrice: price,
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

describe("a quote", () => {
  test("explains the discount line by line", async () => {
    const reply = await basket("POST", "quotes", { couponCode: "IPHONE150", lines: [iphone, samsung] })
    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({
      lines: [
        {
          productId: iphone?.productId,
          couponCode: "IPHONE150",
          description: "150 off every IPhone X",
          discount: { amount: 300_00, currency: "USD" },
        },
      ],
      discount: { amount: 300_00, currency: "USD" },
    })
  })

  test("of a coupon that fits no line is refused", async () => {
    const reply = await basket("POST", "quotes", { couponCode: "IPHONE150", lines: [samsung] })
    expect([reply.status, codeOf(reply)]).toEqual([422, "coupon.not-applicable"])
  })

  test("of more than can be counted is refused", async () => {
    const unitPrice = { amount: Number.MAX_SAFE_INTEGER, currency: "USD" }
    const reply = await basket("POST", "quotes", {
      couponCode: "WELCOME10",
      lines: [{ ...iphone, unitPrice }],
    })
    expect([reply.status, codeOf(reply)]).toEqual([422, "quote.out-of-range"])
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
  ["POST", "quotes", { couponCode: "WELCOME10", lines: [iphone] }],
  ["PUT", `redemptions/${order}`, { couponCode: "WELCOME10" }],
  ["POST", `redemptions/${order}/confirm`],
  ["DELETE", `redemptions/${order}?couponCode=WELCOME10`],
]

test.each(routes)("%s %s without a token is 401", async (method, path, body) => {
  const reply = await nobody(method, path, body)
  expect([reply.status, codeOf(reply)]).toEqual([401, "auth.required"])
  expect(reply.headers.get("www-authenticate")).toBe("Bearer")
  expect(await takenOf("WELCOME10")).toBe(0)
})

test.each(routes.slice(1))("%s %s with another role is 403", async (method, path, body) => {
  const reply = await customer(method, path, body)
  expect([reply.status, codeOf(reply)]).toEqual([403, "auth.role-missing"])
  expect(await takenOf("WELCOME10")).toBe(0)
})

test.each<[as: () => Send, method: string, path: string, body: unknown, pointers: string[]]>([
  [() => customer, "GET", "coupons/a_b", undefined, ["/code"]],
  [() => operator, "GET", "coupons/a_b/usage", undefined, ["/code"]],
  [() => operator, "GET", "coupons/WELCOME10/usage?limit=5", undefined, ["/limit"]],
  [() => basket, "POST", "quotes", {}, ["/couponCode", "/lines"]],
  [() => basket, "POST", "quotes", [], [""]],
  [() => basket, "POST", "quotes", { couponCode: "WELCOME10", lines: [] }, ["/lines"]],
  [
    () => basket,
    "POST",
    "quotes",
    { couponCode: "x", lines: [{ ...iphone, quantity: 0.5, discount: 1 }], at: "now" },
    ["/couponCode", "/lines/0/quantity", "/lines/0/discount", "/at"],
  ],
  [() => ordering, "PUT", "redemptions/7", { couponCode: 7 }, ["/orderId", "/couponCode"]],
  [() => ordering, "PUT", `redemptions/${order}`, {}, ["/couponCode"]],
  [() => ordering, "POST", `redemptions/${order}/confirm`, { force: true }, ["/force"]],
  [() => ordering, "DELETE", `redemptions/${order}`, undefined, ["/couponCode"]],
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
  const padded = (bytes: number) => `{"couponCode":"${"A".repeat(bytes - 17)}"}`
  const over = await basket("POST", "quotes", padded(1_048_577))
  expect([over.status, codeOf(over)]).toEqual([413, "request.too-large"])
  expect((await basket("POST", "quotes", padded(1_048_576))).status).toBe(400)
})
