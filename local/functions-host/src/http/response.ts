/** A function's HTTP response written to the client (RawScriptResult and the cookie converter of the host). */
import type { ServerResponse } from "node:http"
import type { HttpResponseData, RpcCookie, TypedData } from "../contract.ts"

/** Headers that only the server may set. */
const ownHeaders = new Set(["content-length", "transfer-encoding", "connection", "keep-alive"])

/** Writes the response; with `undefined` (the function returned nothing) 204 as the host does. */
export function writeFunctionResponse(response: ServerResponse, data: HttpResponseData | undefined): void {
  if (!data) {
    response.writeHead(204).end()
    return
  }
  const status = Number.parseInt(data.statusCode ?? "200", 10)
  for (const [name, value] of Object.entries(data.headers ?? {})) {
    if (!ownHeaders.has(name.toLowerCase())) response.setHeader(name, value)
  }
  if (data.cookies?.length) response.setHeader("set-cookie", data.cookies.map(serializeCookie))
  const body = bodyBytes(data.body)
  response.statusCode = Number.isInteger(status) && status >= 100 && status <= 999 ? status : 200
  const mayHaveBody = response.statusCode >= 200 && response.statusCode !== 204 && response.statusCode !== 304
  if (mayHaveBody) response.setHeader("content-length", body.length)
  response.end(mayHaveBody ? body : undefined)
}

/** The bytes of a body in any form that the protocol allows. */
export function bodyBytes(body: TypedData | undefined): Uint8Array {
  if (body?.bytes) return body.bytes
  const text = body?.string ?? body?.json ?? body?.int ?? body?.double
  return text === undefined || text === null ? new Uint8Array(0) : Buffer.from(String(text))
}

/**
 * A set-cookie header as ASP.NET Core writes it: value escaped, path "/" unless given, attributes in its order.
 */
export function serializeCookie(cookie: RpcCookie): string {
  const parts = [`${cookie.name}=${escapeData(cookie.value)}`]
  const expires = cookie.expires?.value
  if (expires !== undefined && expires !== null) {
    const date = typeof expires === "string" ? new Date(expires) : new Date(expires.seconds * 1000)
    parts.push(`expires=${date.toUTCString()}`)
  }
  const maxAge = cookie.maxAge?.value
  if (maxAge !== undefined && maxAge !== null) parts.push(`max-age=${Math.floor(maxAge)}`)
  if (cookie.domain?.value) parts.push(`domain=${cookie.domain.value}`)
  const path = cookie.path ? cookie.path.value : "/"
  if (path) parts.push(`path=${path}`)
  if (cookie.secure?.value) parts.push("secure")
  const sameSite = { strict: "strict", lax: "lax", explicitnone: "none" }[
    String(cookie.sameSite).toLowerCase()
  ]
  if (sameSite) parts.push(`samesite=${sameSite}`)
  if (cookie.httpOnly?.value) parts.push("httponly")
  return parts.join("; ")
}

/** Uri.EscapeDataString: everything but the unreserved characters of RFC 3986. */
function escapeData(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
