import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { ofRefusal, problem } from "@eshop/building-blocks/http/problem"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { getQuote } from "@eshop/domain/contracts/quotes"
import { holdEnded, holdLimit, putHold, stockInsufficient } from "@eshop/domain/contracts/stock-holds"
import { getTaxRates } from "@eshop/domain/contracts/taxes"
import { getAvailability, getVariant } from "@eshop/domain/contracts/variants"
import type { Refusal } from "@eshop/domain/kernel/refusal"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { httpCatalog } from "./http-catalog.ts"
import { httpDiscounts } from "./http-discounts.ts"
import { httpStockHints } from "./http-stock-hints.ts"
import { httpStockHolds } from "./http-stock-holds.ts"

type Answer = (response: ServerResponse) => void
let server: Server | undefined
const seen: { line: string; body: string }[] = []
beforeEach(() => {
  seen.length = 0
})
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  vi.restoreAllMocks()
})

/** A client of another context that answers as this test wants. */
async function clientOf(answer: Answer) {
  const read = async (request: IncomingMessage) => {
    let body = ""
    for await (const chunk of request) body += chunk
    seen.push({ line: `${request.method} ${request.url}`, body })
  }
  server = createServer((request, response) => void read(request).then(() => answer(response)))
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return serviceClient({ name: "other", baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 500 })
}
const json =
  (body: unknown): Answer =>
  (response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body))
const refusing =
  (refusal: Refusal): Answer =>
  (response) => {
    const { status = 500, headers, body } = problem(ofRefusal(refusal), { instance: "/", traceId: "0" })
    response.writeHead(Number(status), headers as Record<string, string>).end(String(body))
  }

describe("Discount", () => {
  const request = getQuote.example.input
  const discountsFrom = async (answer: Answer) => {
    const client = await clientOf(answer)
    return httpDiscounts({ patient: client, hasty: client })
  }

  test("is asked as its contract says, and its answer is taken", async () => {
    const discounts = await discountsFrom(json(getQuote.example.answer))
    expect(await discounts.quote(request)).toEqual(getQuote.example.answer)
    expect(seen.map(({ line }) => line)).toEqual(["POST /quotes"])
    expect(getQuote.input.parse(JSON.parse(seen[0]?.body ?? ""))).toEqual(request)
  })

  test("is asked once about a cart that is shown again, and anew about a checkout", async () => {
    const discounts = await discountsFrom(json(getQuote.example.answer))
    for (let look = 0; look < 3; look++)
      expect(await discounts.recentQuote(request)).toEqual(getQuote.example.answer)
    expect(seen).toHaveLength(1)
    await discounts.recentQuote({ ...request, couponCodes: [] })
    await discounts.quote(request)
    expect(seen).toHaveLength(3)
    await discounts.recentQuote(request)
    expect(seen).toHaveLength(3)
  })

  test("is asked once for all customers where none matters, and for each where one does", async () => {
    const ofCustomer = (customerId: string) => ({ ...request, couponCodes: [], customerId })
    const answer = { ...getQuote.example.answer, customerMatters: false }
    const discounts = await discountsFrom(json(answer))
    for (const customer of ["one", "two", "three"])
      expect(await discounts.recentQuote(ofCustomer(customer))).toEqual(answer)
    expect(seen).toHaveLength(1)
    const choosy = await discountsFrom(json(getQuote.example.answer))
    for (const customer of ["one", "two", "three", "one"]) await choosy.recentQuote(ofCustomer(customer))
    expect(seen).toHaveLength(4)
  })

  const failures: [what: string, attempts: number, Answer][] = [
    ["answers 503", 3, (response) => response.writeHead(503).end()],
    ["answers 500", 3, (response) => response.writeHead(500).end()],
    ["refuses our token", 1, (response) => response.writeHead(401).end()],
    ["refuses for a reason of its own", 1, refusing({ ...variantUnknown(), code: "quote.cursed" })],
    ["answers nonsense", 1, (response) => response.end("<html>")],
    ["is not where it should be", 1, (response) => response.writeHead(404).end("<html>")],
    ["does not answer in time", 3, () => {}],
    ["breaks the connection", 3, (response) => response.destroy()],
  ]
  test.each(failures)("that %s costs the discount, not the order", async (_, attempts, answer) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
    const discounts = await discountsFrom(answer)
    expect(await discounts.quote(request)).toBe("unavailable")
    expect(warn).toHaveBeenCalledTimes(1)
    expect(seen).toHaveLength(attempts)
  })

  test("that is out is not waited for by a cart that is shown, and asked again at the next look", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {})
    const discounts = await discountsFrom((response) => response.writeHead(503).end())
    for (let look = 1; look <= 2; look++) {
      expect(await discounts.recentQuote(request)).toBe("unavailable")
      expect(seen).toHaveLength(look)
    }
  })
})

