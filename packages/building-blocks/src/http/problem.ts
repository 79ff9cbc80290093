import type { HttpResponseInit } from "@azure/functions"
import type { Refusal, RefusalKind } from "@eshop/domain/kernel/refusal"
import type { z } from "zod"

/** The HTTP status of each kind of refusal. */
export const statusOfKind: Record<RefusalKind, number> = {
  "not-found": 404,
  conflict: 409,
  stale: 412,
  rule: 422,
  forbidden: 403,
  "too-many": 429,
  unavailable: 503,
}

/** The title of each status. */
export const titles: Record<number, string> = {
  400: "The request is malformed",
  401: "Sign in first",
  403: "Not allowed",
  404: "Not found",
  409: "Conflict",
  412: "The resource has changed",
  413: "The request is too large",
  415: "Unsupported media type",
  422: "A rule was broken",
  429: "Too many requests",
  500: "Something went wrong on our side",
  503: "Temporarily not available",
}

export type Problem = {
  status: number
  /** Stable and machine-readable; the problem's type URI ends in it. */
  code: string
  detail?: string
  /** Members beyond those of RFC 9457. */
  extra?: Record<string, unknown>
  headers?: Record<string, string>
}

/** Thrown where a request is read: it ends with this problem. */
export class ProblemError extends Error {
  override readonly name = "ProblemError"
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.code)
    this.problem = problem
  }
}

/** An answer in application/problem+json (RFC 9457) with the trace id and without internals. */
export function problem(
  { status, code, detail, extra, headers }: Problem,
  about: { instance: string; traceId: string },
): HttpResponseInit {
  return {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
    body: JSON.stringify({
      type: `urn:eshop:problem:${code}`,
      title: titles[status],
      status,
      ...(detail && { detail }),
      instance: about.instance,
      traceId: about.traceId,
      ...extra,
    }),
  }
}

/** When a refused request is worth another try, in seconds; undefined for one that changes nothing by itself. */
function retryAfter({ kind, data }: Refusal): number | undefined {
  if (kind === "unavailable") return 5
  return kind === "too-many" ? Number(data?.retryAfterSeconds ?? 60) : undefined
}

export function ofRefusal(refusal: Refusal): Problem {
  const seconds = retryAfter(refusal)
  return {
    status: statusOfKind[refusal.kind],
    code: refusal.code,
    detail: refusal.detail,
    ...(refusal.data && { extra: refusal.data }),
    ...(seconds !== undefined && { headers: { "retry-after": String(seconds) } }),
  }
}

/** A problem lists this many failing fields at the most: an answer must not outgrow its request. */
const MAX_ERRORS = 100

/** JSON Pointer (RFC 6901) of a member. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")

/** One member of a request that is wrong. */
export type InvalidField = {
  readonly path: readonly PropertyKey[]
  readonly code: string
  readonly message: string
}

/** A malformed request: one entry per failing field, addressed by JSON Pointer (RFC 6901). */
export const ofInvalidFields = (fields: readonly InvalidField[]): Problem => ({
  status: 400,
  code: "request.invalid",
  detail: "The request does not fit the schema.",
  extra: {
    errors: fields
      .slice(0, MAX_ERRORS)
      .map(({ path, code, message }) => ({ pointer: pointerOf(path), code, message })),
  },
})

/** A failed validation. zod names the object that has unknown members; a client wants to know which they are. */
export const ofInvalidInput = (error: z.ZodError): Problem =>
  ofInvalidFields(
    error.issues.flatMap((issue): InvalidField[] =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({
            path: [...issue.path, key],
            code: issue.code,
            message: "Unknown member",
          }))
        : [issue],
    ),
  )
