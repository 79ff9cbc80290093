import type { ServerResponse } from "node:http"
import { traceIdOf } from "@eshop/building-blocks/http/trace"

const titles = {
  400: "The request is malformed",
  401: "Sign in first",
  403: "Not allowed",
  404: "Not found",
  413: "The request is too large",
  502: "The service gave no proper answer",
  503: "Temporarily not available",
  504: "The service took too long",
} as const

/** An error that the gateway answers itself. */
export interface GatewayProblem {
  status: keyof typeof titles
  code: string
  detail: string
  headers?: Record<string, string>
}

/** The request that a problem is about. */
export interface Occasion {
  instance: string
  traceparent: string
}

/** Answers application/problem+json (RFC 9457) with the trace id; what a service sent before is never mixed in. */
export function answerProblem(response: ServerResponse, problem: GatewayProblem, about: Occasion): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(problem.status, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    ...problem.headers,
  })
  response.end(
    JSON.stringify({
      type: `urn:eshop:problem:${problem.code}`,
      title: titles[problem.status],
      status: problem.status,
      detail: problem.detail,
      instance: about.instance,
      traceId: traceIdOf(about.traceparent),
    }),
  )
}
