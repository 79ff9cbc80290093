import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { newId } from "@eshop/building-blocks/ids"
import type { ProductSnapshot } from "@eshop/domain/events/catalog-events"
import { usd } from "@eshop/domain/money"
import { isRefusal, type Refusal } from "@eshop/domain/refusal"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest"
import { httpCatalog } from "../../functions/basket/src/adapters/http-catalog.ts"
import { httpDiscounts } from "../../functions/basket/src/adapters/http-discounts.ts"
import { getCart } from "../../functions/basket/src/cart/get-cart.ts"
import { putItem } from "../../functions/basket/src/cart/put-item.ts"
import { checkOut } from "../../functions/basket/src/checkout/check-out.ts"
import type { CheckoutPorts, Discounts } from "../../functions/basket/src/checkout/ports.ts"
import { keepProduct } from "../../functions/basket/src/products/keep-product.ts"
import { basketOn, catalogOf } from "../fixtures/basket.ts"
import { atOnce, callBy } from "../fixtures/calls.ts"
import { startParts } from "../fixtures/local-parts.ts"

const product = (version: number, amount: number, productId = newId()): ProductSnapshot => ({
  productId,
  name: `version ${version}`,
  price: usd(amount),
  version,
})
const noDiscounts: Discounts = { quote: async () => ({ discount: usd(0), unavailable: false }) }

let cloud: Cloud
let basket: Awaited<ReturnType<typeof basketOn>>

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  basket = await basketOn(cloud.connections.postgres.basket, {
    catalog: catalogOf([]).catalog,
    discounts: noDiscounts,
  })
})
afterAll(async () => {
  await basket?.pool.end()
  await cloud?.stop()
})

const customer = () => callBy(newId(), basket.unitOfWork)
const keep = (snapshot: ProductSnapshot) => keepProduct(basket.ports).handle(snapshot, customer())
const copyOf = async ({ productId }: ProductSnapshot) => (await basket.ports.copies.find([productId]))[0]
const count = async (table: string) => (await basket.pool.query(`SELECT * FROM ${table}`)).rowCount

const request = (amount: number, couponCode?: string) => ({
  expectedTotal: usd(amount),
  ...(couponCode && { couponCode }),
  shippingAddress: {
    firstName: "John",
    lastName: "Doe",
    emailAddress: "john@example.com",
    addressLine: "Street 1",
    country: "US",
  },
  paymentMethod: "pm_card_visa",
})

describe("the copy of a product", () => {
  test("keeps the newest version, in whatever order and however often they come", async () => {
    const [one, two, three] = [1, 2, 3].map((version) => product(version, version * 100)) as [
      ProductSnapshot,
      ProductSnapshot,
      ProductSnapshot,
    ]
    const { productId } = one
    for (const next of [two, one, three, two, three, one]) await keep({ ...next, productId })
    expect(await copyOf(one)).toEqual({ ...three, productId })
  })

  test("keeps the newest of 20 versions that come at once", async () => {
    const productId = newId()
    await atOnce(20, (index) => keep(product(index + 1, index + 1, productId)))
    expect(await copyOf(product(0, 0, productId))).toEqual(product(20, 20, productId))
  })

  test("is asked from Catalog where it is missing, once", async () => {
    const snapshot = product(4, 500)
    const { asked, catalog } = catalogOf([snapshot])
    const ports = { ...basket.ports, catalog }
    const call = customer()
    for (const quantity of [1, 2])
      await putItem(ports).handle({ productId: snapshot.productId, quantity }, call)
    expect(asked).toEqual([snapshot.productId])
    expect(await copyOf(snapshot)).toEqual(snapshot)
  })
})

test("a changed price is seen in the cart, and at the checkout it must be agreed to again", async () => {
  const snapshot = product(1, 500)
  await keep(snapshot)
  const call = customer()
  await putItem(basket.ports).handle({ productId: snapshot.productId, quantity: 3 }, call)
  await keep({ ...snapshot, price: usd(600), version: 2 })
  expect(await getCart(basket.ports).handle({}, call)).toMatchObject({ subtotal: usd(1800), version: 1 })
  const refused = await checkOut(basket.ports).handle(request(1500), call)
  expect(refused).toMatchObject({ code: "checkout.total-changed", data: { total: usd(1800) } })
  expect(await checkOut(basket.ports).handle(request(1800), call)).toMatchObject({ total: usd(1800) })
})

test("the same quantity again is no change", async () => {
  const snapshot = product(1, 500)
  await keep(snapshot)
  const call = customer()
  const put = () => putItem(basket.ports).handle({ productId: snapshot.productId, quantity: 3 }, call)
  const first = await put()
  const trail = await count("cart_audit")
  expect(await put()).toEqual(first)
  expect(await count("cart_audit")).toBe(trail)
})

test("a cart that is worth more than can be counted is refused by its rule, not by a failure", async () => {
  const snapshot = product(1, Number.MAX_SAFE_INTEGER)
  await keep(snapshot)
  const answer = await putItem(basket.ports).handle(
    { productId: snapshot.productId, quantity: 2 },
    customer(),
  )
  expect((answer as Refusal).code).toBe("cart.total-out-of-range")
})

