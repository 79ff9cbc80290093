import { HttpRequest, type HttpRequestInit, InvocationContext } from "@azure/functions"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { afterEach, describe, expect, test, vi } from "vitest"
import * as z from "zod"
import { type Access, del, get, type Method, patch, post, put, type Route, raw } from "../app/app.ts"
import { type Caller, isStale } from "../app/call.ts"
import { type Outcome, pipeline } from "../app/invoke.ts"
import { useCase } from "../app/use-case.ts"
import { DependencyUnavailableError } from "../failure.ts"
import { InvalidTokenError, type TokenVerifier } from "../identity/verify-token.ts"
import { wholeNumber } from "./query.ts"
import { RawRequest, routeHandler } from "./route.ts"

const callers: Record<string, Caller> = {
  customer: { kind: "customer", id: "customer", roles: [] },
  writer: { kind: "customer", id: "writer", roles: ["thing.write"] },
  guest: { kind: "guest", id: "guest" },
  service: { kind: "service", id: "basket", roles: ["thing.write"] },
}
const tokens: TokenVerifier = {
  async verify(authorization) {
    if (authorization === null) return { kind: "anonymous" }
    const caller = callers[authorization]
    if (!caller) throw new InvalidTokenError("the secret reason")
    return caller
  },
}
const logged: Record<string, unknown>[] = []
afterEach(() => {
  logged.length = 0
})

/** Calls a route as the Functions host would. */
async function send(
  route: Route,
  request: HttpRequestInit = {},
  invoke = pipeline({ ports: {}, checkResults: true }),
) {
  const response = await routeHandler(route, { app: "shop", invoke, tokens })(
    new HttpRequest({
      method: route.method,
      url: "http://localhost/things/7",
      params: route.path.includes("{id}") ? { id: "7" } : {},
      ...request,
    }),
    new InvocationContext({ logHandler: (_, text) => logged.push(JSON.parse(String(text))) }),
  )
  return {
    ...response,
    headers: response.headers as Record<string, string>,
    json: response.body ? JSON.parse(response.body as string) : undefined,
  }
}
const jsonBody = (value: unknown, headers: Record<string, string> = {}): HttpRequestInit => ({
  body: { string: typeof value === "string" ? value : JSON.stringify(value) },
  headers: { "content-type": "application/json", ...headers },
})
const codeOf = ({ json }: { json: { type: string } }) => json.type.replace("urn:eshop:problem:", "")
const pointersOf = ({ json }: { json: { errors: { pointer: string }[] } }) =>
  json.errors.map(({ pointer }) => pointer)

const Input = z.strictObject({ id: z.string(), n: wholeNumber({ min: 0, max: 9 }).optional() })
const echo = useCase("test.echo", {
  input: Input,
  result: z.unknown(),
  handle:
    () =>
    async (input, { caller, ifMatch }) => ({ input, caller, ...(ifMatch && { ifMatch }) }),
})

