import { describe, expect, test } from "vitest"
import type { PublishedRoute } from "../route-table.ts"
import { apiManagement } from "./api-management.ts"
import { applicationGateway } from "./application-gateway.ts"
import { type OpenApi, proseOf } from "./firewall.ts"
import { type Gateway, methodsOf, pathsOf } from "./gateway.ts"
import { modsecurity } from "./modsecurity.ts"
import { nginxRoutes } from "./nginx.ts"

const limit = { quota: 120, windowSeconds: 60 }
const gateway: Gateway = {
  cors: { allowedOrigins: [], allowedHeaders: [], exposedHeaders: [], maxAgeSeconds: 600 },
  securityHeaders: {},
  edgeHeaders: [],
  rateLimits: { default: limit, signedIn: limit, strict: { ...limit, routes: ["shop.look-up"] } },
  services: [{ name: "shop", prefix: "/shop" }],
}
const route = (name: string, method: PublishedRoute["method"], path: string): PublishedRoute => ({
  name: `shop.${name}`,
  service: "shop",
  method,
  path,
  access: "anyone",
  idempotent: false,
  maxBodyBytes: 1_000,
  contentTypes: method === "GET" ? [] : ["application/json"],
})
const routes = [
  route("get", "GET", "/orders/{id}"),
  route("look-up", "POST", "/orders/lookup"),
  route("list", "GET", "/orders"),
]

describe("the paths", () => {
  test("come with the routes of the parameter in whose place they have a word", () => {
    const paths = pathsOf(routes, gateway)
    expect(paths.map((path) => [path.template, methodsOf(path)])).toEqual([
      ["/shop/orders", ["GET", "HEAD"]],
      ["/shop/orders/lookup", ["POST", "GET", "HEAD"]],
      ["/shop/orders/{id}", ["GET", "HEAD"]],
    ])
  })

  test("need a service", () => {
    expect(() => pathsOf(routes, { ...gateway, services: [] })).toThrow(
      "infra/gateway/gateway.json has no service shop",
    )
  })

  test("are nginx's locations, a dot of theirs is a dot", () => {
    const text = nginxRoutes([route("feed", "GET", "/v1.0/{id}/feed.xml")], gateway)
    expect(text).toContain("location ~ ^/shop/v1\\.0/[^/\\x5c]+/feed\\.xml$ {")
    expect(text).toContain("if ($request_method !~ ^(?:GET|HEAD)$) { return 405; }")
  })
})

test.each([
  ["anyone", "open"],
  ["shopper", "open"],
  ["customer", "token-or-guest"],
  ["signed-in-or-guest", "token-or-guest"],
  ["order", "token-or-guest-or-order"],
  ["signed-in", "token"],
  [{ role: "clerk" }, "token"],
] as const)("API Management lets %j in by: %s", (access, admission) => {
  const [first] = routes as [PublishedRoute]
  const { operations } = apiManagement([{ ...first, access }], gateway) as { operations: object[] }
  const role = typeof access === "object" ? access.role : null
  expect(operations).toEqual(
    ["GET", "HEAD"].map((method) => ({
      id: method === "GET" ? "shop-get" : "shop-get-head",
      service: "shop",
      method,
      urlTemplate: "/orders/{id}",
      parameters: ["id"],
      admission,
      role,
      contentTypes: [],
      maxBodyBytes: 1_000,
      strict: false,
    })),
  )
})

