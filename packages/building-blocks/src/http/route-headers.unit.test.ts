import { HttpRequest, type HttpRequestInit, InvocationContext } from "@azure/functions"
import { describe, expect, test } from "vitest"
import * as z from "zod"
import { type Access, get, getLines, post, type Route } from "../app/app.ts"
import { pipeline } from "../app/invoke.ts"
import { useCase } from "../app/use-case.ts"
import type { TokenVerifier } from "../identity/verify-token.ts"
import { routeHandler } from "./route.ts"

const tokens: TokenVerifier = {
  verify: async (authorization) =>
    authorization ? { kind: "customer", id: authorization, roles: [] } : { kind: "anonymous" },
}
const Input = z.strictObject({ id: z.string() })
const thing = useCase("test.thing", {
  input: Input,
  result: z.object({ version: z.int() }),
  handle: () => async () => ({ version: 4 }),
})
const lines = useCase("test.lines", {
  input: Input,
  result: z.object({ lines: z.array(z.int()), nextCursor: z.string().nullable() }),
  handle: () => async () => ({ lines: [1], nextCursor: "2" }),
})

async function send(route: Route, request: HttpRequestInit = {}) {
  const handler = routeHandler(route, {
    app: "shop",
    invoke: pipeline({ ports: {}, checkResults: true }),
    tokens,
  })
  const { status, headers, body } = await handler(
    new HttpRequest({
      method: route.method,
      url: "http://localhost/things/7",
      params: { id: "7" },
      ...request,
    }),
    new InvocationContext({ logHandler: () => {} }),
  )
  return { status, headers: headers as Record<string, string>, body: String(body) }
}

describe("an answer is kept", () => {
  const signedIn = { headers: { authorization: "mehmet" } }
  const asked = { headers: { authorization: "mehmet", "if-none-match": '"4"' } }
  const ofCallers = "authorization, cookie, x-guest-token, x-order-token"
  test.each<[string, Route, HttpRequestInit, [number, string | undefined, string | undefined]]>([
    ["anybody's", get("things/{id}", thing, { access: "anyone" }), {}, [200, undefined, undefined]],
    [
      "anybody's with a version",
      get("things/{id}", thing, { access: "anyone", etag: "version" }),
      {},
      [200, "no-cache", "authorization"],
    ],
    ["one's own", get("things/{id}", thing, { access: "signed-in" }), signedIn, [200, "no-store", undefined]],
    [
      "one's own with a version",
      get("things/{id}", thing, { access: "signed-in", etag: "version" }),
      signedIn,
      [200, "private, no-cache", ofCallers],
    ],
    [
      "one's own that has not changed",
      get("things/{id}", thing, { access: "signed-in", etag: "version" }),
      asked,
      [304, "private, no-cache", ofCallers],
    ],
    ["what was done", post("things/{id}", thing, { access: "anyone" }), {}, [200, "no-store", undefined]],
    [
      "a page of lines",
      getLines("things/{id}", lines, { access: "anyone" }),
      {},
      [200, "no-store", undefined],
    ],
    [
      "a page of lines for a while",
      getLines("things/{id}", lines, { access: "anyone", maxAgeSeconds: 60 }),
      {},
      [200, "public, max-age=60", undefined],
    ],
    ["a refusal", get("things/{id}", thing, { access: "signed-in" }), {}, [401, "no-store", undefined]],
  ])("as what it is: %s", async (_, route, request, expected) => {
    const { status, headers } = await send(route, request)
    expect([status, headers["cache-control"], headers.vary]).toEqual(expected)
    expect(headers["x-content-type-options"]).toBe("nosniff")
  })
})

describe("a deprecated route", () => {
  const deprecated = { since: "2026-11-01", sunset: "2027-05-01", link: "https://shop.example/v2" } as const
  const said = { deprecation: "@1793491200", sunset: "Sat, 01 May 2027 00:00:00 GMT" }
  const link = '<https://shop.example/v2>; rel="deprecation"; type="text/html"'
  const old = (access: Access) => get("things/{id}", thing, { access, deprecated })

  test("says so in every answer, a refusal's too", async () => {
    for (const [access, status] of [
      ["anyone", 200],
      ["signed-in", 401],
    ] as const)
      expect(await send(old(access))).toMatchObject({ status, headers: { ...said, link } })
  })

  test("says so beside the link to the next page", async () => {
    const { headers } = await send({ ...getLines("things/{id}", lines, { access: "anyone" }), deprecated })
    expect(headers.link).toBe(`<?cursor=2>; rel="next", ${link}`)
  })

  test("is none without being called so", async () => {
    const { headers } = await send(get("things/{id}", thing, { access: "anyone" }))
    expect([headers.deprecation, headers.sunset, headers.link]).toEqual([undefined, undefined, undefined])
  })
})

describe("a failure of ours", () => {
  const ofDatabase = Object.assign(new Error('relation "secrets" does not exist'), {
    code: "42P01",
    detail: "SELECT password FROM users",
    query: "SELECT 1",
  })
  const ofFile = Object.assign(new Error("ENOENT: no such file, open '/home/site/wwwroot/key.pem'"), {
    code: "ENOENT",
  })
  test.each<[string, unknown]>([
    ["an SQL error", ofDatabase],
    ["a file's path", ofFile],
    ["a bug", new TypeError("Cannot read properties of undefined (reading 'secret')")],
    ["several at once", new AggregateError([ofDatabase, ofFile], "all failed")],
    ["one with its cause", new Error("wrapped", { cause: ofDatabase })],
    ["a thrown text", "postgres://shop:hunter2@10.0.0.7/ordering"],
    ["nothing at all", undefined],
  ])("tells the client nothing of it: %s", async (_, error) => {
    const failing = useCase("test.fail", {
      input: Input,
      result: z.void(),
      handle: () => () => Promise.reject(error),
    })
    const { status, headers, body } = await send(post("things/{id}", failing, { access: "anyone" }))
    const { traceId, ...problem } = JSON.parse(body)
    expect([status, problem]).toEqual([
      500,
      {
        type: "urn:eshop:problem:internal",
        title: "Something went wrong on our side",
        status: 500,
        instance: "/shop/things/7",
      },
    ])
    expect(traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(Object.keys(headers).sort()).toEqual(["cache-control", "content-type", "x-content-type-options"])
  })
})