describe("the input", () => {
  test("of a GET is path and query; members that nobody knows are somebody else's", async () => {
    const answer = await send(get("things/{id}", echo, { access: "anyone" }), {
      url: "http://localhost/things/7?n=1&utm_source=letter",
    })
    expect(answer.json.input).toEqual({ id: "7", n: 1 })
  })

  test("of a DELETE is path and query, and nothing that it does not know", async () => {
    const route = del("things/{id}", echo, { access: "anyone" })
    expect((await send(route, { url: "http://localhost/things/7?n=1" })).json.input).toEqual({
      id: "7",
      n: 1,
    })
    const answer = await send(route, { url: "http://localhost/things/7?n=1&m=1" })
    expect([answer.status, pointersOf(answer)]).toEqual([400, ["/m"]])
  })

  test("of a POST is path and body; the query says nothing", async () => {
    const answer = await send(post("things/{id}", echo, { access: "anyone" }), {
      url: "http://localhost/things/7?n=1",
      ...jsonBody({ n: "5" }),
    })
    expect(answer.json.input).toEqual({ id: "7", n: 5 })
  })

  test.each<[string, Route, HttpRequestInit]>([
    ["body", post("things/{id}", echo, { access: "anyone" }), jsonBody({ id: "8" })],
    ["query", get("things/{id}", echo, { access: "anyone" }), { url: "http://localhost/things/7?id=8" }],
  ])("says a path parameter in the path alone, not in the %s", async (_, route, request) => {
    const answer = await send(route, request)
    expect([answer.status, pointersOf(answer)]).toEqual([400, ["/id"]])
  })

  test("is not filled by parameters that the path does not name", async () => {
    const answer = await send(post("things/{id}", echo, { access: "anyone" }), {
      params: { id: "7", n: "1" },
    })
    expect(answer.json.input).toEqual({ id: "7" })
  })

  test.each([
    ["no JSON", jsonBody("{"), 400, "request.malformed"],
    ["another media type", jsonBody("{}", { "content-type": "text/plain" }), 415, "request.media-type"],
    ["a content coding", jsonBody("{}", { "content-encoding": "gzip" }), 415, "request.content-coding"],
    ["more than the route takes", jsonBody({ n: "1".repeat(100) }), 413, "request.too-large"],
    ["a list", jsonBody([1]), 400, "request.invalid"],
    ["a member of the wrong kind", jsonBody({ n: 5 }), 400, "request.invalid"],
    ["text that no store keeps", jsonBody({ n: "\u0000" }), 400, "request.invalid"],
  ] as const)("is not %s", async (_, request, status, code) => {
    const answer = await send(post("things/{id}", echo, { access: "anyone", maxBodyBytes: 99 }), request)
    expect([answer.status, codeOf(answer)]).toEqual([status, code])
  })

  test.each<[method: "post" | "put" | "patch", type: string, status: number]>([
    ["patch", "application/merge-patch+json", 200],
    ["patch", "application/merge-patch+json; charset=utf-8", 200],
    ["patch", "application/json", 200],
    ["patch", "application/json-patch+json", 415],
    ["post", "application/merge-patch+json", 415],
    ["put", "application/merge-patch+json", 415],
    ["post", "application/cloudevents+json", 200],
  ])("of a %s may be %s: %d", async (method, type, status) => {
    const route = { post, put, patch }[method]("things/{id}", echo, { access: "anyone" })
    const answer = await send(route, jsonBody({ n: "5" }, { "content-type": type }))
    expect(answer.status).toBe(status)
    if (status === 200) return
    expect(codeOf(answer)).toBe("request.media-type")
    expect(answer.headers["accept-patch"]).toBe(
      method === "patch" ? "application/merge-patch+json, application/json" : undefined,
    )
  })

  test("of a raw route is bytes, headers and parameters as they came", async () => {
    const hook = useCase("test.hook", {
      input: RawRequest,
      result: z.unknown(),
      handle:
        () =>
        async ({ bytes, headers, params }) => ({
          bytes: bytes.toString(),
          signature: headers["x-signature"],
          params,
        }),
    })
    const answer = await send(
      raw("hooks/{id}", hook, { access: "anyone" }),
      jsonBody("{ as is", { "x-signature": "s" }),
    )
    expect(answer.json).toEqual({ bytes: "{ as is", signature: "s", params: { id: "7" } })
  })
})

describe("access", () => {
  const status = async (access: Access, authorization?: string) => {
    const answer = await send(get("things/{id}", echo, { access }), {
      ...(authorization && { headers: { authorization } }),
    })
    return answer.status === 200 ? 200 : [answer.status, codeOf(answer as never)]
  }
  const unknown = [401, "auth.required"]
  const forbidden = [403, "auth.forbidden"]

  test.each<[Access, unknown[]]>([
    ["anyone", [200, 200, 200, 200, 200]],
    ["signed-in", [unknown, unknown, 200, 200, 200]],
    ["signed-in-or-guest", [unknown, 200, 200, 200, 200]],
    ["customer", [unknown, 200, 200, 200, forbidden]],
    ["shopper", [200, 200, 200, 200, forbidden]],
    ["order", [unknown, 200, 200, 200, 200]],
    [{ role: "thing.write" }, [unknown, unknown, forbidden, 200, 200]],
  ])("%j", async (access, expected) => {
    const answers = [undefined, "guest", "customer", "writer", "service"].map((who) => status(access, who))
    expect(await Promise.all(answers)).toEqual(expected)
  })

  test("comes before the input is looked at", async () => {
    const answer = await send(post("things/{id}", echo, { access: "signed-in" }), jsonBody("{"))
    expect(answer.status).toBe(401)
  })

  test("with a wrong token is refused even where none is needed, without the reason", async () => {
    const answer = await send(get("things/{id}", echo, { access: "anyone" }), {
      headers: { authorization: "wrong" },
    })
    expect([answer.status, codeOf(answer)]).toEqual([401, "auth.invalid-token"])
    expect(answer.headers).toMatchObject({ "www-authenticate": 'Bearer error="invalid_token"' })
    expect(answer.body).not.toContain("secret reason")
  })
})

