import { request } from "node:http"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { root } from "../apps.ts"
import { gatewayFiles } from "../generate/gateways/files.ts"
import type { Gateway } from "../generate/gateways/gateway.ts"
import { publishedRoutes } from "../generate/route-table.ts"
import { readSources } from "../generate/sources.ts"
import { available, startNginx } from "./nginx.ts"

const origin = "http://localhost:5173"

describe.runIf(available)("nginx", () => {
  let nginx: Awaited<ReturnType<typeof startNginx>>
  let shop: Gateway
  beforeAll(async () => {
    const { apps, gateway } = await readSources(root)
    shop = gateway
    const hour = { windowSeconds: 3_600 }
    const scarce: Gateway = {
      ...gateway,
      rateLimits: {
        default: { quota: 5, ...hour },
        signedIn: { quota: 12, ...hour },
        strict: { quota: 2, ...hour, routes: ["ordering.look-up-order"] },
      },
    }
    const files = gatewayFiles(publishedRoutes(apps), scarce, { paths: {} })
    nginx = await startNginx(
      new Map(
        files.flatMap(([path, text]) =>
          path.includes("/nginx/") ? [[path.split("/").at(-1) as string, text]] : [],
        ),
      ),
    )
  })
  afterAll(() => nginx?.close())

  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: nginx.port,
        method,
        path,
        headers: { host: "shop.example", ...headers },
      }
      const asked = request(options, async (answer) => {
        let body = ""
        for await (const chunk of answer) body += chunk
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
      })
      asked.on("error", reject).end()
    })

  // In this order: the limits of the file count what has been asked before.
  test("answers a preflight of an allowed origin, and of no other", async () => {
    const asked = { "access-control-request-method": "PUT" }
    const allowed = await ask("OPTIONS", "/basket/cart", { origin, ...asked })
    expect([allowed.status, allowed.headers["access-control-allow-origin"]]).toEqual([204, origin])
    expect(allowed.headers["access-control-allow-headers"]).toBe(shop.cors.allowedHeaders.join(", "))
    expect(allowed.headers["access-control-max-age"]).toBe("600")
    const refused = await ask("OPTIONS", "/basket/cart", { origin: "http://evil.example", ...asked })
    expect(refused.status).toBe(204)
    expect(Object.keys(refused.headers).filter((name) => name.startsWith("access-control-"))).toEqual([])
    expect(nginx.seen).toHaveLength(0)
  })

  test("says the shop's headers with answers and problems, and keeps the caller's trace", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    const answer = await ask("GET", "/catalog/products", { origin, traceparent })
    const problem = await ask("DELETE", "/catalog/products", { origin, traceparent })
    for (const { headers } of [answer, problem]) {
      expect(headers).toMatchObject({ ...shop.securityHeaders, "access-control-allow-origin": origin })
      expect(headers).toMatchObject({ vary: "Origin", server: "nginx" })
    }
    expect(nginx.seen.map(({ headers }) => headers.traceparent)).toEqual([traceparent])
    expect([problem.status, problem.headers.allow]).toEqual([405, "GET, HEAD, POST"])
    expect(JSON.parse(problem.body)).toEqual({
      type: "urn:eshop:problem:route.method",
      title: "Method Not Allowed",
      status: 405,
      detail: "The path does not have this method.",
      instance: "/catalog/products",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    })
  })

  test("puts no caller's text into a problem that could end it", async () => {
    const { status, body } = await ask("GET", `/nothing/%22,"x":"\\u0022`)
    expect([status, JSON.parse(body).instance]).toEqual([404, "/"])
  })

  test("refuses whoever asks too often, and lets a signed-in caller ask more often", async () => {
    const statuses: number[] = []
    for (let asked = 0; asked < 5; asked++) statuses.push((await ask("GET", "/catalog/products")).status)
    // One of the quota of five went with the test before; a 404 and a 405 count only in the local gateway.
    expect(statuses).toEqual([200, 200, 200, 200, 429])
    const { status, headers, body } = await ask("GET", "/catalog/products")
    expect([status, headers["retry-after"], JSON.parse(body).type]).toEqual([
      429,
      "1",
      "urn:eshop:problem:client.requests",
    ])
    const authorization = "Bearer a.b.c"
    const signedIn: number[] = []
    for (let asked = 0; asked < 8; asked++)
      signedIn.push((await ask("GET", "/basket/cart", { authorization })).status)
    expect(signedIn).toEqual([...Array(7).fill(200), 429])
  })
})
