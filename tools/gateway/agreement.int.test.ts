import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { App } from "@eshop/building-blocks/app/app"
import { functionsOf, routesOf, serviceRoutes } from "@eshop/building-blocks/app/functions"
import { routeMatcher, routeOfMethod } from "@eshop/gateway/match-route"
import { readGatewayFiles } from "@eshop/gateway/routes"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { apps, root } from "../apps.ts"
import type { Operation } from "../generate/gateways/api-management.ts"
import { readApp } from "../generate/sources.ts"
import { available, committed, startNginx } from "./nginx.ts"

/** What a gateway does with a request: the route that it leads to, or the status of its refusal. */
type Verdict = string | 404 | 405
type Asked = { readonly method: string; readonly path: string }

const folder = join(root, "infra/gateway")
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"))
const files = await readGatewayFiles(join(folder, "routes.json"))
const { operations } = read("api-management.json") as { operations: Operation[] }
const { pathRules } = read("application-gateway.json") as { pathRules: { name: string; paths: string[] }[] }

const idOf = (service: string, method: string, path: string) => `${service} ${method} ${path}`

/** The local gateway. */
const matchRoute = routeMatcher(files)
function locally({ method, path }: Asked): Verdict {
  const match = matchRoute(pathnameOf(path))
  if (!match) return 404
  const route = routeOfMethod(match, method)
  return route ? idOf(route.service, method, route.path) : 405
}

/**
 * API Management: the operation of the method whose template fits, one with more literal segments first; it knows no 405
 * (https://learn.microsoft.com/azure/api-management/api-management-howto-add-operations).
 */
function inApiManagement(among: readonly Operation[]) {
  const sorted = among.toSorted((one, other) => one.parameters.length - other.parameters.length)
  const keyOf = (service: string, method: string, path: string) =>
    `${service} ${method} ${path.split("/").length}`
  const table = Map.groupBy(sorted, ({ service, method, urlTemplate }) => keyOf(service, method, urlTemplate))
  return ({ method, path }: Asked): Verdict => {
    const pathname = pathnameOf(path)
    const service = files.services.find(({ prefix }) => pathname.startsWith(`${prefix}/`))
    if (!service) return 404
    const behind = pathname.slice(service.prefix.length)
    const given = behind.split("/")
    const found = table
      .get(keyOf(service.name, method, behind))
      ?.find(({ urlTemplate }) =>
        urlTemplate
          .split("/")
          .every((segment, at) => (segment.startsWith("{") ? given[at] !== "" : segment === given[at])),
      )
    return found ? idOf(found.service, method, found.urlTemplate) : 404
  }
}

/** Application Gateway: the service whose path rule covers the path. */
const inApplicationGateway = (rules: typeof pathRules) => (path: string) =>
  rules.find(({ paths }) =>
    paths.some((pattern) =>
      pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
    ),
  )?.name

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]
const FILLED = "0197d3a0-6c3f-7c50-8f3e-000000000001"

/** What lies beside a path. */
function nearMisses(path: string): string[] {
  const segments = path.split("/")
  const last = segments.at(-1) ?? ""
  return [
    `${path}/`,
    `${path}/extra`,
    `/${path}`,
    path.toUpperCase(),
    path.slice(0, path.lastIndexOf("/")),
    `/x${path}`,
    `${path}x`,
    `${path.slice(0, path.lastIndexOf("/"))}/`,
    `${path}/%2e`,
    `${path}/../${last}`,
    `${path};v=1`,
    `${path}%20`,
  ]
}

/** In an encoded slash some servers see a path of more segments; what API Management sees is not known. */
const ambiguous = (path: string): string[] =>
  ["a%2Fb", "a%5Cb", "%2e%2e", "..%2f..", "%252e%252e"].map((end) => path.replace(/[^/]+$/, end))

const pathnameOf = (path: string): string => new URL(`http://shop.example${path}`).pathname

const paths = [
  ...new Set(files.routes.map(({ service, path }) => `/${service}${path.replaceAll(/\{\w+\}/g, FILLED)}`)),
]
const unpublished = [
  "/",
  "/catalog",
  "/catalogue/products",
  "/health/ready",
  ...apps.flatMap((app) => [
    ...Object.values(serviceRoutes).map((path) => `/${app}/${path}`),
    `/${app}/metrics`,
    `/${app}/admin/host/status`,
    `/${app}/runtime/webhooks/durabletask/instances`,
  ]),
]
const by = (methods: readonly string[], among: readonly string[]): Asked[] =>
  [...new Set(among)].flatMap((path) => methods.map((method) => ({ method, path })))
const asked: Asked[] = [
  ...by(METHODS, [...paths, ...unpublished]),
  ...by(["GET", "POST"], paths.flatMap(nearMisses)),
]

/** Where a gateway that knows no 405 disagrees with the local one. */
const disagreements = (gateway: (asked: Asked) => Verdict, among = asked) =>
  among.flatMap((request) => {
    const [here, there] = [locally(request), gateway(request)]
    const isAlike = here === there || (here === 405 && there === 404)
    return isAlike ? [] : [`${request.method} ${request.path}: ${here} or ${there}`]
  })

