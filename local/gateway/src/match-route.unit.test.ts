import { expect, it } from "vitest"
import { allowedMethods, routeMatcher, routeOfMethod } from "./match-route.ts"
import type { Route } from "./routes.ts"

const route = (service: string, method: string, path: string): Route => ({
  name: `${method} ${path}`,
  service,
  method,
  path,
  access: "anyone",
  maxBodyBytes: 0,
})

const match = routeMatcher({
  services: [
    { name: "catalog", prefix: "/catalog" },
    { name: "basket", prefix: "/basket" },
  ],
  routes: [
    route("catalog", "GET", "/products/{id}"),
    route("catalog", "POST", "/products/import"),
    route("catalog", "GET", "/products/import"),
    route("catalog", "PUT", "/products/{id}"),
    route("catalog", "GET", "/products/{id}/stock"),
    route("basket", "GET", "/cart"),
  ],
})

const named = (path: string, method: string) => {
  const found = match(path)
  return found && routeOfMethod(found, method)?.name
}

it.each([
  ["/catalog/products/7", "GET", "GET /products/{id}"],
  ["/catalog/products/7", "HEAD", "GET /products/{id}"],
  ["/catalog/products/%C3%A4", "PUT", "PUT /products/{id}"],
  ["/catalog/products/import", "GET", "GET /products/import"],
  ["/catalog/products/import", "POST", "POST /products/import"],
  ["/catalog/products/import", "PUT", "PUT /products/{id}"],
  ["/catalog/products/import/stock", "GET", "GET /products/{id}/stock"],
  ["/basket/cart", "GET", "GET /cart"],
  ["/catalog/products/7", "DELETE", undefined],
  ["/basket/cart", "get", undefined],
])("leads %s by %s to %s", (path, method, name) => {
  expect(named(path, method)).toBe(name)
})

it.each([
  "/",
  "/basket",
  "/basket/",
  "/basketry/cart",
  "/basket/cart/",
  "/basket//cart",
  "/basket/Cart",
  "/basket/%63art",
  "/catalog/products/",
  "/catalog/products/a%2Fb",
  "/catalog/products/..%5C..%5Cadmin",
  "/catalog/products/%252e%252e/../stock",
  "/catalog/products/%E0%A4%A",
  "/catalog/openapi.json",
  "/catalog/health/ready",
  "/catalog/admin/host/status",
])("publishes nothing at %s", (path) => {
  expect(match(path)).toBeUndefined()
})

it("lists the methods of a path, HEAD with GET", () => {
  const found = match("/catalog/products/import")
  expect(found && allowedMethods(found)).toBe("POST, GET, HEAD, PUT")
})
