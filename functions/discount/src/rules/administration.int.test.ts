import type { Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { discountOn, merchant, nextSortOrder, terms } from "../testing/discount.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>
let send: Send

beforeAll(async () => {
  cloud = await startParts(["storage"])
})
afterAll(() => cloud?.stop())
beforeEach(() => {
  shop = discountOn(cloud.connections.storage)
  send = shop.app.as(merchant)
})

/** For promotions that stay: no quote of another test has such a line. */
const apart = { scope: { skus: ["NOBODYS-1"] } }
const create = (promotion: object, key = newId()) =>
  send("POST", "promotions", promotion, { "idempotency-key": key })
const put = (path: string, body: object, version?: number) =>
  send("PUT", path, body, version === undefined ? {} : { "if-match": `"${version}"` })
const del = (path: string, version?: number) =>
  send("DELETE", path, undefined, version === undefined ? {} : { "if-match": `"${version}"` })

describe("a promotion", () => {
  test("is made, read, changed and taken away, and each change is in the trail with who and when", async () => {
    const wanted = terms({ name: "Sale", scope: { skus: ["PHONE-RED"] } })
    const made = await create(wanted)
    expect([made.status, made.headers.get("etag")]).toEqual([201, '"1"'])
    const { id } = made.body
    expect(made.headers.get("location")).toBe(`/discount/promotions/${id}`)
    expect(made.body).toEqual({ ...wanted, id, version: 1 })
    expect((await send("GET", `promotions/${id}`)).body).toEqual(made.body)

    const changed = await put(`promotions/${id}`, { ...wanted, name: "Bigger sale" }, 1)
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"'])
    expect((await del(`promotions/${id}`, 2)).status).toBe(204)
    expect((await del(`promotions/${id}`)).status).toBe(204)
    expect(codeOf(await send("GET", `promotions/${id}`))).toBe("promotion.unknown")

    const { items } = (await send("GET", `audit?subject=promotion%20${id}`)).body
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      "promotion.deleted",
      "promotion.changed",
      "promotion.created",
    ])
    expect(items[1]).toMatchObject({
      by: { kind: "customer", id: "merchant-1" },
      change: { name: "Bigger sale", version: 2 },
    })
    for (const { at } of items) expect(Date.now() - Date.parse(at)).toBeLessThan(60_000)
  })

  // Defect 10 of the reference: no concurrency tokens, lost updates.
  test("that two merchants change at once takes one change, and the other is told", async () => {
    const wanted = terms(apart)
    const { id } = (await create(wanted)).body
    const answers = await atOnce(10, (index) =>
      put(`promotions/${id}`, { ...wanted, name: `by ${index}` }, 1),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412).map(codeOf)).toEqual(Array(9).fill("rule.stale"))
    expect((await send("GET", `promotions/${id}`)).body).toEqual(won[0]?.body)
  })

  test("that ten make at once under one sort order is made once; it is free again with its end", async () => {
    const sortOrder = nextSortOrder()
    const at = (name: string) =>
      terms({ ...apart, name, stacking: { sortOrder, combines: false, stops: false } })
    const answers = await atOnce(10, (index) => create(at(`by ${index}`)))
    const [won] = answers.filter(({ status }) => status === 201)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9)
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      type: "urn:eshop:problem:rule.sort-order-taken",
      by: won?.body.name,
    })
    await expect(shop.addCoupon(at("A coupon"))).rejects.toThrow("sort-order-taken")
    await del(`promotions/${won?.body.id}`)
    await shop.addCoupon(at("A coupon"))
  })

  test("that is made again after an answer that was lost is the same one", async () => {
    const wanted = terms(apart)
    const key = newId()
    const first = await create(wanted, key)
    const replayed = await create(wanted, key)
    expect([replayed.status, replayed.body]).toEqual([201, first.body])
    expect(replayed.headers.get("idempotent-replayed")).toBe("true")
    // Who died before the key was recorded finds the promotion.
    expect((await create(wanted)).body).toEqual(first.body)
    expect(codeOf(await create({ ...wanted, name: "Another" }, key))).toBe("idempotency-key.reused")
    const { items } = (await send("GET", `audit?subject=promotion%20${first.body.id}`)).body
    expect(items).toHaveLength(1)
  })

  test("needs terms that can be", async () => {
    const at = "2026-03-01T00:00:00.000Z"
    for (const [wrong, pointer] of [
      [{ validFrom: at, validUntil: at }, "/validUntil"],
      [{ effect: { kind: "percentage", rate: 100_001 } }, "/effect/rate"],
      [{ effect: { kind: "amount", amount: usd(0) } }, "/effect/amount/amount"],
      [{ scope: {} }, "/scope"],
      [{ name: " " }, "/name"],
    ] as const) {
      const reply = await create({ ...terms(), ...wrong })
      expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, pointer])
    }
  })

  test("counts in the next quote, and no more once it is switched off", async () => {
    const wanted = terms({ scope: { skus: ["QUOTED-1"] } })
    const line = { sku: "QUOTED-1", productId: newId(), quantity: 1, unitPrice: usd(100_00) }
    const off = async () =>
      (await shop.send("POST", "quotes", { couponCodes: [], lines: [line] })).body.discount.amount
    expect(await off()).toBe(0)
    const { id } = (await create(wanted)).body
    expect(await off()).toBe(10_00)
    await put(`promotions/${id}`, { ...wanted, enabled: false }, 1)
    expect(await off()).toBe(0)
  })
})

describe("lists", () => {
  test("go page by page, each rule once, and leave out what was deleted", async () => {
    const own = discountOn(cloud.connections.storage)
    const codes: string[] = []
    for (let made = 0; made < 5; made++) codes.push(await own.addCoupon({ code: `LIST-${made}` }))
    await del("coupons/LIST-2")
    const seen: string[] = []
    for (let path: string | undefined = "coupons?limit=2"; path; ) {
      const { body } = await send("GET", path)
      expect(body.items.length).toBeLessThanOrEqual(2)
      seen.push(...body.items.map(({ code }: { code: string }) => code))
      path = body.nextCursor ? `coupons?limit=2&cursor=${body.nextCursor}` : undefined
    }
    expect(seen.filter((code) => code.startsWith("LIST-"))).toEqual(["LIST-0", "LIST-1", "LIST-3", "LIST-4"])
    expect(new Set(seen).size).toBe(seen.length)
    expect((await send("GET", "coupons?limit=101")).status).toBe(400)
    expect((await send("GET", "promotions?cursor=x")).status).toBe(400)
  })
})

describe("a coupon", () => {
  test("keeps its code for ever, and does not get a limit that nobody counted for", async () => {
    const code = await shop.addCoupon()
    const { version, code: _, ...stored } = (await send("GET", `coupons/${code}`)).body
    expect(codeOf(await put(`coupons/${code}`, { ...stored, maxRedemptions: 3 }, version))).toBe(
      "coupon.limit-fixed",
    )
    expect((await del(`coupons/${code}`, version)).status).toBe(204)
    await expect(shop.addCoupon({ ...stored, code })).rejects.toThrow("coupon.exists")
    expect(codeOf(await put(`coupons/${code}`, stored))).toBe("coupon.unknown")
  })
})