describe("what people write", () => {
  const text = { type: "string" }
  const documentOf = (properties: object): object => ({
    paths: {
      "/a": {
        post: {
          parameters: [
            { in: "query", name: "q", schema: text },
            { in: "query", name: "sku", schema: text },
            { in: "path", name: "name", schema: text },
          ],
          requestBody: { content: { "application/json": { schema: { properties } } } },
        },
      },
    },
    components: { schemas: { Named: { properties: { name: text } } } },
  })
  const document = documentOf({
    reason: text,
    state: { type: "string", enum: ["open", "closed"] },
    brand: { type: "string", pattern: "^[A-Z]+$" },
    sku: text,
    description: { additionalProperties: text },
    variants: { type: "array", items: { properties: { options: { additionalProperties: text } } } },
    images: { items: { anyOf: [{ properties: { alt: text } }, { type: "null" }] } },
    buyer: { $ref: "#/components/schemas/Named" },
    attributes: { additionalProperties: { type: "array", items: text } },
  })
  const prose = proseOf(document as OpenApi)
  const misfit = { rule: "942190", group: "SQLI", example: "" }

  test("is found in all schemas, but not where a pattern or a list says what it may be", () => {
    expect(prose.map(({ place, path }) => `${place} ${path.join(".")}`)).toEqual([
      "body attributes.*.[]",
      "body buyer.name",
      "body description.*",
      "body images.[].alt",
      "body reason",
      "body variants.[].options.*",
      "query q",
    ])
  })

  test("is what the firewall of Application Gateway does not look at, by its selectors", () => {
    const { exclusions } = applicationGateway(routes, gateway, prose, [misfit]) as {
      exclusions: { operator: string; selector: string; groups: object[] }[]
    }
    expect(exclusions.map(({ operator, selector }) => `${operator} ${selector}`)).toEqual([
      "StartsWith attributes",
      "Equals buyer.name",
      "StartsWith description",
      "EndsWith .alt",
      "Equals reason",
      "Contains .options.",
      "Equals q",
    ])
    for (const { groups } of exclusions) expect(groups).toEqual([{ group: "SQLI", rules: ["942190"] }])
    expect(applicationGateway(routes, gateway, prose, [])).toMatchObject({ exclusions: [] })
  })

  test("is overlooked by a rule in some members alone, where it says so", () => {
    const narrow = { ...misfit, rule: "942100", only: ["description", "reason"] }
    const { exclusions } = applicationGateway(routes, gateway, prose, [misfit, narrow]) as {
      exclusions: { selector: string; groups: { rules: string[] }[] }[]
    }
    const both = exclusions.filter(({ groups }) => groups[0]?.rules.includes("942100"))
    expect(both.map(({ selector }) => selector)).toEqual(["description", "reason"])
    expect(applicationGateway(routes, gateway, prose, [narrow])).toMatchObject({
      exclusions: [{ selector: "description" }, { selector: "reason" }],
    })
    const lines = modsecurity(routes, prose, [narrow]).split("\n")
    expect(lines.filter((line) => line.startsWith("SecRuleUpdateTargetById"))).toEqual([
      'SecRuleUpdateTargetById 942100 "!ARGS:/^json\\.description\\.[^.]+$/"',
      'SecRuleUpdateTargetById 942100 "!ARGS:json.reason"',
    ])
  })

  test("is held to the same patterns by both firewalls", () => {
    const { refusedBodies } = applicationGateway(routes, gateway, prose, []) as {
      refusedBodies: { pattern: string }[]
    }
    const rules = modsecurity(routes, prose, []).matchAll(/^SecRule REQUEST_BODY "@rx (.*)" \\$/gm)
    const patterns = [...rules].map(([, pattern = ""]) => pattern.replaceAll('\\"', '"'))
    expect(refusedBodies.map(({ pattern }) => pattern)).toEqual(patterns)
    expect(patterns).toHaveLength(6)
    // An engine without lookarounds and references back, as Azure's may be, takes them as well.
    expect(patterns.filter((pattern) => /\(\?[=!<]|\\[1-9]/.test(pattern))).toEqual([])
  })

  test("is what the rule does not look at in ModSecurity, by the names that it has there", () => {
    const lines = modsecurity(routes, prose, [misfit]).split("\n")
    expect(lines.filter((line) => line.startsWith("SecRuleUpdateTargetById"))).toEqual(
      [
        "ARGS:/^json\\.attributes\\.[^.]+\\.array_\\d+$/",
        "ARGS:json.buyer.name",
        "ARGS:/^json\\.description\\.[^.]+$/",
        "ARGS:/^json\\.images\\.array_\\d+\\.alt$/",
        "ARGS:json.reason",
        "ARGS:/^json\\.variants\\.array_\\d+\\.options\\.[^.]+$/",
        "ARGS:q",
      ].map((target) => `SecRuleUpdateTargetById 942190 "!${target}"`),
    )
  })
})
