/** Requests to the app's HTTP functions: route, body, invocation, response. */
import { randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { FunctionApp } from "../app.ts"
import type { HttpResponseData, TypedData } from "../contract.ts"
import { FunctionFailedError, WorkerGoneError } from "../contract.ts"
import { type ProxyGate, proxyToWorker, streamTriggerMetadata } from "./proxy.ts"
import { BodyTooLargeError, pathSegments, readBody, toRpcHttp } from "./request.ts"
import { writeFunctionResponse } from "./response.ts"
import { findRoute, type HttpFunction } from "./router.ts"
import { sendStatus } from "./server.ts"

export type HttpFunctionsOptions = {
  routes: readonly HttpFunction[]
  maxBodyBytes: number
  gate: ProxyGate
  /** Whether the request may call the function; always true unless keys are enforced. */
  authorize(request: IncomingMessage, target: HttpFunction): "granted" | "denied"
  warn(message: string): void
  /** Called when a function is to answer, with its name and the trace of the invocation. */
  onInvocation(functionName: string, traceParent: string): void
}

/** Serves a request if a route matches; false when none does. */
export async function serveFunction(
  app: FunctionApp,
  options: HttpFunctionsOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const match = findRoute(options.routes, request.method ?? "GET", pathSegments(request.url ?? "/"))
  if (match.kind === "none") return false
  const { target, params } = match
  if (options.authorize(request, target) === "denied") {
    sendStatus(response, 401)
    return true
  }
  if (target.disabled) {
    sendStatus(response, 404)
    return true
  }
  const invocation = {
    function: target.function,
    reason: "This function was programmatically called via the host APIs.",
    traceContext: traceContext(request),
  }
  options.onInvocation(target.function.name, invocation.traceContext.traceParent)
  try {
    if (app.capabilities.HttpUri) {
      await proxyToWorker({ ...options, request, response }, (onDispatch) =>
        app.invoke({
          ...invocation,
          triggerValue: {},
          triggerMetadata: streamTriggerMetadata(request, params),
          // Not the address of before: this worker may have replaced the one that was asked about streams.
          onDispatch: (invocationId, worker) => onDispatch(invocationId, worker.capabilities.HttpUri ?? ""),
        }),
      )
      return true
    }
    const body = await readBody(request, options.maxBodyBytes)
    if (body && request.headers["content-length"] === undefined) {
      options.warn(
        `${request.method} ${request.url}: a body without Content-Length (chunked) reaches the function here; the ` +
          "real host drops it unless the app enables HTTP streams.",
      )
    }
    const result = await app.invoke({
      ...invocation,
      triggerValue: { http: toRpcHttp(request, params, body) },
    })
    writeFunctionResponse(response, httpOutput(target, result.returnValue, result.outputs))
  } catch (error) {
    if (error instanceof BodyTooLargeError) {
      response.setHeader("connection", "close")
      sendStatus(response, 413)
    } else if (error instanceof FunctionFailedError || error instanceof WorkerGoneError)
      sendStatus(response, 500)
    else throw error
  }
  return true
}

/** The value of the function's `http` output binding, usually the return value. */
function httpOutput(
  target: HttpFunction,
  returnValue: TypedData | undefined,
  outputs: Record<string, TypedData>,
): HttpResponseData | undefined {
  const binding = Object.values(target.function.bindings).find(({ type }) => type.toLowerCase() === "http")
  const value = binding === undefined || binding.name === "$return" ? returnValue : outputs[binding.name]
  if (!value) return undefined
  return value.http ? (value.http as HttpResponseData) : { statusCode: "200", body: value }
}

function traceContext(request: IncomingMessage): { traceParent: string; traceState?: string } {
  const parent = request.headers.traceparent
  const match =
    typeof parent === "string" && /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(parent)
  // The host's own span is the parent of the invocation, in the caller's trace if there is one.
  const spanId = randomUUID().replaceAll("-", "").slice(0, 16)
  const traceId = match ? match[1] : randomUUID().replaceAll("-", "")
  const state = request.headers.tracestate
  return {
    traceParent: `00-${traceId}-${spanId}-${match ? match[2] : "00"}`,
    ...(match && state !== undefined && { traceState: String(state) }),
  }
}
