import { createHash } from "node:crypto"
import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions"
import { isRefusal } from "@eshop/domain/refusal"
import type { z } from "zod"
import { DependencyUnavailableError, isTextRefused, isUnavailable } from "../failure.ts"
import { InvalidTokenError, type TokenVerifier } from "../identity/verify-token.ts"
import { newId } from "../ids.ts"
import type { CallContext, Caller, Tx, UnitOfWork, UseCase } from "../use-case.ts"
import type { Answer, RequestLog } from "./idempotency.ts"
import { unacceptableFields } from "./plain-input.ts"
import { ofInvalidFields, ofInvalidInput, ofRefusal, type Problem, problem } from "./problem.ts"
import { traceIdOf, traceparentOf } from "./trace.ts"

/** Who may call a route: anybody, whoever is signed in, or holders of a role. */
export type Access = "anyone" | "signed-in" | { readonly role: string }

/** How a result becomes an HTTP answer. */
export type Answers<Out> = (result: Out) => {
  status: number
  body?: unknown
  /** The version that If-Match must name to change this again. */
  version?: number
  headers?: Record<string, string>
}

export type RouteOptions<Out> = {
  readonly access: Access
  readonly answers: Answers<Out>
  /** The client must send an Idempotency-Key: its first answer is recorded with the effect and given again. */
  readonly idempotent?: boolean
}

type Method = "GET" | "POST" | "PUT" | "DELETE"

export type HttpEdge = {
  /**
   * Registers a route. The use case's input is one object of the body's members, the query's and the route's
   * parameters; where names clash the route wins.
   */
  route<In extends z.ZodType, Out>(
    method: Method,
    route: string,
    useCase: UseCase<In, Out>,
    options: RouteOptions<Out>,
  ): void
}

export type HttpEdgeParts = {
  readonly tokens: TokenVerifier
  /** Absent in a context that keeps no relational store: its use cases do not call `transact`. */
  readonly unitOfWork?: UnitOfWork
  readonly requestLog?: RequestLog
}

const MAX_BODY_BYTES = 1_048_576
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/

class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.code)
    this.problem = problem
  }
}

/** Somebody else's transaction has recorded the answer of this key. */
class AnsweredBefore extends Error {}

async function readBody(request: HttpRequest): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  const bytes = Buffer.from(await request.arrayBuffer())
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge()
  if (bytes.length === 0) return undefined
  const type = request.headers.get("content-type") ?? ""
  if (!/^application\/(json|[\w.-]+\+json)\b/i.test(type))
    throw new ProblemError({ status: 415, code: "request.media-type", detail: "Send application/json." })
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    throw new ProblemError({
      status: 400,
      code: "request.malformed",
      detail: "The body is not JSON in UTF-8.",
    })
  }
}

const tooLarge = () =>
  new ProblemError({
    status: 413,
    code: "request.too-large",
    detail: `A body may have ${MAX_BODY_BYTES} bytes at the most.`,
  })

async function readInput(method: Method, request: HttpRequest): Promise<unknown> {
  const body = method === "POST" || method === "PUT" ? ((await readBody(request)) ?? {}) : {}
  // What is not an object goes to the schema as it is: the answer then names the wrong type.
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body
  return { ...Object.fromEntries(request.query), ...body, ...request.params }
}

function admit(caller: Caller, access: Access): void {
  if (access === "anyone") return
  if (caller.kind === "anonymous")
    throw new ProblemError({
      status: 401,
      code: "auth.required",
      detail: "Send a bearer token.",
      headers: { "www-authenticate": "Bearer" },
    })
  if (access !== "signed-in" && !caller.roles.includes(access.role))
    throw new ProblemError({
      status: 403,
      code: "auth.role-missing",
      detail: `This needs the role '${access.role}'.`,
    })
}

function readIfMatch(request: HttpRequest): number | undefined {
  const header = request.headers.get("if-match")
  if (header === null || header === "*") return undefined
  const version = /^"(\d{1,15})"$/.exec(header)?.[1]
  if (!version)
    throw new ProblemError({
      status: 400,
      code: "request.if-match",
      detail: 'Send If-Match as the ETag you got: "7".',
    })
  return Number(version)
}

function readIdempotencyKey(request: HttpRequest): string {
  const key = request.headers.get("idempotency-key")
  if (key === null || !IDEMPOTENCY_KEY.test(key))
    throw new ProblemError({
      status: 400,
      code: "idempotency-key.missing",
      detail: "Send an Idempotency-Key of 1 to 128 visible ASCII characters.",
    })
  return key
}

