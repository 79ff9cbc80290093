import { expect, test } from "vitest"
import { deprecationHeaders } from "./deprecation.ts"

test("a route says since when it is deprecated, until when it stays and where to read on", () => {
  const headers = deprecationHeaders({
    since: "2026-11-01",
    sunset: "2027-05-01",
    link: "https://shop.example/docs/orders-v2",
  })
  expect(headers).toEqual({
    deprecation: "@1793491200",
    sunset: "Sat, 01 May 2027 00:00:00 GMT",
    link: '<https://shop.example/docs/orders-v2>; rel="deprecation"; type="text/html"',
  })
})

test("a route that stays for now says no more than since when", () => {
  expect(deprecationHeaders({ since: "2026-11-01" })).toEqual({ deprecation: "@1793491200" })
})
