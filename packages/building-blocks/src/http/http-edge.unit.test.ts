import type { HttpHandler, HttpRequestInit, HttpResponseInit } from "@azure/functions"
import { refuse } from "@eshop/domain/refusal"
import { beforeEach, describe, expect, test, vi } from "vitest"
import { z } from "zod"
import { DependencyUnavailableError } from "../failure.ts"
import { InvalidTokenError } from "../identity/verify-token.ts"
import { type CallContext, type Caller, useCase } from "../use-case.ts"
import { type HttpEdgeParts, httpEdge, type RouteOptions } from "./http-edge.ts"
import type { Answer, Recorded } from "./idempotency.ts"

const registered = vi.hoisted(
  () => [] as { name: string; handler: unknown; methods: string[]; route: string }[],
)
vi.mock("@azure/functions", async (original) => ({
  ...(await original<typeof import("@azure/functions")>()),
  app: { http: (name: string, options: object) => registered.push({ name, ...options } as never) },
}))
const { HttpRequest, InvocationContext } = await import("@azure/functions")

const logged: string[] = []
const callers: Record<string, Caller> = {
  customer: { kind: "user", id: "customer", roles: [] },
  writer: { kind: "user", id: "writer", roles: ["thing.write"] },
}
const tokens: HttpEdgeParts["tokens"] = {
  async verify(authorization) {
    if (authorization === null) return { kind: "anonymous" }
    const caller = callers[authorization]
    if (!caller) throw new InvalidTokenError("the secret reason")
    return caller
  },
}

beforeEach(() => {
  registered.length = 0
  logged.length = 0
})

type Handle = (input: { id: string; n?: number | undefined }, call: CallContext) => Promise<unknown>
/** Registers one route and returns what calls it. */
function routeOf(
  handle: Handle,
  options: Partial<RouteOptions<unknown>> & { method?: "GET" | "POST" } = {},
  parts: Partial<HttpEdgeParts> = {},
) {
  const { method = "POST", ...rest } = options
  const Input = z.strictObject({ id: z.string(), n: z.coerce.number().optional() })
  httpEdge({ tokens, ...parts }).route(method, "things/{id}", useCase("test.do-thing", Input, handle), {
    access: "anyone",
    answers: (body) => ({ status: 200, body }),
    ...rest,
  })
  const handler = registered[0]?.handler as HttpHandler
  return async (request: HttpRequestInit = {}) => {
    const response = (await handler(
      new HttpRequest({ method, url: "http://localhost/things/7?n=1", params: { id: "7" }, ...request }),
      new InvocationContext({ logHandler: (_, text) => logged.push(String(text)) }),
    )) as HttpResponseInit
    return { ...response, json: response.body ? JSON.parse(response.body as string) : undefined }
  }
}
const jsonBody = (value: unknown): HttpRequestInit => ({
  body: { string: JSON.stringify(value) },
  headers: { "content-type": "application/json" },
})

test("a route is registered under the use case's name", () => {
  routeOf(async () => 1)
  expect(registered).toMatchObject([{ name: "test-do-thing", methods: ["POST"], route: "things/{id}" }])
})

test("the input is body, query and route; the route wins", async () => {
  const call = routeOf(async (input) => input)
  expect((await call()).json).toEqual({ id: "7", n: 1 })
  expect((await call(jsonBody({ id: "other", n: 5 }))).json).toEqual({ id: "7", n: 5 })
})

test("version and headers of an answer become ETag and headers", async () => {
  const call = routeOf(async () => ({}), {
    answers: () => ({ status: 201, body: { a: 1 }, version: 4, headers: { location: "/things/7" } }),
  })
  expect(await call()).toMatchObject({
    status: 201,
    headers: { etag: '"4"', location: "/things/7", "content-type": "application/json" },
    body: '{"a":1}',
  })
})

test("an answer without a body has none", async () => {
  const response = await routeOf(async () => undefined, { answers: () => ({ status: 204 }) })()
  expect([response.status, response.body, response.headers]).toEqual([204, undefined, {}])
})

describe("access", () => {
  const status = async (access: RouteOptions<unknown>["access"], authorization?: string) => {
    registered.length = 0
    const handle = vi.fn(async () => 1)
    const response = await routeOf(handle, { access })({
      ...(authorization && { headers: { authorization } }),
    })
    if (response.status !== 200) expect(handle).not.toHaveBeenCalled()
    return [response.status, response.json?.type]
  }

  test("anybody, whoever is signed in, holders of a role", async () => {
    expect((await status("anyone"))[0]).toBe(200)
    expect((await status("signed-in", "customer"))[0]).toBe(200)
    expect((await status({ role: "thing.write" }, "writer"))[0]).toBe(200)
    expect(await status("signed-in")).toEqual([401, "urn:eshop:problem:auth.required"])
    expect(await status({ role: "thing.write" })).toEqual([401, "urn:eshop:problem:auth.required"])
    expect(await status({ role: "thing.write" }, "customer")).toEqual([
      403,
      "urn:eshop:problem:auth.role-missing",
    ])
  })

  test("a wrong token is refused even where none is needed, without the reason", async () => {
    const response = await routeOf(async () => 1)({ headers: { authorization: "wrong" } })
    expect(response.status).toBe(401)
    expect(response.headers).toMatchObject({ "www-authenticate": 'Bearer error="invalid_token"' })
    expect(response.body).not.toContain("secret reason")
  })
})

