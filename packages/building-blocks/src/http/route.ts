import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions"
import { SpanKind } from "@opentelemetry/api"
import * as z from "zod"
import type { FileOptions, Route } from "../app/app.ts"
import type { Caller } from "../app/call.ts"
import type { Invoke, Outcome, Request } from "../app/invoke.ts"
import { DependencyUnavailableError, isTextRefused, isUnavailable } from "../failure.ts"
import type { GuestTokens } from "../identity/guest-token.ts"
import type { OrderTokens } from "../identity/order-token.ts"
import { InvalidTokenError, type TokenVerifier } from "../identity/verify-token.ts"
import { faasAttributes } from "../telemetry/faas.ts"
import { log } from "../telemetry/log.ts"
import { record } from "../telemetry/metrics.ts"
import { isReported } from "../telemetry/observe.ts"
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_SCHEME,
} from "../telemetry/semantic-conventions.ts"
import { inSpan, type RunningSpan } from "../telemetry/spans.ts"
import { traceIdOf, traceparentOf } from "../telemetry/traceparent.ts"
import { readBytes, readJson, requireType } from "./body.ts"
import { cardDataAround, cardDataIn, cardDataInBytes } from "./card-data.ts"
import { deprecationHeaders } from "./deprecation.ts"
import { forgottenGuest, type Guest, newGuest, ORDER_HEADER, readGuest, readOrder } from "./guest.ts"
import { readIdempotencyKey } from "./idempotency-key.ts"
import { unacceptableFields } from "./plain-input.ts"
import { etagOf, isKnown, readIfMatch } from "./preconditions.ts"
import {
  type InvalidField,
  ofInvalidFields,
  ofInvalidInput,
  ofRefusal,
  type Problem,
  ProblemError,
  problem,
} from "./problem.ts"

/** What a use case of a `raw` route gets: the request as it came. */
export const RawRequest = z.object({
  bytes: z.instanceof(Buffer),
  /** Names in lower case. */
  headers: z.record(z.string(), z.string()),
  params: z.record(z.string(), z.string()),
})

/** The names of a route's path parameters. */
export const parametersOf = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)

/** What the path's `{id}` is one of: `order` of `orders/{id}/invoice`; undefined where it has none. */
export function resourceOf(path: string): string | undefined {
  const plural = /(?:^|\/)([\w-]+)\/\{id\}/.exec(path)?.[1]
  return plural
    ?.replace(/(?:(ie)s|s)$/, (_, ies?: string) => (ies ? "y" : ""))
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Whether the input's other members come from the query instead of the body. */
export const readsQuery = ({ method }: Route): boolean => method === "GET" || method === "DELETE"

async function readInput(route: Route, request: HttpRequest): Promise<unknown> {
  // The platform may add the query to the parameters.
  const params = Object.fromEntries(
    parametersOf(route.path).map((name) => [name, request.params[name] ?? ""]),
  )
  if (route.raw) {
    if (route.contentType) requireType(request, route.contentType)
    return {
      bytes: await readBytes(request, route.maxBodyBytes),
      headers: Object.fromEntries(request.headers),
      params,
    }
  }
  if (readsQuery(route)) {
    const query = Object.fromEntries(request.query)
    // A link may carry members that somebody else put there (`utm_source`); a change takes nothing that it does not know.
    const known = new Set(Object.keys((route.useCase.input as z.ZodObject).shape))
    const members = Object.entries(query).filter(([name]) => route.method === "DELETE" || known.has(name))
    return { ...refuseParameters(route, Object.fromEntries(members)), ...params }
  }
  const body = await readJson(request, route.maxBodyBytes, route.method === "PATCH")
  // What is not an object goes to the schema as it is: the answer then names the wrong type.
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body
  return { ...refuseParameters(route, body), ...params }
}

/** What no use case should ever see. */
function unacceptableMembers(route: Route, input: unknown): InvalidField[] {
  if (route.raw) {
    const { bytes, params } = input as z.infer<typeof RawRequest>
    return [...cardDataIn(params), ...cardDataInBytes(bytes)]
  }
  const unacceptable = unacceptableFields(input)
  return unacceptable.length > 0 ? unacceptable : cardDataIn(input)
}

/** A member that the path names is said there and nowhere else. */
function refuseParameters(route: Route, members: object): object {
  const twice = parametersOf(route.path).filter((name) => Object.hasOwn(members, name))
  if (twice.length > 0)
    throw new ProblemError(
      ofInvalidFields(
        twice.map(
          (name): InvalidField => ({
            path: [name],
            code: "unrecognized_keys",
            message: "The path says this member",
          }),
        ),
      ),
    )
  return members
}

/** What an unexpected throw tells the client: that a dependency is out, or nothing. */
function ofFailure(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof InvalidTokenError)
    return {
      status: 401,
      code: "auth.invalid-token",
      detail: "The bearer token is not valid.",
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    }
  if (isTextRefused(error))
    return { status: 400, code: "request.text", detail: "A text of the request cannot be stored." }
  if (!isUnavailable(error)) return { status: 500, code: "internal" }
  return {
    status: 503,
    code: "dependency.unavailable",
    detail: `${error instanceof DependencyUnavailableError ? error.dependency : "A dependency"} does not answer; try again.`,
    headers: { "retry-after": "2" },
  }
}

