import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { reconcileRedemptions } from "@eshop/domain/contracts/redemptions"
import { afterEach, beforeEach, expect, test } from "vitest"
import { orderOperations } from "./order-operations.ts"

/** The identity provider and both apps in one server, which answers what a test has put there. */
let answers: Record<string, unknown[]>
let asked: { target: string; authorization: string | undefined; body: unknown }[]
let server: ReturnType<typeof createServer>
let url: string

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = `${request.method} ${request.url}`
  const body = request.method === "POST" ? await json(request) : undefined
  const next = answers[target]?.shift()
  if (target !== "GET /dev/token?role=operations")
    asked.push({ target, authorization: request.headers.authorization, body })
  response.setHeader("content-type", "application/json")
  if (target.startsWith("GET /dev/token?role=operations")) response.end('{"access_token":"of-an-operator"}')
  else response.writeHead(next ? 200 : 403).end(JSON.stringify(next ?? { detail: "not for you" }))
}

beforeEach(async () => {
  answers = {}
  asked = []
  server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const operations = () => orderOperations({ identity: url, ordering: url, discount: url })
const targets = () => asked.map(({ target }) => target)

test("a rebuild tells what is left until nothing is", async () => {
  answers["POST /operations/projections/orders/rebuild"] = [{ orders: 7 }]
  answers["GET /operations/projections/orders"] = [7, 7, 2, 0].map((pending) => ({ pending }))
  const progress: number[] = []
  expect(await operations().rebuild((pending) => progress.push(pending))).toBe(7)
  expect(progress).toEqual([7, 2, 0])
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer of-an-operator"]))
})

test("every page of coupon uses goes to Discount, and what became of it is counted", async () => {
  const [use] = reconcileRedemptions.example.input.redemptions
  const first = "GET /operations/orders/coupons?limit=100"
  answers[first] = [{ items: [use, use], nextCursor: "a" }]
  // A page may hold orders that have not reserved anything yet, and nobody else.
  answers[`${first}&cursor=a`] = [{ items: [], nextCursor: "b" }]
  answers[`${first}&cursor=b`] = [{ items: [use], nextCursor: null }]
  const reconcile = "POST /operations/redemptions/reconcile"
  answers[reconcile] = [
    { changed: 1, unchanged: 1, refused: 0 },
    { changed: 0, unchanged: 0, refused: 1 },
  ]
  expect(await operations().reconcileCoupons()).toEqual({ changed: 1, unchanged: 1, refused: 1 })
  expect(targets()).toEqual([first, reconcile, `${first}&cursor=a`, `${first}&cursor=b`, reconcile])
  const bodies = asked.flatMap(({ body }) => (body === undefined ? [] : [body]))
  expect(bodies.map((body) => reconcileRedemptions.input.parse(body))).toEqual([
    { redemptions: [use, use] },
    { redemptions: [use] },
  ])
})

test("an answer that is no success says what was asked and answered", async () => {
  await expect(operations().reconcileCoupons()).rejects.toThrow(
    'GET /operations/orders/coupons?limit=100 was answered with 403: {"detail":"not for you"}',
  )
})