describe("a failure", () => {
  test("of ours is 500, logged, and tells the client nothing but the trace", async () => {
    const traceparent = `00-${"c".repeat(32)}-${"d".repeat(16)}-01`
    const call = routeOf(async () => {
      throw new Error("password=hunter2")
    })
    const response = await call({ headers: { traceparent } })
    expect(response.json).toEqual({
      type: "urn:eshop:problem:internal",
      title: "Something went wrong on our side",
      status: 500,
      instance: "/things/7",
      traceId: "c".repeat(32),
    })
    expect(logged.join()).toContain("hunter2")
  })

  test.each([
    [new DependencyUnavailableError("catalog"), "catalog does not answer; try again."],
    [
      Object.assign(new Error("10.0.0.7"), { code: "ECONNREFUSED" }),
      "A dependency does not answer; try again.",
    ],
  ])("of a dependency is 503 with Retry-After: %s", async (error, detail) => {
    const response = await routeOf(() => Promise.reject(error))()
    expect([response.status, response.json.detail]).toEqual([503, detail])
    expect(response.headers).toMatchObject({ "retry-after": "2" })
  })

  test("by a rule is the refusal", async () => {
    const response = await routeOf(async () =>
      refuse("stale", "thing.changed", "It changed.", { version: 2 }),
    )()
    expect([response.status, response.json.version]).toEqual([412, 2])
  })
})

test("If-Match reaches the use case as a version", async () => {
  const call = routeOf(async (_, { ifMatch }) => ({ ifMatch }))
  expect((await call({ headers: { "if-match": '"12"' } })).json).toEqual({ ifMatch: 12 })
  for (const header of ["*", undefined])
    expect((await call({ ...(header && { headers: { "if-match": header } }) })).json).toEqual({})
  for (const wrong of ["12", 'W/"12"', '"a"', '""', '"1", "2"'])
    expect((await call({ headers: { "if-match": wrong } })).status).toBe(400)
})

describe("an idempotency key", () => {
  /** A request log in memory whose claims live and die with their transaction. */
  function setUp(handle: Handle) {
    const records = new Map<string, Partial<Recorded>>()
    const idOf = (scope: string, key: string) => `${scope}|${key}`
    const parts: Partial<HttpEdgeParts> = {
      unitOfWork: {
        async transaction(work) {
          const before = new Map(records)
          const undo = () => {
            records.clear()
            for (const [id, record] of before) records.set(id, record)
          }
          try {
            const result = await work({} as never)
            if ((result as { refused?: boolean })?.refused) undo()
            return result
          } catch (error) {
            undo()
            throw error
          }
        },
      },
      requestLog: {
        find: async (scope, key) => records.get(idOf(scope, key)) as Recorded | undefined,
        async claim(_, scope, key, requestHash) {
          if (records.has(idOf(scope, key))) return false
          records.set(idOf(scope, key), { requestHash })
          return true
        },
        async record(_, scope, key, answer: Answer) {
          records.set(idOf(scope, key), { ...records.get(idOf(scope, key)), ...answer })
        },
      },
    }
    const call = routeOf(handle, { idempotent: true, access: "signed-in" }, parts)
    const send = (key: string, body: object, authorization = "customer") =>
      call({
        body: { string: JSON.stringify(body) },
        headers: { "content-type": "application/json", "idempotency-key": key, authorization },
      })
    return { send, records }
  }

  test("gives the first answer again and does the work once", async () => {
    let done = 0
    const { send } = setUp((_, { transact }) => transact(async () => ({ done: ++done })))
    const first = await send("k", { n: 1 })
    expect(await send("k", { n: 1 })).toEqual(first)
    expect(done).toBe(1)
  })

  test("with another request is 422; of another caller it is another key", async () => {
    let done = 0
    const { send } = setUp((_, { transact }) => transact(async () => ({ done: ++done })))
    await send("k", { n: 1 })
    expect((await send("k", { n: 2 })).status).toBe(422)
    expect((await send("k", { n: 2 }, "writer")).json).toEqual({ done: 2 })
  })

  test("of a call that was refused, or failed, can be used again", async () => {
    let outcome: () => Promise<unknown> = async () => refuse("conflict", "no", "No.")
    const { send, records } = setUp((_, { transact }) => transact(() => outcome()))
    expect((await send("k", {})).status).toBe(409)
    outcome = () => Promise.reject(new Error("died"))
    expect((await send("k", {})).status).toBe(500)
    expect(records.size).toBe(0)
    outcome = async () => ({ done: true })
    expect((await send("k", {})).json).toEqual({ done: true })
  })

  test("whose twin succeeded while this call was being refused is answered with the twin's answer", async () => {
    let twin: (() => Promise<unknown>) | undefined
    const { send } = setUp(async (_, { transact }) => {
      if (!twin) return transact(async () => ({ done: true }))
      const first = twin
      twin = undefined
      await first()
      return refuse("conflict", "cart.empty", "The cart is empty.")
    })
    twin = () => send("k", {})
    expect(await send("k", {})).toMatchObject({ status: 200, json: { done: true } })
  })
})
