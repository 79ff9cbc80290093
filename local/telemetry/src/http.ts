import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http"

/** A request that is answered with an error; the message is for the caller. */
export class RefusedError extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

const OWN_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

/**
 * The address that is asked for. Throws RefusedError for a target that is none and for a foreign host: a page of another
 * site whose name leads to this machine would read what the shop does.
 */
export function readUrl({ headers, url = "/" }: IncomingMessage): URL {
  const host = `http://${headers.host ?? ""}`
  if (!URL.canParse(host) || !OWN_HOSTS.includes(new URL(host).hostname)) {
    throw new RefusedError(403, "Ask at localhost.")
  }
  if (!url.startsWith("/") || !URL.canParse(url, "http://localhost")) {
    throw new RefusedError(400, "The target is not a path.")
  }
  return new URL(`http://localhost${url}`)
}

/** Sends JSON, which is never kept by whoever asks. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  type = "application/json",
): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" })
  response.end(JSON.stringify(body))
}

/** Sends an error as a problem (RFC 9457), which says no more by its type than its status does. */
export function sendProblem(response: ServerResponse, { status, message, headers }: RefusedError): void {
  if (response.destroyed || response.headersSent) return
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  const problem = { type: "about:blank", title: STATUS_CODES[status], status, detail: message }
  sendJson(response, status, problem, "application/problem+json")
}