test.each<[Exclude<Outcome, { type: "done" }>, number, string, Record<string, string>]>([
  [{ type: "refused", refusal: defineRefusal("thing.gone", "not-found", "Gone.")() }, 404, "thing.gone", {}],
  [{ type: "unauthenticated" }, 401, "auth.required", { "www-authenticate": "Bearer" }],
  [{ type: "forbidden", needs: "a customer" }, 403, "auth.forbidden", {}],
  [{ type: "invalid", error: new z.ZodError([]) }, 400, "request.invalid", {}],
  [{ type: "key-reused" }, 422, "idempotency-key.reused", {}],
  [{ type: "in-flight" }, 409, "idempotency-key.in-flight", { "retry-after": "1" }],
])("an outcome is a problem: %j", async (outcome, status, code, headers) => {
  const answer = await send(get("things/{id}", echo, { access: "anyone" }), {}, async () => outcome)
  expect([answer.status, codeOf(answer)]).toEqual([status, code])
  expect(answer.headers).toMatchObject({ "content-type": "application/problem+json", ...headers })
})

describe("a result", () => {
  const counted = useCase("test.count", {
    input: z.strictObject({ id: z.string() }),
    result: z.strictObject({ n: z.int(), version: z.int() }),
    handle: () => async () => ({ n: 1, version: 4 }),
  })
  const route = get("things/{id}", counted, { access: "anyone", etag: "version" })

  test("becomes body, status, ETag and Location", async () => {
    const created = post("things/{id}", counted, {
      access: "anyone",
      status: 201,
      etag: "version",
      location: ({ n }) => `/things/${n}`,
    })
    expect(await send(created)).toMatchObject({
      status: 201,
      headers: { etag: '"4"', location: "/things/1", "content-type": "application/json" },
      body: '{"n":1,"version":4}',
    })
  })

  test("of a file route is its text, to be kept for a while, and in which nothing runs", async () => {
    const svg = '"<svg/>"'
    const picture = useCase("test.picture", {
      input: z.strictObject({ id: z.string() }),
      result: z.string(),
      handle: () => async () => svg,
    })
    const file = { contentType: "image/svg+xml", maxAge: 60 }
    const { status, body, headers } = await send(get("things/{id}", picture, { access: "anyone", file }))
    expect([status, body]).toEqual([200, svg])
    expect(headers).toEqual({
      "content-type": "image/svg+xml",
      "cache-control": "public, max-age=60",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "x-content-type-options": "nosniff",
    })
  })

  test("of nothing is 204 without a body", async () => {
    const nothing = useCase("test.nothing", {
      input: z.strictObject({ id: z.string() }),
      result: z.void(),
      handle: () => async () => undefined,
    })
    const answer = await send(del("things/{id}", nothing, { access: "anyone" }))
    expect([answer.status, answer.body, answer.headers["content-type"]]).toEqual([204, undefined, undefined])
  })

  test.each([
    ['"4"', 304],
    ['W/"4"', 304],
    ['"3", "4"', 304],
    ["*", 304],
    ['"3"', 200],
    ['"04"', 200],
  ])("that the client has (If-None-Match: %s) is %d", async (header, status) => {
    for (const method of ["GET", "HEAD"]) {
      const answer = await send(route, { method, headers: { "if-none-match": header } })
      expect([answer.status, answer.headers.etag, answer.body === undefined]).toEqual([
        status,
        '"4"',
        status === 304,
      ])
    }
  })

  test("that does not fit its schema is an error where results are checked", async () => {
    const wrong = useCase("test.wrong", {
      input: z.strictObject({ id: z.string() }),
      result: z.strictObject({ n: z.int() }),
      handle: () => async () => ({ n: 1, secret: "s" }),
    })
    const leaking = get("things/{id}", wrong, { access: "anyone" })
    expect((await send(leaking)).status).toBe(500)
    expect(logged[0]?.stack).toContain("test.wrong answers what its schema does not know")
    expect((await send(leaking, {}, pipeline({ ports: {}, checkResults: false }))).status).toBe(200)
  })
})

