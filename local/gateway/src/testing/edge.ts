import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http"
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startIdentityProvider } from "@eshop/identity-provider/server"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import type { Access, GatewayFiles, Route } from "../routes.ts"
import { type GatewayOptions, startGateway } from "../server.ts"

/** A page of this origin may call. */
export const allowedOrigin = "http://localhost:5173"
/** The limit of the routes under test, in bytes. */
export const BODY_LIMIT = 1_048_576

const route = (service: string, method: string, path: string, access: Access): Route => ({
  name: `${service} ${method} ${path}`,
  service,
  method,
  path,
  access,
  maxBodyBytes: BODY_LIMIT,
})

const enough = { quota: 100_000, windowSeconds: 60 }
const generous = { default: enough, signedIn: enough, strict: { ...enough, routes: [] } }

/** What infra/gateway/gateway.json says of origins and headers. */
const shop = JSON.parse(readFileSync(join(repositoryRoot, "infra/gateway/gateway.json"), "utf8"))

/** What infra/gateway/storefront.json says of its addresses. */
const storefront = JSON.parse(readFileSync(join(repositoryRoot, "infra/gateway/storefront.json"), "utf8"))

const files: GatewayFiles = {
  storefront,
  issuer: { audience: "eshop", rolesClaim: "roles" },
  cors: shop.cors,
  securityHeaders: shop.securityHeaders,
  edgeHeaders: shop.edgeHeaders,
  rateLimits: generous,
  services: ["catalog", "basket", "discount", "ordering"].map((name) => ({ name, prefix: `/${name}` })),
  routes: [
    route("catalog", "GET", "/products/{id}", "anyone"),
    route("catalog", "GET", "/products", "anyone"),
    route("catalog", "POST", "/products", { role: "catalog.write" }),
    route("catalog", "POST", "/products/import", { role: "catalog.write" }),
    route("basket", "GET", "/cart", "signed-in"),
    route("basket", "PUT", "/cart/items", "signed-in"),
    route("basket", "DELETE", "/cart/items/{productId}", "signed-in"),
    route("basket", "POST", "/checkout", "signed-in"),
    route("basket", "POST", "/hold", "customer"),
    route("basket", "POST", "/shop", "shopper"),
    route("basket", "POST", "/orders/{id}", "order"),
    { ...route("basket", "POST", "/notes", "anyone"), maxBodyBytes: 10 },
    route("discount", "GET", "/coupons", "signed-in"),
    route("ordering", "GET", "/orders", "signed-in"),
  ],
}

/** A request as it reached the service behind the gateway. */
export interface Seen {
  method: string
  url: string
  headers: IncomingMessage["headers"]
  body: string
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

/**
 * Starts a gateway before a service (catalog and basket), a port that nobody listens on (discount) and something that
 * does not speak HTTP (ordering), with a real identity provider.
 */
export async function startEdge(
  options: Partial<GatewayOptions> = {},
  rateLimits: GatewayFiles["rateLimits"] = generous,
) {
  const dataDir = await mkdtemp(join(tmpdir(), "gateway-"))
  const identity = await startIdentityProvider({ port: 0, audience: "eshop", dataDir, allowedOrigins: [] })
  const issuer = `http://localhost:${portOf(identity)}`
  const service = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request) body += chunk
    const { method = "", url = "", headers } = request
    edge.seen.push({ method, url, headers, body })
    edge.serve(request, response)
  })
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve))
  const noHttp = createTcpServer((socket) => socket.end("this is not HTTP\r\n\r\n"))
  await new Promise<void>((resolve) => noHttp.listen(0, "127.0.0.1", resolve))
  const gateway = await startGateway({
    port: 0,
    files: { ...files, rateLimits },
    openApiFile: join(dataDir, "openapi.json"),
    issuer,
    upstreams: {
      catalog: `http://127.0.0.1:${portOf(service)}`,
      basket: `http://127.0.0.1:${portOf(service)}`,
      // Port 1 is never listened on.
      discount: "http://127.0.0.1:1",
      ordering: `http://127.0.0.1:${(noHttp.address() as AddressInfo).port}`,
    },
    partStates: () => edge.parts,
    timeoutMs: 30_000,
    ...options,
  })

  const edge = {
    url: `http://localhost:${gateway.port}`,
    port: gateway.port,
    dataDir,
    issuer,
    /** Nobody can be asked for keys any more. */
    stopIssuer() {
      identity.closeAllConnections()
      return new Promise((resolve) => identity.close(resolve))
    },
    parts: {} as Record<string, string>,
    seen: [] as Seen[],
    serve: ((_, response) => response.end("ok")) as (
      request: IncomingMessage,
      response: ServerResponse,
    ) => void,
    /** A token of the identity provider. @param who `customer=mehmet`, `role=catalog.write` … */
    async token(who: string): Promise<string> {
      const asText = { headers: { accept: "text/plain" } }
      return (await fetch(`${issuer}/dev/token?${who}`, asText)).text()
    },
    reset() {
      edge.seen = []
      edge.serve = (_, response) => response.end("ok")
    },
    /** Sends a request target as it stands; fetch would normalise it. */
    raw(path: string, headers: Record<string, string> = {}, method = "GET", body?: string) {
      return new Promise<{ status: number; headers: IncomingMessage["headers"]; body: string }>(
        (resolve, reject) => {
          const asked = request(
            { host: "127.0.0.1", port: gateway.port, path, method, headers },
            async (answer) => {
              let text = ""
              for await (const chunk of answer) text += chunk
              resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text })
            },
          )
          asked.on("error", reject)
          asked.end(body)
        },
      )
    },
    /** Sends bytes as they stand and gives everything back that came until the gateway closed the connection. */
    bytes(text: string): Promise<string> {
      return new Promise((resolve, reject) => {
        let answer = ""
        const socket = connect(gateway.port, "127.0.0.1", () => socket.write(text))
        socket.on("data", (data) => {
          answer += data
        })
        socket.on("close", () => resolve(answer))
        socket.on("error", reject)
      })
    },
    async close() {
      await gateway.close()
      noHttp.close()
      for (const server of [service, identity]) {
        server.closeAllConnections()
        server.close()
      }
      await rm(dataDir, { recursive: true })
    },
  }
  return edge
}

export type Edge = Awaited<ReturnType<typeof startEdge>>

/** Status, header names in lower case and body of a raw answer. */
export function parseAnswer(text: string) {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2)
  const [status = "", ...lines] = head.split("\r\n")
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":")
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
  return { status: Number(status.split(" ")[1]), headers, body }
}