/** Every outcome short of a success, as a problem. */
function ofOutcome(outcome: Exclude<Outcome, { type: "done" }>): Problem {
  switch (outcome.type) {
    case "refused":
      return ofRefusal(outcome.refusal)
    case "invalid":
      return ofInvalidInput(outcome.error)
    case "unauthenticated":
      return {
        status: 401,
        code: "auth.required",
        detail: "Send a bearer token.",
        headers: { "www-authenticate": "Bearer" },
      }
    case "forbidden":
      return { status: 403, code: "auth.forbidden", detail: `This needs ${outcome.needs}.` }
    case "key-reused":
      return {
        status: 422,
        code: "idempotency-key.reused",
        detail: "This Idempotency-Key was used with another request.",
      }
    case "in-flight":
      return {
        status: 409,
        code: "idempotency-key.in-flight",
        detail: "A request with this Idempotency-Key is under way.",
        headers: { "retry-after": "1" },
      }
  }
}

/** A page as newline-delimited JSON. The link to the next one is relative: only a gateway knows what it is reached by. */
function toLines(route: Route, request: HttpRequest, page: Page): HttpResponseInit {
  const query = new URLSearchParams([...request.query])
  if (page.nextCursor !== null) query.set("cursor", page.nextCursor)
  return {
    status: route.status,
    headers: {
      "content-type": "application/x-ndjson",
      "cache-control":
        route.maxAgeSeconds === undefined ? "no-store" : `public, max-age=${route.maxAgeSeconds}`,
      ...(page.nextCursor !== null && { link: `<?${query}>; rel="next"` }),
    },
    body: page.lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  }
}
type Page = { readonly lines: readonly unknown[]; readonly nextCursor: string | null }

/** What tells one caller from another: a copy made for one is not given to the next. */
const CALLER_HEADERS = "authorization, cookie, x-guest-token, x-order-token"

/**
 * How long an answer may be kept. One with a version is asked about each time; what is somebody's own is in nobody
 * else's copy, and without a version in none at all.
 */
function cachingOf(route: Route, { headers }: HttpRequest, etag: string | undefined): Record<string, string> {
  const isPublic = route.access === "anyone" && route.method === "GET"
  if (!etag) return isPublic ? {} : { "cache-control": "no-store" }
  if (!isPublic) return { vary: CALLER_HEADERS, "cache-control": "private, no-cache" }
  return {
    vary: "authorization",
    "cache-control": headers.has("authorization") ? "private, no-cache" : "no-cache",
  }
}

/** Of a file: nobody takes it for anything else, and nothing in it runs. */
const headersOf = ({ contentType, maxAge }: FileOptions): Record<string, string> => ({
  "content-type": contentType,
  "cache-control": maxAge === undefined ? "private, no-store" : `public, max-age=${maxAge}`,
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
})

function toResponse(
  route: Route,
  request: HttpRequest,
  { result, replayed }: Extract<Outcome, { type: "done" }>,
  guestHeaders: Readonly<Record<string, string>>,
): HttpResponseInit {
  if (route.lines) return toLines(route, request, result as Page)
  const etag = route.etag === undefined ? undefined : etagOf((result as Record<string, unknown>)[route.etag])
  const headers = {
    ...(etag && { etag }),
    ...cachingOf(route, request, etag),
    ...(route.location && { location: route.location(result as never) }),
    ...(replayed && { "idempotent-replayed": "true" }),
    ...guestHeaders,
  }
  if (etag && route.method === "GET" && isKnown(request, etag)) return { status: 304, headers }
  if (result === undefined) return { status: route.status, headers }
  if (route.file) return { status: route.status, headers: headersOf(route.file), body: String(result) }
  return {
    status: route.status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(result),
  }
}

/** What every answer of a route says, also where no gateway stands before the app. */
function withRouteHeaders({ deprecated }: Route, answer: HttpResponseInit): HttpResponseInit {
  const own = answer.headers as Record<string, string>
  const notice = deprecated && deprecationHeaders(deprecated)
  const link = [own.link, notice?.link].filter((value) => value !== undefined).join(", ")
  return {
    ...answer,
    headers: { ...own, "x-content-type-options": "nosniff", ...notice, ...(link && { link }) },
  }
}

