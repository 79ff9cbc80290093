import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { ofRefusal, problem } from "@eshop/building-blocks/http/problem"
import { UnknownRefusalError } from "@eshop/building-blocks/http/remote-refusal"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { getQuote } from "@eshop/domain/contracts/quotes"
import { getVariant } from "@eshop/domain/contracts/variants"
import {
  couponExhausted,
  couponExpired,
  couponNoEffect,
  couponNotApplicable,
  couponNotYetValid,
  couponUnknown,
  quoteOutOfRange,
} from "@eshop/domain/discount/coupon"
import type { Refusal } from "@eshop/domain/kernel/refusal"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { couponRefusals } from "../checkout/ports.ts"
import { httpCatalog } from "./http-catalog.ts"
import { httpDiscounts } from "./http-discounts.ts"

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
  const { couponCodes, lines } = getQuote.example.input
  const line = { ...(lines[0] as (typeof lines)[number]), name: "IPhone X" }
  const quoteFrom = async (answer: Answer) =>
    await httpDiscounts(await clientOf(answer)).quote(couponCodes[0] as string, [line])

  test("is asked as its contract says, and its lines are taken", async () => {
    expect(await quoteFrom(json(getQuote.example.answer))).toEqual({
      lines: getQuote.example.answer.lines,
      unavailable: false,
    })
    expect(seen.map(({ line }) => line)).toEqual(["POST /quotes"])
    expect(getQuote.input.parse(JSON.parse(seen[0]?.body ?? ""))).toEqual(getQuote.example.input)
  })

  const at = "2026-01-01T00:00:00.000Z"
  const refusals: Refusal[] = [
    couponUnknown(),
    couponNotYetValid({ validFrom: at }),
    couponExpired({ validUntil: at }),
    couponExhausted(),
    quoteOutOfRange(),
    couponNotApplicable(),
    couponNoEffect(),
  ]
  test.each(refusals)(
    "that refuses with $code is passed on under that code, with its facts",
    async (said) => {
      const heard = await quoteFrom(refusing(said))
      // What Discount does not find is a wrong member of the checkout.
      expect(heard).toEqual({ ...said, kind: "rule" })
    },
  )
  test("may say nothing else", () => {
    expect(couponRefusals.map(({ code }) => code)).toEqual(refusals.map(({ code }) => code))
  })

  test("that refuses for a reason that is not known is an error, not a discount forgone", async () => {
    const quoted = quoteFrom(refusing({ ...couponUnknown(), code: "coupon.cursed" }))
    await expect(quoted).rejects.toThrow(UnknownRefusalError)
  })

  test.each<[what: string, attempts: number, Answer]>([
    ["answers 503", 3, (response) => response.writeHead(503).end()],
    ["answers 500", 3, (response) => response.writeHead(500).end()],
    ["refuses our token", 1, (response) => response.writeHead(401).end()],
    ["refuses our role", 1, refusing({ ...couponUnknown(), kind: "forbidden", code: "auth.forbidden" })],
    ["answers nonsense", 1, (response) => response.end("<html>")],
    ["is not where it should be", 1, (response) => response.writeHead(404).end("<html>")],
    ["does not answer in time", 3, () => {}],
    ["breaks the connection", 3, (response) => response.destroy()],
  ])("that %s costs the discount, not the order", async (_, attempts, answer) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
    expect(await quoteFrom(answer)).toEqual({ lines: [], unavailable: true })
    expect(warn).toHaveBeenCalledTimes(1)
    expect(seen).toHaveLength(attempts)
  })
})

describe("Catalog", () => {
  const { sku } = getVariant.example.input
  const findIn = async (answer: Answer) => await httpCatalog(await clientOf(answer)).find(sku)

  test("is asked as its contract says", async () => {
    expect(await findIn(json(getVariant.example.answer))).toEqual(getVariant.example.answer)
    expect(seen).toEqual([{ line: "GET /variants/IPHONE-X-BLACK", body: "" }])
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
  })
})
