import {
  BrokenCircuitError,
  ExponentialBackoff,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from "cockatiel"
import { DependencyUnavailableError } from "../failure.ts"
import type { ServiceToken } from "../identity/service-token.ts"
import { traceMember } from "../telemetry/ambient.ts"
import { clientCall, type RunningCall } from "../telemetry/client-call.ts"
import { answeredWith, httpCall } from "../telemetry/http-call.ts"
import { circuit, failures } from "./circuit.ts"

export type ServiceRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** Below the base address, whose own path stays in front. */
  readonly path: string
  /** The path without what differs from request to request, where the name of its span is to say it. */
  readonly template?: string
  readonly headers?: Record<string, string>
  readonly body?: string | URLSearchParams
}

export type ServiceResponse = { readonly status: number; readonly headers: Headers; readonly text: string }

export type ServiceClient = {
  /**
   * Sends the request. GET, PUT and DELETE, and POST with an Idempotency-Key, are repeated when the other side is out.
   * @returns the answer, whatever its status below 500
   * @throws DependencyUnavailableError when it cannot be had in time, or the circuit is open
   */
  send(request: ServiceRequest): Promise<ServiceResponse>
}

class ServerError extends Error {}

/**
 * An HTTP client of another service: timeout per attempt, two repetitions with jitter, circuit breaker. A token that the
 * service takes for invalid is exchanged for another one, once.
 * @param options.timeoutMs how long one attempt may take
 */
export function serviceClient(options: {
  name: string
  baseUrl: string
  token?: ServiceToken
  apiKey?: string
  timeoutMs?: number
}): ServiceClient {
  const baseUrl = options.baseUrl.replace(/\/$/, "")
  const breaker = circuit()
  const perAttempt = timeout(options.timeoutMs ?? 3_000, TimeoutStrategy.Aggressive)
  const unrepeated = wrap(breaker, perAttempt)
  const repeated = wrap(
    retry(failures, { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 500 }) }),
    breaker,
    perAttempt,
  )

  async function attempt(
    request: ServiceRequest,
    signal: AbortSignal,
    call: RunningCall,
  ): Promise<ServiceResponse> {
    if (options.apiKey || !options.token) return await ask(request, options.apiKey, signal, call)
    const token = await options.token.get()
    const answer = await ask(request, token, signal, call)
    if (answer.status !== 401) return answer
    // Nothing was done. Its issuer may have got another key since.
    const another = await options.token.get(token)
    return another === token ? answer : await ask(request, another, signal, call)
  }

  async function ask(
    request: ServiceRequest,
    authorization: string | undefined,
    signal: AbortSignal,
    call: RunningCall,
  ): Promise<ServiceResponse> {
    const response = await fetch(`${baseUrl}${request.path}`, {
      method: request.method,
      headers: {
        accept: "application/json",
        ...(typeof request.body === "string" && { "content-type": "application/json" }),
        ...(authorization && { authorization: `Bearer ${authorization}` }),
        ...traceMember(),
        ...request.headers,
      },
      ...(request.body !== undefined && { body: request.body }),
      // None of the services sends anybody elsewhere, and the token goes nowhere else.
      redirect: "error",
      signal,
    })
    const text = await response.text()
    answeredWith(call, response.status)
    if (response.status >= 500) throw new ServerError(`${options.name} answered ${response.status}`)
    return { status: response.status, headers: response.headers, text }
  }

  return {
    async send(request) {
      const mayRepeat = request.method !== "POST" || request.headers?.["idempotency-key"] !== undefined
      const policy = mayRepeat ? repeated : unrepeated
      try {
        return await policy.execute(({ signal }) =>
          clientCall(
            () => httpCall(options.name, baseUrl, request),
            (call) => attempt(request, signal, call),
          ),
        )
      } catch (error) {
        if (
          error instanceof BrokenCircuitError ||
          error instanceof TaskCancelledError ||
          error instanceof ServerError ||
          error instanceof TypeError ||
          (error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError"))
        )
          throw new DependencyUnavailableError(options.name, error)
        throw error
      }
    },
  }
}
