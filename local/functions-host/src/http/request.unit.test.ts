import type { IncomingMessage } from "node:http"
import { expect, it } from "vitest"
import { nullableQuery, pathSegments, requestUrl } from "./request.ts"

it.each([
  ["/", []],
  ["/api/a", ["api", "a"]],
  ["/api/a/", ["api", "a"]],
  ["/api/a?x=/y", ["api", "a"]],
  ["/api/caf%C3%A9", ["api", "café"]],
  ["/api/a%2Fb%20c", ["api", "a%2Fb c"]],
  ["/api/%zz", ["api", "%zz"]],
  ["/api//a", ["api", "", "a"]],
  ["http://host/api/a", ["api", "a"]],
])("splits %s", (target, expected) => {
  expect(pathSegments(target)).toEqual(expected)
})

it("joins repeated query parameters and keeps empty ones", () => {
  expect(nullableQuery("/x?a=1&a=2&b=&c=a%20b+c")).toEqual({
    a: { value: "1,2" },
    b: { value: "" },
    c: { value: "a b c" },
  })
  expect(nullableQuery("/x")).toEqual({})
})

it.each([
  ["127.0.0.1", "shop.example", "https", "https://shop.example/a?b"],
  ["::ffff:127.0.0.1", "localhost:8080", "http", "http://localhost:8080/a?b"],
  ["::1", "first.example, second.example", undefined, "http://first.example/a?b"],
  ["127.0.0.1", "shop.example/evil", "https", "http://app:7071/a?b"],
  ["127.0.0.1", undefined, "https", "http://app:7071/a?b"],
  ["192.0.2.1", "shop.example", "https", "http://app:7071/a?b"],
])("believes a proxy at %s that says %s, %s as far as it may", (remoteAddress, host, proto, expected) => {
  const request = {
    url: "/a?b",
    headers: { host: "app:7071" },
    headersDistinct: {
      ...(host ? { "x-forwarded-host": [host] } : {}),
      ...(proto ? { "x-forwarded-proto": [proto] } : {}),
    },
    socket: { remoteAddress },
  }
  expect(requestUrl(request as unknown as IncomingMessage)).toBe(expected)
})