test("a cart that changes while it is checked out is a conflict, and nothing is written", async () => {
  const snapshot = product(1, 500)
  await keep(snapshot)
  const call = customer()
  const put = (quantity: number) =>
    putItem(basket.ports).handle({ productId: snapshot.productId, quantity }, call)
  await put(1)
  const meanwhile: Discounts = {
    async quote() {
      await put(2)
      return { discount: usd(0), unavailable: false }
    },
  }
  const [checkouts, events] = [await count("checkout"), await count("outbox")]
  const answer = await checkOut({ ...basket.ports, discounts: meanwhile }).handle(request(500, "ANY-1"), call)
  expect((answer as Refusal).code).toBe("cart.changed")
  expect([await count("checkout"), await count("outbox")]).toEqual([checkouts, events])
  expect(await getCart(basket.ports).handle({}, call)).toMatchObject({ subtotal: usd(1000), version: 2 })
})

test("a checkout whose outbox cannot be written leaves no trace", async () => {
  const snapshot = product(1, 500)
  await keep(snapshot)
  const call = customer()
  await putItem(basket.ports).handle({ productId: snapshot.productId, quantity: 1 }, call)
  const checkouts = await count("checkout")
  const ports: CheckoutPorts = {
    ...basket.ports,
    outbox: { ...basket.ports.outbox, add: () => Promise.reject(new Error("dies here")) },
  }
  await expect(checkOut(ports).handle(request(500), call)).rejects.toThrow("dies here")
  expect(await count("checkout")).toBe(checkouts)
  expect(await getCart(basket.ports).handle({}, call)).toMatchObject({ subtotal: usd(500), version: 1 })
})

test("8 checkouts of one cart at once are one checkout and one event", async () => {
  const snapshot = product(1, 500)
  await keep(snapshot)
  const call = customer()
  await putItem(basket.ports).handle({ productId: snapshot.productId, quantity: 1 }, call)
  const [checkouts, events] = [(await count("checkout")) ?? 0, (await count("outbox")) ?? 0]
  const answers = await atOnce(8, () => checkOut(basket.ports).handle(request(500), call))
  expect(answers.filter((answer) => !isRefusal(answer))).toHaveLength(1)
  expect([await count("checkout"), await count("outbox")]).toEqual([checkouts + 1, events + 1])
})

describe("Discount", () => {
  let server: Server | undefined
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
    vi.restoreAllMocks()
  })

  /** Discount's API as this test wants it to answer. */
  async function discountThat(answer: (response: ServerResponse) => void): Promise<Discounts> {
    server = createServer((incoming, response) => {
      incoming.resume().on("end", () => answer(response))
    })
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    return httpDiscounts(
      serviceClient({ name: "discount", baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 100 }),
    )
  }
  const cartOf = async (amount: number) => {
    const snapshot = product(1, amount)
    await keep(snapshot)
    const call = customer()
    await putItem(basket.ports).handle({ productId: snapshot.productId, quantity: 1 }, call)
    return call
  }

  test.each<[string, (response: ServerResponse) => void]>([
    ["answers 503", (response) => response.writeHead(503).end()],
    ["answers 500", (response) => response.writeHead(500).end()],
    ["refuses our token", (response) => response.writeHead(401).end()],
    ["answers nonsense", (response) => response.end("<html>")],
    ["does not answer in time", () => {}],
    ["breaks the connection", (response) => response.destroy()],
  ])("that %s costs the discount, not the order", async (_, answer) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
    const discounts = await discountThat(answer)
    const call = await cartOf(1000)
    const first = await checkOut({ ...basket.ports, discounts }).handle(request(900, "WELCOME10"), call)
    expect(first).toMatchObject({
      code: "checkout.total-changed",
      data: { total: usd(1000), discountUnavailable: true },
    })
    const agreed = await checkOut({ ...basket.ports, discounts }).handle(request(1000, "WELCOME10"), call)
    expect(agreed).toMatchObject({ total: usd(1000), discount: usd(0), discountUnavailable: true })
    const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE customer_id = $1", [
      (call.caller as { id: string }).id,
    ])
    expect(rows).toHaveLength(1)
    expect(rows[0].data.couponCode).toBeUndefined()
    expect(warn).toHaveBeenCalledTimes(2)
  })

  test("that refuses a coupon is passed on with its code and its facts", async () => {
    const discounts = await discountThat((response) =>
      response.writeHead(422, { "content-type": "application/problem+json" }).end(
        JSON.stringify({
          type: "urn:eshop:problem:coupon.expired",
          title: "A rule was broken",
          status: 422,
          detail: "The coupon has expired.",
          instance: "/quotes",
          traceId: "0".repeat(32),
          validUntil: "2026-01-01T00:00:00.000Z",
        }),
      ),
    )
    const call = await cartOf(1000)
    const answer = await checkOut({ ...basket.ports, discounts }).handle(request(900, "OLD-1"), call)
    expect(answer).toEqual({
      refused: true,
      kind: "rule",
      code: "coupon.expired",
      detail: "The coupon has expired.",
      data: { validUntil: "2026-01-01T00:00:00.000Z" },
    })
  })

  test("is not asked without a coupon", async () => {
    const asked = vi.fn<Discounts["quote"]>()
    const call = await cartOf(1000)
    await checkOut({ ...basket.ports, discounts: { quote: asked } }).handle(request(1000), call)
    expect(asked).not.toHaveBeenCalled()
  })
})

test("Catalog that is out is a dependency that is out, for a product that is not copied", async () => {
  const catalog = httpCatalog(
    serviceClient({ name: "catalog", baseUrl: "http://127.0.0.1:1", timeoutMs: 100 }),
  )
  const put = putItem({ ...basket.ports, catalog }).handle({ productId: newId(), quantity: 1 }, customer())
  await expect(put).rejects.toMatchObject({ name: "DependencyUnavailableError", dependency: "catalog" })
})
