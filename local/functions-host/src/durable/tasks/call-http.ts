/**
 * `context.df.callHttp`: the request that the host sends itself, as the built-in activity of the extension, and the
 * requests that poll a 202 answer.
 */

import type { DurableHttpRequest } from "../protocol/actions.ts"

/** Name of the activity that the host runs itself for `context.df.callHttp`. */
export const httpActivityName = "BuiltIn::HttpActivity"

/**
 * Sends the request; any status code is an answer, network errors throw.
 * @returns `{ statusCode, headers, content }` as JSON text
 */
export async function callHttp(argument: unknown): Promise<string> {
  const request = argument as DurableHttpRequest
  if (request.tokenSource) {
    throw new Error("callHttp with a tokenSource needs a managed identity, which exists in Azure only.")
  }
  const headers = new Headers(request.headers ?? {})
  if (headers.get("content-type")?.includes("multipart")) {
    throw new Error("Multipart content is not supported with CallHttpAsync.")
  }
  const hasBody = request.content !== undefined && request.content !== null
  if (hasBody && !headers.has("content-type")) headers.set("content-type", "text/plain; charset=utf-8")
  const response = await fetch(request.uri, {
    method: request.method.toUpperCase(),
    headers,
    ...(hasBody ? { body: request.content as string } : {}),
  })
  return JSON.stringify({
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    content: await response.text(),
  })
}

/**
 * The request that polls for the outcome of one that was answered with 202 and a location; undefined when the answer
 * is final. `retryAfter` in milliseconds, if the answer names it.
 * @param result the answer as `callHttp` returned it
 */
export function pollingRequest(
  request: DurableHttpRequest,
  result: string | null | undefined,
): { poll: DurableHttpRequest; retryAfter?: number } | undefined {
  const answer = JSON.parse(result ?? "null") as {
    statusCode?: number
    headers?: Record<string, string>
  } | null
  if (answer?.statusCode !== 202) return undefined
  const header = (name: string): string | undefined => {
    const key = Object.keys(answer.headers ?? {}).find((candidate) => candidate.toLowerCase() === name)
    return key === undefined ? undefined : answer.headers?.[key]
  }
  const location = header("location")
  if (!location) return undefined
  const { content: _, ...rest } = request
  const uri = new URL(location, request.uri).href
  const seconds = Number(header("retry-after"))
  return {
    poll: { ...rest, method: "GET", uri, headers: withoutKey(request) },
    ...(seconds > 0 ? { retryAfter: seconds * 1000 } : {}),
  }
}

/** The function key of the first request does not fit the status endpoint and is not sent there. */
function withoutKey(request: DurableHttpRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers ?? {}).filter(([name]) => name.toLowerCase() !== "x-functions-key"),
  )
}
