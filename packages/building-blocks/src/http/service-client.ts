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
import { circuit, failures } from "./circuit.ts"

export type ServiceRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** Below the base address, whose own path stays in front. */
  readonly path: string
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
 * An HTTP client of another service: timeout per attempt, two repetitions with jitter, circuit breaker.
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

  async function attempt(request: ServiceRequest, signal: AbortSignal): Promise<ServiceResponse> {
    const authorization = options.apiKey ?? (await options.token?.get())
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
      signal,
    })
    const text = await response.text()
    if (response.status >= 500) throw new ServerError(`${options.name} answered ${response.status}`)
    return { status: response.status, headers: response.headers, text }
  }

  return {
    async send(request) {
      const mayRepeat = request.method !== "POST" || request.headers?.["idempotency-key"] !== undefined
      const policy = mayRepeat ? repeated : unrepeated
      try {
        return await policy.execute(({ signal }) => attempt(request, signal))
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