/** The handler of a route's HTTP trigger: reads the request, calls the use case, answers. */
export function routeHandler(
  route: Route,
  parts: {
    /** The app's name: its routes lie behind it (`/basket/cart`), and an app by itself does not see that. */
    readonly app: string
    readonly invoke: Invoke
    readonly tokens: TokenVerifier
    readonly guests?: GuestTokens
    readonly orderTokens?: OrderTokens
  },
) {
  const idOf = resourceOf(route.path)
  /** Who calls; a guest is told of in the answer where there is something to tell. */
  async function identify(request: HttpRequest): Promise<{ caller: Caller; guest?: Guest }> {
    const caller = await parts.tokens.verify(request.headers.get("authorization"))
    const { guests, orderTokens } = parts
    const now = new Date()
    // Before anybody's own name: who is signed in may have ordered as a guest.
    const order = route.access === "order" && orderTokens ? readOrder(orderTokens, request, now) : undefined
    if (order) return { caller: order }
    if (!guests || (caller.kind !== "customer" && caller.kind !== "anonymous")) return { caller }
    const known = readGuest(guests, request, now)
    if (caller.kind === "customer") {
      if (!known) return { caller }
      const was = { caller: { ...caller, guest: known.id } }
      return route.endsGuest ? { ...was, guest: { id: known.id, headers: forgottenGuest(request) } } : was
    }
    const becomesGuest = route.access === "shopper" && route.method !== "GET"
    const guest = known ?? (becomesGuest ? newGuest(guests, request, now) : undefined)
    return guest ? { caller: { kind: "guest", id: guest.id }, guest } : { caller }
  }

  /** A guest's token for the order: made for each answer, so that none lies among the answers that are kept. */
  const orderHeader = (caller: Caller, result: unknown): Record<string, string> =>
    route.orderToken && parts.orderTokens && caller.kind === "guest"
      ? { [ORDER_HEADER]: parts.orderTokens.issue(route.orderToken(result as never), new Date()) }
      : {}

  async function read(request: HttpRequest): Promise<Request> {
    const ifMatch = readIfMatch(request)
    const idempotencyKey = route.idempotent ? readIdempotencyKey(request) : undefined
    const input = await readInput(route, request)
    const unacceptable = [...cardDataAround(request), ...unacceptableMembers(route, input)]
    if (unacceptable.length > 0) throw new ProblemError(ofInvalidFields(unacceptable))
    return {
      input,
      ...(ifMatch && { ifMatch }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    }
  }

  async function answer(request: HttpRequest, context: InvocationContext, traceparent: string) {
    const { caller, guest } = await identify(request)
    const outcome = await parts.invoke({
      useCase: route.useCase,
      trigger: "http",
      caller,
      access: route.access,
      read: () => read(request),
      traceparent,
      context,
      ...(idOf && { idOf }),
    })
    if (outcome.type !== "done") return ofOutcome(outcome)
    return toResponse(route, request, outcome, { ...guest?.headers, ...orderHeader(caller, outcome.result) })
  }

  async function serve(request: HttpRequest, context: InvocationContext, span: RunningSpan) {
    const started = performance.now()
    const about = {
      instance: `/${parts.app}${new URL(request.url).pathname}`,
      traceId: traceIdOf(span.traceparent),
    }
    const outcome = await answer(request, context, span.traceparent).catch((error): Problem => {
      const failure = ofFailure(error)
      if (failure.status === 500 && !isReported(error)) log.error("a request has failed", { error })
      return failure
    })
    const answered = withRouteHeaders(route, "code" in outcome ? problem(outcome, about) : outcome)
    const { status = 200 } = answered
    const error = "code" in outcome && status >= 500 ? outcome.code : undefined
    span.set({ [ATTR_HTTP_RESPONSE_STATUS_CODE]: status })
    if (error !== undefined) span.fail(error)
    record("http.server.request.duration", (performance.now() - started) / 1_000, {
      [ATTR_HTTP_REQUEST_METHOD]: request.method,
      [ATTR_HTTP_ROUTE]: `/${route.path}`,
      [ATTR_HTTP_RESPONSE_STATUS_CODE]: status,
      ...(error !== undefined && { [ATTR_ERROR_TYPE]: error }),
    })
    return answered
  }

  // Its path, which may name a customer, is not told.
  const attributesOf = (request: HttpRequest, context: InvocationContext) => ({
    [ATTR_HTTP_REQUEST_METHOD]: request.method,
    [ATTR_HTTP_ROUTE]: `/${route.path}`,
    [ATTR_URL_SCHEME]: new URL(request.url).protocol.slice(0, -1),
    ...faasAttributes("http", context),
  })

  return (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> =>
    inSpan(
      {
        name: `${request.method} /${route.path}`,
        kind: SpanKind.SERVER,
        traceparent: traceparentOf(request.headers.get("traceparent"), context.traceContext?.traceParent),
        attributes: attributesOf(request, context),
        invocation: context,
      },
      (span) => serve(request, context, span),
    )
}
