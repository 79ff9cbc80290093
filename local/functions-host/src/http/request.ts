/** An incoming HTTP request as the worker protocol carries it (GrpcMessageConversionExtensions.ToRpcHttp of the host). */
import type { IncomingMessage } from "node:http"
import type { HttpRequestData, NullableString } from "../contract.ts"

/** The body was larger than the limit. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError"
}

/**
 * The absolute URL as the client sent it. A proxy on this machine (the local gateway) is believed what scheme and
 * host the client used, so that URLs made from this one lead back through it.
 */
export function requestUrl(request: IncomingMessage): string {
  const target = request.url ?? "/"
  if (/^https?:\/\//i.test(target)) return target
  return `${forwardedOrigin(request) ?? `http://${request.headers.host || "localhost"}`}${target}`
}

function forwardedOrigin(request: IncomingMessage): string | undefined {
  const host = firstForwarded(request, "x-forwarded-host")
  if (!host || !/^[\w.:[\]-]+$/.test(host) || !isLoopback(request.socket.remoteAddress)) return undefined
  const scheme = firstForwarded(request, "x-forwarded-proto") === "https" ? "https" : "http"
  return URL.parse(`${scheme}://${host}`)?.origin
}

/** Each proxy adds its value at the end: the first is the client's. */
function firstForwarded(request: IncomingMessage, name: string): string | undefined {
  return request.headersDistinct[name]?.join(",").split(",")[0]?.trim()
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address)
}

/**
 * Splits a path into decoded segments; a slash at the end does not count. `%2F` stays as it is, as in ASP.NET.
 */
export function pathSegments(target: string): string[] {
  const end = target.search(/[?#]/)
  const path = (end < 0 ? target : target.slice(0, end)).replace(/^https?:\/\/[^/]*/i, "")
  const trimmed = path.replace(/^\//, "").replace(/\/$/, "")
  return trimmed === "" ? [] : trimmed.split("/").map(decodeSegment)
}

function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment
  try {
    return decodeURIComponent(segment.replace(/%2f/gi, "%252F"))
  } catch {
    return segment
  }
}

/** Reads the whole body. Throws BodyTooLargeError without reading on; undefined when the request has no body. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  const declared = request.headers["content-length"]
  if (declared !== undefined && Number(declared) > limit)
    throw new BodyTooLargeError("Request body too large.")
  if (declared === undefined && request.headers["transfer-encoding"] === undefined) return undefined
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > limit) throw new BodyTooLargeError("Request body too large.")
    chunks.push(chunk as Buffer)
  }
  if (length === 0) return undefined
  // An own buffer: a slice of Node's pool would be cloned to the worker together with the whole pool.
  const body = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return body
}

/** The headers, names in lower case, repeated ones joined with a comma. */
export function nullableHeaders(request: IncomingMessage): Record<string, NullableString> {
  const headers: Record<string, NullableString> = {}
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values) headers[name] = { value: values.join(name === "cookie" ? "; " : ",") }
  }
  return headers
}

/** The query's parameters, repeated ones joined with a comma. */
export function nullableQuery(url: string): Record<string, NullableString> {
  const query: Record<string, NullableString> = {}
  const start = url.indexOf("?")
  if (start < 0) return query
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const known = query[name]
    query[name] = { value: known ? `${known.value},${value}` : value }
  }
  return query
}

/** The whole request for the worker. */
export function toRpcHttp(
  request: IncomingMessage,
  params: Record<string, string>,
  body: Uint8Array | undefined,
): HttpRequestData {
  const url = requestUrl(request)
  return {
    method: request.method ?? "GET",
    url,
    nullableHeaders: nullableHeaders(request),
    nullableQuery: nullableQuery(url),
    nullableParams: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { value }])),
    ...(body && { body: { bytes: body } }),
  }
}
