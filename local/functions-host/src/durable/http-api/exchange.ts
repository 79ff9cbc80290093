/** Requests and answers of the task hub's HTTP API. */

export type ApiRequest = {
  method: string
  /** Path below the prefix as sent, segments still encoded. */
  path: string
  query: URLSearchParams
  /** Absolute URL as the client sent it. */
  url: string
  header(name: string): string | undefined
  body: string
  signal: AbortSignal
  /** The caller is the client library: a first status query may wait for an instance that is about to end. */
  isRpc: boolean
}

export type ApiResponse = { status: number; headers?: Record<string, string>; body?: string }

/** The caller's fault; answered with 400. */
export class BadRequestError extends Error {}

/** A JSON answer. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): ApiResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  }
}

/** An error as the extension words it. */
export function error(status: number, message: string, cause?: Error): ApiResponse {
  return json(status, {
    Message: message,
    ...(cause ? { ExceptionMessage: cause.message, ExceptionType: cause.name, StackTrace: null } : {}),
  })
}
