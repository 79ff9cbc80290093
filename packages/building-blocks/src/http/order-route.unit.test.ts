import { randomBytes } from "node:crypto"
import { HttpRequest, type HttpRequestInit, InvocationContext } from "@azure/functions"
import { describe, expect, test } from "vitest"
import * as z from "zod"
import { get, post, type Route } from "../app/app.ts"
import type { Caller } from "../app/call.ts"
import { pipeline } from "../app/invoke.ts"
import { useCase } from "../app/use-case.ts"
import { orderTokens } from "../identity/order-token.ts"
import { InvalidTokenError } from "../identity/verify-token.ts"
import { newId } from "../ids.ts"
import { versionedKeys } from "../versioned-keys.ts"
import { routeHandler } from "./route.ts"

const callers: Record<string, Caller> = {
  customer: { kind: "customer", id: "customer", roles: [] },
  guest: { kind: "guest", id: "guest" },
}
const echo = useCase("test.echo", {
  input: z.strictObject({ id: z.string() }),
  result: z.unknown(),
  handle:
    () =>
    async (_, { caller }) => ({ caller }),
})
const tokensOfOrders = orderTokens(versionedKeys.parse(`1:${randomBytes(32).toString("base64")}`))
const orderId = newId()

async function send(route: Route, request: HttpRequestInit) {
  const handler = routeHandler(route, {
    app: "shop",
    invoke: pipeline({ ports: {}, checkResults: true }),
    tokens: {
      async verify(authorization) {
        const caller = authorization === null ? { kind: "anonymous" as const } : callers[authorization]
        if (!caller) throw new InvalidTokenError("wrong")
        return caller
      },
    },
    orderTokens: tokensOfOrders,
  })
  const { status, headers, body } = await handler(
    new HttpRequest({ method: route.method, url: "http://localhost/things/7", ...request }),
    new InvocationContext({ logHandler: () => {} }),
  )
  return { status, headers: headers as Record<string, string>, json: JSON.parse(String(body)) }
}

describe("a route of an order", () => {
  const route = get("things/{id}", echo, { access: "order" })
  const show = async (token: string, { at = orderId, authorization = "" } = {}) => {
    const answer = await send(route, {
      params: { id: at },
      headers: { "x-order-token": token, ...(authorization && { authorization }) },
    })
    return answer.status === 200 ? answer.json.caller : answer.status
  }
  const holder = { kind: "order-holder", orderId }
  const token = tokensOfOrders.issue(orderId, new Date())

  test("is its token holder's, who may be signed in besides", async () => {
    expect(await show(token)).toEqual(holder)
    expect(await show(token, { authorization: "customer" })).toEqual(holder)
    expect(await show(token, { authorization: "wrong" })).toBe(401)
  })

  test("is nobody's for another order's token, or one that does not count; who is signed in stays who they are", async () => {
    const other = tokensOfOrders.issue(newId(), new Date())
    const old = tokensOfOrders.issue(orderId, new Date(Date.now() - 90 * 86_400_000))
    for (const bad of [other, old, `${token}x`, token.replace(orderId, newId()), "x"]) {
      expect(await show(bad)).toBe(401)
      expect(await show(bad, { authorization: "customer" })).toEqual(callers.customer)
    }
    expect(await show(token, { at: newId() })).toBe(401)
  })

  test("counts only on routes of orders", async () => {
    const answer = await send(get("things/{id}", echo, { access: "signed-in-or-guest" }), {
      params: { id: orderId },
      headers: { "x-order-token": token },
    })
    expect(answer.status).toBe(401)
  })

  test("gives a guest its token with the answer, and nobody else", async () => {
    const placed = post("things/{id}", echo, { access: "customer", orderToken: () => orderId })
    const tokenFor = async (authorization: string) => {
      const answer = await send(placed, { headers: { authorization } })
      return answer.headers["x-order-token"]
    }
    expect(await show((await tokenFor("guest")) as string)).toEqual(holder)
    expect(await tokenFor("customer")).toBeUndefined()
  })
})
