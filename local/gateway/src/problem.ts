import { type ServerResponse, STATUS_CODES } from "node:http"
import { traceIdOf } from "./trace.ts"

const titles: Record<number, string> = {
  400: "The request is malformed",
  401: "Sign in first",
  403: "Not allowed",
  404: "Not found",
  408: "The request took too long",
  413: "The request is too large",
  429: "Too many requests",
  500: "Something went wrong",
  502: "The service gave no proper answer",
  503: "Temporarily not available",
  504: "The service took too long",
}

/** What a problem of a status is called. */
export const titleOf = (status: number): string | undefined => titles[status] ?? STATUS_CODES[status]

/** An error that the gateway answers itself. */
export interface GatewayProblem {
  status: number
  code: string
  detail: string
  headers?: Record<string, string>
}

/** A request that the gateway refuses. */
export class RefusedError extends Error {
  readonly problem: GatewayProblem
  constructor(problem: GatewayProblem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** The request that a problem is about. */
export interface Occasion {
  /** Its path; undefined for what could not be read as a request. */
  instance?: string
  traceparent: string
}

/** A problem as application/problem+json (RFC 9457) with the trace id. */
export function problemMessage(problem: GatewayProblem, about: Occasion) {
  const body = JSON.stringify({
    type: `urn:eshop:problem:${problem.code}`,
    title: titleOf(problem.status),
    status: problem.status,
    detail: problem.detail,
    instance: about.instance,
    traceId: traceIdOf(about.traceparent),
  })
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    "cache-control": "no-store",
    ...problem.headers,
  }
  return { headers, body }
}

/** Answers a problem; what a service sent before is never mixed in. */
export function answerProblem(response: ServerResponse, problem: GatewayProblem, about: Occasion): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { headers, body } = problemMessage(problem, about)
  response.writeHead(problem.status, headers)
  response.end(body)
}
