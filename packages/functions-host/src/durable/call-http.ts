/** `context.df.callHttp`: the request that the host sends itself, as the built-in activity of the extension. */

import type { DurableHttpRequest } from "./actions.ts"

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
