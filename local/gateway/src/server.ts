import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { traceparentOf } from "@eshop/building-blocks/http/trace"
import { InvalidTokenError, tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { allowCrossOrigin, answerPreflight } from "./cors.ts"
import { answerProblem, type GatewayProblem, type Occasion } from "./problem.ts"
import { createProxy } from "./proxy.ts"
import { matchRoute, type Routes } from "./routes.ts"

/** How the gateway is run. */
export interface GatewayOptions {
  /** 0 takes any free port. */
  port: number
  routes: Routes
  /** The issuer whose tokens are accepted. */
  issuer: string
  /** Base URL of each service, by its name in the routes. */
  upstreams: Record<string, string>
  /** State of every part of the installation, "ready" when it serves. */
  partStates: () => Record<string, string>
  /** How long a service may take until its answer begins, in milliseconds. */
  timeoutMs: number
}

/** A running gateway. */
export interface Gateway {
  port: number
  /** Accepts nothing new, lets requests under way finish, then resolves. */
  close(): Promise<void>
}

/** A request that the gateway refuses itself. */
class RefusedError extends Error {
  readonly problem: GatewayProblem
  constructor(problem: GatewayProblem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** Starts the gateway on the loopback interface: routing, tokens, limits and cross-origin rules of the shop. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { routes } = options
  const verifier = tokenVerifier({ issuer: options.issuer, audience: routes.issuer.audience })
  const proxy = createProxy(options.timeoutMs)
  const upstreams = new Map(Object.entries(options.upstreams).map(([name, url]) => [name, new URL(url)]))

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    about: Occasion,
    isExpecting: boolean,
  ) {
    const { method = "GET", url = "/" } = request
    const path = about.instance
    if (path === "/health/live") return answerJson(response, 200, { status: "live" })
    if (path === "/health/ready") return answerReadiness(response, options.partStates())
    allowCrossOrigin(request, response, routes.cors)
    if (answerPreflight(request, response, routes.cors)) return

    const match = matchRoute(routes.services, url)
    const upstream = match && upstreams.get(match.route.name)
    if (!match || !upstream) {
      throw new RefusedError({
        status: 404,
        code: "route.unknown",
        detail: `Nothing is published at ${path}.`,
      })
    }
    await authenticate(request, match.route.anonymous.includes(method === "HEAD" ? "GET" : method))

    const declared = request.headers["content-length"]
    if (declared !== undefined && Number(declared) > routes.maxBodyBytes) throw tooLarge(routes.maxBodyBytes)
    if (isExpecting) response.writeContinue()
    const isChunked = request.headers["transfer-encoding"] !== undefined
    // Of unknown length: read first, so that a service never sees the beginning of a body that is refused.
    const body = isChunked ? await readBody(request, routes.maxBodyBytes) : declared ? "stream" : "none"
    proxy.forward({ request, response, match, upstream, body, about })
  }

  async function authenticate(request: IncomingMessage, mayBeAnonymous: boolean): Promise<void> {
    const { authorization } = request.headers
    if (authorization === undefined) {
      if (mayBeAnonymous) return
      throw unauthenticated("This needs an access token.", 'Bearer realm="eshop"')
    }
    try {
      await verifier.verify(authorization)
    } catch (error) {
      if (!(error instanceof InvalidTokenError)) throw error
      throw unauthenticated("The access token is not valid.", 'Bearer realm="eshop", error="invalid_token"')
    }
  }

  const accept = (isExpecting: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    const header = request.headers.traceparent
    const about = {
      instance: (request.url ?? "/").split("?", 1)[0] ?? "/",
      traceparent: traceparentOf(typeof header === "string" ? header : undefined),
    }
    handle(request, response, about, isExpecting).catch((error: unknown) => {
      if (response.destroyed) return
      answerProblem(response, problemOf(error), about)
    })
  }

  const server = createServer(accept(false))
  server.on("checkContinue", accept(true))
  // Longer than any client or load balancer in front keeps an idle connection.
  server.keepAliveTimeout = 65_000
  await listen(server, options.port)
  const address = server.address()
  return {
    port: address && typeof address === "object" ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          proxy.close()
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
}

function unauthenticated(detail: string, challenge: string): RefusedError {
  const headers = { "www-authenticate": challenge }
  return new RefusedError({ status: 401, code: "token.required", detail, headers })
}

function tooLarge(limit: number): RefusedError {
  return new RefusedError({
    status: 413,
    code: "request.too-large",
    detail: `A body may have at most ${limit} bytes.`,
  })
}

function problemOf(error: unknown): GatewayProblem {
  if (error instanceof RefusedError) return error.problem
  if (error instanceof DependencyUnavailableError) {
    const detail = "The access token cannot be checked at the moment."
    return { status: 503, code: "identity.unavailable", detail, headers: { "retry-after": "1" } }
  }
  console.error(error)
  return { status: 502, code: "gateway.failed", detail: "The gateway could not handle the request." }
}

/** Reads a body of unknown length; what is over the limit is refused without being kept. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) reject(tooLarge(limit))
      else chunks.push(chunk)
    })
    request.on("end", () => resolve(Buffer.concat(chunks)))
    request.on("error", reject)
  })
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
  response.end(JSON.stringify(body))
}

function answerReadiness(response: ServerResponse, parts: Record<string, string>): void {
  const missing = Object.keys(parts).filter((name) => parts[name] !== "ready")
  const known = Object.keys(parts).length > 0
  if (known && missing.length === 0) answerJson(response, 200, { status: "ready", parts })
  else answerJson(response, 503, { status: "starting", missing, parts })
}
