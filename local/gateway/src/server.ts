import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { admission } from "./admission.ts"
import { bodyReader, discardUnread, hasBody } from "./body.ts"
import { connectionBound } from "./connections.ts"
import { allowCrossOrigin, answerPreflight } from "./cors.ts"
import { answerDocument } from "./documents.ts"
import { answerFaults, isForFaults } from "./faults.ts"
import { answerHealth } from "./health.ts"
import { answerMalformed } from "./malformed.ts"
import { allowedMethods, routeMatcher, routeOfMethod } from "./match-route.ts"
import { answerProblem, type GatewayProblem, type Occasion, RefusedError } from "./problem.ts"
import { createProxy } from "./proxy.ts"
import { rateLimiter } from "./rate-limit.ts"
import type { RequestSpans } from "./request-spans.ts"
import { readTarget, type Target } from "./request-target.ts"
import type { GatewayFiles } from "./routes.ts"
import { type Storefront, storefrontPages } from "./storefront.ts"
import { answerTelemetry, PAGE_SPANS, TRACES, takePageSpans } from "./telemetry.ts"
import { traceparentOf } from "./trace.ts"

/** How the gateway is run. */
export interface GatewayOptions {
  /** 0 takes any free port. */
  port: number
  files: GatewayFiles
  /** The merged description of the apps' API, which need not be there yet. */
  openApiFile: string
  /** The issuer whose tokens are accepted. */
  issuer: string
  /** Base URL of each service, by its name in the files. */
  upstreams: Record<string, string>
  /** The shop's own pages; without them the gateway serves the API alone. */
  storefront?: Storefront
  /** Base URL of what shows the telemetry, where it runs. */
  telemetry?: string
  /** Base URL of the switchboard of faults, where it runs. */
  faults?: string
  /** Base URL of an OTLP receiver that is told of every request. */
  otlp?: string
  /** State of every part of the installation, "ready" when it serves. */
  partStates: () => Record<string, string>
  /** How long a service may take until its answer begins, in milliseconds. */
  timeoutMs: number
  /** How long a body may take to arrive, in milliseconds. */
  bodyTimeoutMs?: number
  /** Connections that one client address may have open. */
  connectionsPerClient?: number
  /** Whether the files' limits are kept; a load test does without. */
  rateLimited?: boolean
}

/** A running gateway. */
export interface Gateway {
  port: number
  /** Accepts nothing new, lets requests under way finish, then resolves. */
  close(): Promise<void>
}

const BODY_TIMEOUT_MS = 30_000
const CONNECTIONS_PER_CLIENT = 1_000
const HEADERS_TIMEOUT_MS = 15_000
/** Longer than any client or load balancer in front keeps an idle connection. */
const IDLE_CONNECTION_MS = 65_000
/** How long a caller may go on sending what is no longer read, so that it has time to read why. */
const LINGER_MS = 1_000

type Handle = (request: IncomingMessage, response: ServerResponse, about: Occasion) => Promise<void>