/** Runs the work of all items, a few at a time. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return results
}

describe("the route table", () => {
  const published = files.routes.map(({ service, method, path }) => idOf(service, method, path)).toSorted()
  /** Every HTTP trigger that an app registers, but for those that no gateway publishes. */
  const triggersOf = (app: App) => {
    const own: readonly string[] = Object.values(serviceRoutes)
    const routes = new Map(routesOf(app).map((route) => [route.useCase.name.replaceAll(".", "-"), route]))
    return functionsOf(app).flatMap((triggered) => {
      if (triggered.trigger !== "http" || own.includes(triggered.route)) return []
      const method = routes.get(triggered.name)?.method ?? "?"
      return [idOf(app.name, method, `/${triggered.route}`)]
    })
  }

  test("has every HTTP trigger of the apps but their own, and nothing else", async () => {
    const triggers = (await Promise.all(apps.map((app) => readApp(root, app)))).flatMap(triggersOf)
    expect(published).toEqual(triggers.toSorted())
    expect(new Set(published).size).toBe(published.length)
  })

  test("is found wanting when an app has a trigger more", async () => {
    const catalog = await readApp(root, "catalog")
    const [first] = catalog.entries
    const grown = {
      ...catalog,
      entries: [
        ...catalog.entries,
        {
          ...first,
          path: "new",
          useCase: { ...(first as { useCase: object }).useCase, name: "catalog.new" },
        },
      ],
    } as App
    const more = triggersOf(grown).filter((trigger) => !published.includes(trigger))
    expect(more).toEqual(["catalog GET /new"])
  })
})

describe("all gateways lead every request alike", () => {
  test("the local gateway and API Management, which says 404 where the other says 405", () => {
    expect(disagreements(inApiManagement(operations))).toEqual([])
  })

  test("Application Gateway, which leads by service", () => {
    const lead = inApplicationGateway(pathRules)
    for (const path of paths) expect(lead(path)).toBe(path.split("/", 2)[1])
    expect(unpublished.filter((path) => path.split("/").length < 3).map(lead)).toEqual([undefined, "catalog"])
  })

  describe.runIf(available)("and a live nginx", () => {
    let nginx: Awaited<ReturnType<typeof startNginx>>
    beforeAll(async () => {
      // The rules and limits have their own tests; here is only asked where a request leads, and often.
      const lenient = [...committed()].map(([name, text]): [string, string] => [
        name,
        text.replace("modsecurity on;", "modsecurity off;").replaceAll(/^ *limit_req zone.*\n/gm, ""),
      ])
      nginx = await startNginx(new Map(lenient))
    })
    afterAll(() => nginx?.close())

    test("route by route, with what lies beside them", async () => {
      const all = [...asked, ...by(["GET"], paths.flatMap(ambiguous))]
      const verdicts = await inTurns(all, async ({ method, path }): Promise<Verdict> => {
        const { status, headers } = await nginx.ask(method, path)
        if (status === 404 || status === 405) return status
        // What climbs above the root is no path at all to nginx.
        if (status === 400) return 404
        if (status !== 200) throw new Error(`${method} ${path}: ${status}`)
        return locally({ method, path: `${headers["x-seen-prefix"]}${headers["x-seen-url"]}` })
      })
      const found = all.flatMap((request, at) => {
        const [here, there] = [locally(request), verdicts[at]]
        return here === there ? [] : [`${request.method} ${request.path}: ${here} or ${there}`]
      })
      expect(found).toEqual([])
    }, 60_000)
  })
})

describe("a planted mistake is found", () => {
  const [first] = operations as [Operation]

  test.each<[string, readonly Operation[], string]>([
    [
      "an operation less",
      operations.filter(({ id }) => id !== first.id),
      `GET /catalog/products: ${idOf("catalog", "GET", "/products")} or 404`,
    ],
    [
      "an operation more",
      [...operations, { ...first, urlTemplate: "/health/live" }],
      `GET /catalog/health/live: 404 or ${idOf("catalog", "GET", "/health/live")}`,
    ],
    [
      "a method of another route",
      operations.map((one) => (one.id === "basket-put-coupon" ? { ...one, method: "POST" } : one)),
      `PUT /basket/cart/coupon: ${idOf("basket", "PUT", "/cart/coupon")} or 404`,
    ],
    [
      "a route of all methods below a service",
      [...operations, { ...first, urlTemplate: "/products/{a}/{b}", parameters: ["a", "b"] }],
      `GET /catalog/products/${FILLED}/extra: 404 or ${idOf("catalog", "GET", "/products/{a}/{b}")}`,
    ],
  ])("%s", (_, planted, disagreement) => {
    const affected = asked.filter(({ path }) => disagreement.includes(` ${path}:`))
    expect(disagreements(inApiManagement(planted), affected)).toContain(disagreement)
  })

  test("a path rule that is missing", () => {
    const lead = inApplicationGateway(pathRules.filter(({ name }) => name !== "discount"))
    expect(lead("/discount/coupons")).toBeUndefined()
  })
})