const toAnswer = <Out>(answers: Answers<Out>, result: Out): Answer => {
  const { status, body, version, headers } = answers(result)
  return {
    status,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(version !== undefined && { etag: `"${version}"` }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  }
}

const toResponse = ({ status, headers, body }: Answer): HttpResponseInit => ({
  status,
  headers,
  ...(body !== null && { body }),
})

/** What an unexpected throw tells the client: that a dependency is out, or nothing. */
function ofFailure(error: unknown, log: (message: string) => void): Problem {
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
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  if (!isUnavailable(error)) return { status: 500, code: "internal" }
  return {
    status: 503,
    code: "dependency.unavailable",
    detail: `${error instanceof DependencyUnavailableError ? error.dependency : "A dependency"} does not answer; try again.`,
    headers: { "retry-after": "2" },
  }
}

/**
 * The edge between HTTP triggers and use cases. Every call goes the same way: who calls → may they → is the input
 * right → was this key answered before → handle → map the result or the refusal.
 */
export function httpEdge({ tokens, unitOfWork, requestLog }: HttpEdgeParts): HttpEdge {
  const transact = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    if (!unitOfWork) throw new Error("this app has no transactional store")
    return unitOfWork.transaction(work)
  }

  async function answer<In extends z.ZodType, Out>(
    method: Method,
    useCase: UseCase<In, Out>,
    options: RouteOptions<Out>,
    request: HttpRequest,
    traceparent: string,
  ): Promise<Answer | Problem> {
    const caller = await tokens.verify(request.headers.get("authorization"))
    admit(caller, options.access)
    const raw = await readInput(method, request)
    const unacceptable = unacceptableFields(raw)
    if (unacceptable.length > 0) return ofInvalidFields(unacceptable)
    const ifMatch = readIfMatch(request)
    const call: CallContext = {
      now: new Date(),
      newId,
      caller,
      traceparent,
      ...(ifMatch !== undefined && { ifMatch }),
      transact,
    }
    const handle = async (context: CallContext): Promise<Answer | Problem> => {
      const input = useCase.input.safeParse(raw)
      if (!input.success) return ofInvalidInput(input.error)
      const result = await useCase.handle(input.data, context)
      return isRefusal(result) ? ofRefusal(result) : toAnswer(options.answers, result)
    }
    if (!options.idempotent) return await handle(call)
    if (!requestLog) throw new Error("this app keeps no request log")

    const key = readIdempotencyKey(request)
    const scope = `${useCase.name} ${caller.kind === "user" ? caller.id : ""}`
    const requestHash = createHash("sha256").update(JSON.stringify(raw)).digest("hex")
    const replay = async (): Promise<Answer | Problem | undefined> => {
      const recorded = await requestLog.find(scope, key)
      if (!recorded) return undefined
      if (recorded.requestHash === requestHash) return recorded
      return {
        status: 422,
        code: "idempotency-key.reused",
        detail: "This Idempotency-Key was used with another request.",
      }
    }
    const before = await replay()
    if (before) return before
    const once: CallContext = {
      ...call,
      transact: <T>(work: (tx: Tx) => Promise<T>) =>
        transact(async (tx) => {
          if (!(await requestLog.claim(tx, scope, key, requestHash))) throw new AnsweredBefore()
          const result = await work(tx)
          if (!isRefusal(result))
            await requestLog.record(tx, scope, key, toAnswer(options.answers, result as never))
          return result
        }),
    }
    try {
      const first = await handle(once)
      // A call with the same key may have succeeded meanwhile, which is why this one was refused (its cart is closed).
      return "code" in first ? ((await replay()) ?? first) : first
    } catch (error) {
      if (!(error instanceof AnsweredBefore)) throw error
      const recorded = await replay()
      if (!recorded) throw new Error("the recorded answer is gone")
      return recorded
    }
  }

  return {
    route(method, route, useCase, options) {
      app.http(useCase.name.replaceAll(".", "-"), {
        methods: [method],
        route,
        authLevel: "anonymous",
        handler: async (request: HttpRequest, context: InvocationContext) => {
          const traceparent = traceparentOf(
            request.headers.get("traceparent"),
            context.traceContext?.traceParent,
          )
          const about = { instance: new URL(request.url).pathname, traceId: traceIdOf(traceparent) }
          try {
            const outcome = await answer(method, useCase, options, request, traceparent)
            return "code" in outcome ? problem(outcome, about) : toResponse(outcome)
          } catch (error) {
            return problem(
              ofFailure(error, (message) => context.error(message)),
              about,
            )
          }
        },
      })
    },
  }
}
