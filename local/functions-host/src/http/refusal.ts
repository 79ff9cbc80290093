/**
 * Requests that the host refuses before anything looks at them: a malformed Host as Kestrel does, and what a page of
 * another site can make a browser on this machine send (cross-site POST, DNS rebinding). Keys are off by default, so
 * without this every page in the developer's browser could run functions and end orchestrations.
 */
import type { IncomingMessage } from "node:http"

export type Refusal = { status: 400 | 403; reason: string }

/** Host names, besides those of this machine, and origins that may send requests; "*" in either is all. */
export type Allowed = { hosts: ReadonlySet<string>; origins: ReadonlySet<string> | undefined }

/** Why the request is refused; undefined when it is served. */
export function refusal(request: IncomingMessage, allowed: Allowed): Refusal | undefined {
  const host = request.headersDistinct.host ?? []
  const name = hostName(host[0] ?? "")
  if (host.length > 1 || name === undefined || !targetFits(request.url ?? "/", host[0])) {
    return { status: 400, reason: "The request's Host is malformed." }
  }
  // HTTP/1.0 and Kestrel allow none; no browser leaves it out.
  if (name !== "" && !isAllowedHost(name, allowed)) {
    return {
      status: 403,
      reason:
        `The Host "${name}" is not a name of this machine. To serve it, start the host with ` +
        `--allow-host ${name}`,
    }
  }
  const { origin } = request.headers
  // A page cannot add X-Forwarded-Host to a request to another site: a proxy did, whose rules apply.
  if (origin === undefined || request.headers["x-forwarded-host"] !== undefined) return undefined
  if (isAllowedOrigin(origin, allowed)) return undefined
  return {
    status: 403,
    reason:
      `The Origin "${origin}" is not a page of this machine. To allow it, start the host with --cors ${origin}, ` +
      `or set "Host": { "CORS": "${origin}" } in local.settings.json`,
  }
}

/** Host characters and port as HttpUtilities.IsHostHeaderValid of ASP.NET Core's Kestrel. */
const hostHeader = /^(\[[0-9a-f:.]+\]|[!$&'()\-._~0-9a-z]+)(?::\d+)?$/i

/** The name in a Host header, in lower case; undefined when it is malformed. */
function hostName(header: string): string | undefined {
  if (header === "") return ""
  return hostHeader.exec(header)?.[1]?.toLowerCase()
}

/** Whether a target in absolute form (RFC 9112, 3.2.2) names the same authority as the Host header. */
function targetFits(target: string, host: string | undefined): boolean {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(target)?.[1]
  return authority === undefined || authority.toLowerCase() === host?.toLowerCase()
}

function isAllowedHost(name: string, { hosts }: Allowed): boolean {
  return isLoopback(name) || hosts.has(name) || hosts.has("*")
}

function isAllowedOrigin(origin: string, allowed: Allowed): boolean {
  if (allowed.origins?.has(origin) || allowed.origins?.has("*")) return true
  const name = URL.canParse(origin) ? new URL(origin).hostname : ""
  return name !== "" && isAllowedHost(name, allowed)
}

/** Names that every browser resolves to this machine (RFC 6761, 6.3) and loopback addresses. */
function isLoopback(name: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(name)
}
