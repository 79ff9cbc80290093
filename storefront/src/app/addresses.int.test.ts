// What serves the pages knows their addresses: infra/gateway/storefront.json has those of the router, and no others.
import "../prerender/globals.ts"
import { expect, it } from "vitest"
import table from "../../../infra/gateway/storefront.json" with { type: "json" }
import { languages } from "../texts/texts.ts"
import { shopRouter } from "./router.tsx"

it("serves the shop's pages at the router's addresses, and the way back from the sign-in", () => {
  const routes = Object.keys(shopRouter().routesByPath).map((path) => path.replaceAll(/\$(\w+)/g, "{$1}"))
  expect([...table.pages, ...table.prerendered].toSorted()).toEqual(
    [...routes, "/sign-in/callback"].toSorted(),
  )
})

it("serves them in the languages of the texts", () => {
  expect(["en", ...table.languages]).toEqual(Object.keys(languages))
})