/** Starts the gateway on the loopback interface: routing, tokens, limits and cross-origin rules of the shop. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const proxy = createProxy(options.timeoutMs, new Set(options.files.edgeHeaders))
  const spans = options.otlp === undefined ? undefined : await spansTo(options.otlp)
  const server = createServer({
    // Its absence is answered by readTarget, with a problem.
    requireHostHeader: false,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: IDLE_CONNECTION_MS,
  })
  serve(server, handlerOf(options, proxy, spans), {
    headers: options.files.securityHeaders,
    connectionsPerClient: options.connectionsPerClient ?? CONNECTIONS_PER_CLIENT,
  })
  await listen(server, options.port)
  const address = server.address()
  return {
    port: address && typeof address === "object" ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          proxy.close()
          resolve(spans?.stop())
        })
        server.closeIdleConnections()
      }),
  }
}

const spansTo = async (otlp: string) => (await import("./request-spans.ts")).requestSpans(otlp)

/** The way of one request that could be read: own answers, route, caller, body, service. Throws RefusedError. */
function handlerOf(
  options: GatewayOptions,
  proxy: ReturnType<typeof createProxy>,
  spans: RequestSpans | undefined,
): Handle {
  const { files } = options
  const matchRoute = routeMatcher(files)
  const admit = admission(options.issuer, files.issuer)
  const limit = options.rateLimited === false ? undefined : rateLimiter(files.rateLimits)
  const readBody = bodyReader(options.bodyTimeoutMs ?? BODY_TIMEOUT_MS)
  const upstreams = new Map(Object.entries(options.upstreams).map(([name, url]) => [name, new URL(url)]))

  const telemetryPlaces = options.telemetry === undefined ? {} : { telemetry: PAGE_SPANS, traces: TRACES }
  const answerStorefront =
    options.storefront && storefrontPages({ ...options.storefront, ...telemetryPlaces }, files.storefront)
  const telemetry = options.telemetry === undefined ? undefined : new URL(options.telemetry)
  const faults = options.faults === undefined ? undefined : new URL(options.faults)

  function published({ pathname }: Target, method: string) {
    const match = matchRoute(pathname)
    const upstream = match && upstreams.get(match.service.name)
    if (!match || !upstream) return unknownRoute(pathname)
    const route = routeOfMethod(match, method)
    if (!route) return wrongMethod(method, allowedMethods(match))
    return { match, upstream, route }
  }

  return async (request, response, about) => {
    const { method = "GET" } = request
    const target = readTarget(request)
    const isRead = method === "GET" || method === "HEAD"
    if (isRead && hasBody(request)) throw bodyOfRead()
    if (isRead && answerHealth(response, target.pathname, options.partStates)) return
    allowCrossOrigin(request, response, files.cors)
    if (answerPreflight(request, response, files.cors)) return
    if (isRead && (await answerDocument(response, target.pathname, options.openApiFile))) return
    if (isRead && answerTelemetry(proxy, telemetry, target, { request, response, about })) return
    if (faults && isForFaults(target)) {
      const read = (limit: number) => readBody(request, response, limit)
      return await answerFaults(proxy, faults, target, { request, response, about }, read)
    }
    const taken = takePageSpans(proxy, readBody, telemetry, target, { request, response, about })
    if (taken) return await taken

    const address = request.socket.remoteAddress ?? ""
    const found = published(target, method)
    if (found instanceof RefusedError) {
      const isService = files.services.some(({ prefix }) => `${target.pathname}/`.startsWith(`${prefix}/`))
      if (isRead && !isService && (await answerStorefront?.(request, response, target.pathname))) return
      limit?.(response, { address })
      throw found
    }
    const { match, upstream, route } = found
    spans?.start({ request, response, about, route: match.service.prefix + route.path })
    const admitted = admit(request.headers, route.access).then(
      (subject) => limit?.(response, { address, subject, route: route.name }),
      (refused) => {
        limit?.(response, { address, route: route.name })
        throw refused
      },
    )
    // A caller that waits for 100 Continue has sent nothing yet; everybody else's body is on its way.
    if (request.headers.expect !== undefined) await admitted
    const [body] = await Promise.all([readBody(request, response, route.maxBodyBytes), admitted])
    proxy.forward({
      request,
      response,
      service: match.service,
      upstream,
      path: match.path + target.search,
      host: target.host,
      body,
      about,
    })
  }
}

/** Lets the server answer every request, also the one that cannot be read, with what the handler says or a problem. */
function serve(
  server: Server,
  handle: Handle,
  { headers, connectionsPerClient }: { headers: Record<string, string>; connectionsPerClient: number },
): void {
  const current = new WeakMap<Socket, { request: IncomingMessage; response: ServerResponse }>()
  const isExcess = connectionBound(server, connectionsPerClient)

  const accept = (request: IncomingMessage, response: ServerResponse) => {
    current.set(request.socket, { request, response })
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (hasBody(request)) discardUnread(request)
    lingerAfter(request, response)
    const header = request.headers.traceparent
    const about = {
      instance: (request.url ?? "/").replace(/^https?:\/\/[^/?#]*/i, "").split("?", 1)[0] || "/",
      traceparent: traceparentOf(typeof header === "string" ? header : undefined),
    }
    const answered = isExcess(request.socket)
      ? Promise.reject(tooManyConnections())
      : handle(request, response, about)
    answered.catch((error: unknown) => {
      if (!response.destroyed) answerProblem(response, problemOf(error), about)
    })
  }
  server.on("request", accept)
  // 100 Continue is sent when the body is wanted, and no other expectation is refused by Node with an empty body.
  server.on("checkContinue", accept)
  server.on("checkExpectation", accept)
  answerMalformed(server, headers, (socket) => {
    const { request, response } = current.get(socket) ?? {}
    return (
      response !== undefined && !response.writableFinished && (response.headersSent || !!request?.complete)
    )
  })
}

/** Closes the connection of a caller who goes on sending although the answer is out. */
function lingerAfter(request: IncomingMessage, response: ServerResponse): void {
  response.once("finish", () => {
    if (request.complete) return
    const timer = setTimeout(() => request.socket.destroy(), LINGER_MS)
    request.once("close", () => clearTimeout(timer))
  })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
}

const unknownRoute = (path: string) =>
  new RefusedError({ status: 404, code: "route.unknown", detail: `Nothing is published at ${path}.` })

const wrongMethod = (method: string, allow: string) =>
  new RefusedError({
    status: 405,
    code: "route.method",
    detail: `There is no ${method} here, only ${allow}.`,
    headers: { allow },
  })

const bodyOfRead = () =>
  new RefusedError({
    status: 400,
    code: "request.body-unexpected",
    detail: "A request to read has no body.",
  })

const tooManyConnections = () =>
  new RefusedError({
    status: 429,
    code: "client.connections",
    detail: "This client has too many connections open.",
    headers: { "retry-after": "1", connection: "close" },
  })

function problemOf(error: unknown): GatewayProblem {
  if (error instanceof RefusedError) return error.problem
  console.error(error)
  return { status: 500, code: "gateway.failed", detail: "The gateway could not handle the request." }
}