describe("Catalog's stock", () => {
  const { sku } = getAvailability.example.input
  const { holdId } = putHold.example.input
  const lines = [{ sku, quantity: 2 }]
  const holdsFrom = async (answer: Answer) => httpStockHolds(await clientOf(answer))

  test("is asked for a hint once in a while, as its contract says", async () => {
    const hints = httpStockHints(await clientOf(json(getAvailability.example.answer)))
    for (let look = 0; look < 3; look++) expect(await hints.of([sku])).toEqual(new Map([[sku, 7]]))
    expect(seen).toEqual([{ line: "GET /variants/IPHONE-X-BLACK/stock", body: "" }])
  })

  test("is asked about ten lines of a cart at once, and about the others at the next look", async () => {
    const hints = httpStockHints(await clientOf(json(getAvailability.example.answer)))
    const skus = Array.from({ length: 25 }, (_, index) => `SKU-${index}`)
    const known = [await hints.of(skus), await hints.of(skus), await hints.of(skus)].map(({ size }) => size)
    expect([known, seen.length]).toEqual([[10, 20, 25], 25])
  })

  test("of more than Catalog counts gives no hint", async () => {
    const hints = httpStockHints(await clientOf(json({ sku, available: 100 })))
    expect(await hints.of([sku])).toEqual(new Map())
  })

  test("that cannot be asked gives no hint", async () => {
    const hints = httpStockHints(await clientOf((response) => response.writeHead(404).end("<html>")))
    expect(await hints.of([sku])).toEqual(new Map())
  })

  test("is held and released as its contract says", async () => {
    const holds = await holdsFrom(json(putHold.example.answer))
    expect(await holds.put(holdId, lines, "customer")).toEqual(putHold.example.answer)
    await holds.release(holdId)
    expect(seen).toEqual([
      { line: `PUT /holds/${holdId}`, body: JSON.stringify({ lines, customerId: "customer" }) },
      { line: `DELETE /holds/${holdId}`, body: "" },
    ])
  })

  const refusals: Refusal[] = [
    stockInsufficient({ shortages: [{ sku, requested: 2, available: 1 }] }),
    holdLimit({ units: 10, held: 9 }),
    holdEnded({ status: "expired" }),
  ]
  test.each(refusals)("that is refused with $code says so, with its facts", async (said) => {
    expect(await (await holdsFrom(refusing(said))).put(holdId, lines, "customer")).toEqual(said)
  })

  test.each<[string, Answer]>([
    ["is out", (response) => response.writeHead(503).end()],
    ["is not where it should be", (response) => response.writeHead(404).end("<html>")],
    ["refuses us", (response) => response.writeHead(403).end()],
    ["refuses for a reason of its own", refusing({ ...variantUnknown(), code: "hold.cursed" })],
    ["answers nonsense", (response) => response.end("<html>")],
  ])("that %s costs the hold, not the checkout", async (_, answer) => {
    vi.spyOn(console, "warn").mockImplementation(() => {})
    const holds = await holdsFrom(answer)
    expect(await holds.put(holdId, lines, "customer")).toBe("unavailable")
    await holds.release(holdId)
  })
})

describe("Catalog", () => {
  const { sku } = getVariant.example.input
  const findIn = async (answer: Answer) => await httpCatalog(await clientOf(answer)).find(sku)

  test("is asked as its contract says", async () => {
    expect(await findIn(json(getVariant.example.answer))).toEqual(getVariant.example.answer)
    expect(seen).toEqual([{ line: "GET /variants/IPHONE-X-BLACK", body: "" }])
  })

  test("is asked for tax rates as its contract says", async () => {
    const catalog = httpCatalog(await clientOf(json(getTaxRates.example.answer)))
    expect(await catalog.rates("DE")).toEqual(getTaxRates.example.answer)
    expect(seen).toEqual([{ line: "GET /tax-rates/DE", body: "" }])
  })

  test("that knows no such variant sells none", async () => {
    expect(await findIn(refusing(variantUnknown()))).toBeUndefined()
  })

  test.each<[string, Answer]>([
    ["is out", (response) => response.writeHead(503).end()],
    ["is not where it should be", (response) => response.writeHead(404).end("<html>")],
    ["refuses us", (response) => response.writeHead(401).end()],
    ["does not answer in time", () => {}],
  ])("that %s is a dependency that is out: its variants are not unknown", async (_, answer) => {
    await expect(findIn(answer)).rejects.toMatchObject({ name: "DependencyUnavailableError" })
    const rates = httpCatalog(await clientOf(answer)).rates("DE")
    await expect(rates).rejects.toMatchObject({ name: "DependencyUnavailableError" })
  })
})
