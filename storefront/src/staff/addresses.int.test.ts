// What serves the staff's pages knows what their addresses begin with.
import { expect, it } from "vitest"
import table from "../../../infra/gateway/storefront.json" with { type: "json" }
import { router } from "./router.tsx"

it("serves the staff's page at the addresses of their router", () => {
  const paths = Object.keys(router.routesByPath)
  const isServed = (path: string) => table.staff.some((top) => path === top || path.startsWith(`${top}/`))
  expect(paths.filter((path) => !isServed(path))).toEqual([])
})
