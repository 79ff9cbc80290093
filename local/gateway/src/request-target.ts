import type { IncomingMessage } from "node:http"
import { holdsCardNumber } from "./card-number.ts"
import { RefusedError } from "./problem.ts"

/** What a request asks for. */
export interface Target {
  /** Without dot segments. */
  pathname: string
  /** The query with its question mark, or an empty string. */
  search: string
  /** Host and port as the caller named them; undefined where HTTP/1.0 names none. */
  host: string | undefined
}

const malformed = (detail: string) => new RefusedError({ status: 400, code: "request.malformed", detail })

/**
 * Reads the request target in origin form (`/path?query`) or absolute form (`http://host/path?query`), whose host wins
 * over the header (RFC 9112, section 3.2). Throws RefusedError for a Host that is missing, repeated or no host, for
 * another form, for characters that other servers read in another way, for HTTP/0.9, and for a card number.
 */
export function readTarget(request: IncomingMessage): Target {
  if (request.httpVersionMajor !== 1) throw malformed("Speak HTTP/1.1.")
  const hosts = request.headersDistinct.host ?? []
  const [host] = hosts
  if (hosts.length > 1 || (host === undefined && request.httpVersion === "1.1"))
    throw malformed("Send one Host header.")
  if (host !== undefined && !isHost(host)) throw malformed("The Host header names no host.")
  const target = request.url ?? ""
  if (holdsCardNumber(target))
    throw malformed("The path or the query holds a card number; pay with a payment method's token.")
  // URL takes a backslash for a slash and leaves a fragment out; the services, or a firewall before us, need not.
  if (/[\\#]/.test(target)) throw malformed("The request target has a backslash or a fragment.")
  const isAbsolute = /^https?:\/\//i.test(target)
  const url = isAbsolute ? target : `http://gateway${target}`
  if (!(isAbsolute || target.startsWith("/")) || !URL.canParse(url))
    throw malformed("The request target is neither a path nor a URL.")
  const { pathname, search, host: named } = new URL(url)
  return { pathname, search, host: isAbsolute ? named : host }
}

/** True for a host with or without port (RFC 9110, section 7.2), and nothing around it. */
function isHost(host: string): boolean {
  return /^[\w.~!$&'()*+,;=%:[\]-]+$/.test(host) && URL.canParse(`http://${host}/`)
}