describe("If-Match", () => {
  const stale = defineRefusal("thing.changed", "stale", "It changed.", z.object({ version: z.int() }))
  const change = useCase("test.change", {
    input: z.strictObject({ id: z.string() }),
    result: z.void(),
    refusals: [stale],
    handle: () => async (_, call) => (isStale(call, 1) ? stale({ version: 1 }) : undefined),
  })
  test.each<[string | undefined, number]>([
    [undefined, 204],
    ['"1"', 204],
    ["*", 204],
    ['"0", "1"', 204],
    ['"2"', 412],
    ['"01"', 412],
    ['W/"1"', 412],
    ["1", 400],
    ["", 400],
    ['"1', 400],
  ])("%s is %d", async (header, status) => {
    const answer = await send(del("things/{id}", change, { access: "anyone" }), {
      ...(header !== undefined && { headers: { "if-match": header } }),
    })
    expect(answer.status).toBe(status)
    if (status === 412) expect([codeOf(answer), answer.json.version]).toEqual(["thing.changed", 1])
  })
})

describe("an Idempotency-Key", () => {
  const keyed = { ...post("things/{id}", echo, { access: "anyone" }), idempotent: true }
  const sent: unknown[] = []
  const invoke = vi.fn(async ({ read }: { read: () => unknown }): Promise<Outcome> => {
    sent.push(await read())
    return { type: "done", result: { a: 1 }, replayed: true }
  })
  const withKey = (key?: string) =>
    send(keyed, jsonBody({}, key === undefined ? {} : { "idempotency-key": key }), invoke)

  test.each([
    [undefined, "missing"],
    ["", "missing"],
    ["two words", "missing"],
    ["x".repeat(256), "missing"],
    ["4242424242424242", "card-number"],
    ["order-4242-4242-4242-4242", "card-number"],
  ])("must be one: %s", async (key, code) => {
    const answer = await withKey(key)
    expect([answer.status, codeOf(answer)]).toEqual([400, `idempotency-key.${code}`])
  })

  test("reaches the use case, and a repeated answer says that it is one", async () => {
    const answer = await withKey("42424242-4242-4242-8242-424242424242")
    expect(sent.at(-1)).toEqual({
      input: { id: "7" },
      idempotencyKey: "42424242-4242-4242-8242-424242424242",
    })
    expect([answer.status, answer.headers["idempotent-replayed"]]).toEqual([200, "true"])
  })
})

describe("a failure", () => {
  const failing = (error: unknown, method: Method = "GET") => ({
    ...get(
      "things/{id}",
      useCase("test.fail", {
        input: z.strictObject({ id: z.string() }),
        result: z.void(),
        handle: () => () => Promise.reject(error),
      }),
      { access: "anyone" },
    ),
    method,
  })

  test("of ours is 500, logged once under the trace, and tells the client nothing else", async () => {
    const traceparent = `00-${"c".repeat(32)}-${"d".repeat(16)}-01`
    const answer = await send(failing(new Error("password=hunter2")), { headers: { traceparent } })
    expect(answer.json).toEqual({
      type: "urn:eshop:problem:internal",
      title: "Something went wrong on our side",
      status: 500,
      instance: "/shop/things/7",
      traceId: "c".repeat(32),
    })
    expect(logged).toHaveLength(1)
    expect(logged[0]).toMatchObject({
      ...{ level: "error", useCase: "test.fail", outcome: "Error", trigger: "http", caller: "anonymous" },
      ...{ thingId: "7", trace: "c".repeat(32) },
      stack: expect.stringMatching(/^Error: password=\[redacted\]\n/),
    })
  })

  test("before the use case is logged as well", async () => {
    const answer = await send(get("things/{id}", echo, { access: "anyone" }), {}, () =>
      Promise.reject(new Error("oops")),
    )
    expect([answer.status, logged.length]).toEqual([500, 1])
    expect(logged[0]).toMatchObject({ level: "error", error: "Error", trace: answer.json.traceId })
  })

  test.each([
    [new DependencyUnavailableError("catalog"), "catalog does not answer; try again."],
    [
      Object.assign(new Error("10.0.0.7"), { code: "ECONNREFUSED" }),
      "A dependency does not answer; try again.",
    ],
  ])("of a dependency is 503 with Retry-After: %s", async (error, detail) => {
    const answer = await send(failing(error))
    expect([answer.status, answer.json.detail]).toEqual([503, detail])
    expect(answer.headers).toMatchObject({ "retry-after": "2" })
    expect(logged[0]).toMatchObject({ level: "warn", useCase: "test.fail", outcome: "unavailable" })
  })

  test("by a text that the store refuses is the request's fault", async () => {
    const answer = await send(failing(Object.assign(new Error("bad byte"), { code: "22021" })))
    expect([answer.status, codeOf(answer)]).toEqual([400, "request.text"])
  })
})
