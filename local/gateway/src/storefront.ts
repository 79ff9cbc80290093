import { readFile } from "node:fs/promises"
import type { IncomingMessage, ServerResponse } from "node:http"
import { extname, join } from "node:path"

/** The shop's own pages, as the gateway serves them. */
export interface Storefront {
  /** The folder of the build, which need not be there yet. */
  directory: string
  /** The OpenID provider that the pages sign in at. */
  issuer: string
}

/** A registered public client of the provider, and what it asks for. */
const CLIENT = { clientId: "storefront", scope: "openid profile offline_access access_as_user" }

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
}

/** Files of the build: at its top, or with a hash of their content in the name. */
const FILE = /^\/(assets\/)?\w[\w.-]*$/

/** Pages of the staff, which are an application of their own. */
const STAFF_PAGE = /^\/(back-office|console)(\/|$)/

/** Nothing inline and nothing from elsewhere; what the pages ask, they ask the gateway and the provider. */
const pagePolicy = (issuer: string): string =>
  [
    "default-src 'none'",
    ...["script-src 'self'", "style-src 'self'", "img-src 'self'", `connect-src 'self' ${issuer}`],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join("; ")

/**
 * Answers a read of the shop's pages, and says whether it was one: a file of the build, `/storefront.json`, and one of the
 * two pages, the shop's or the staff's, for every other address that a browser navigates to and no service has.
 */
export async function answerStorefront(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  { directory, issuer }: Storefront,
): Promise<boolean> {
  if (pathname === "/storefront.json") {
    const client = { issuer, ...CLIENT }
    const content = Buffer.from(JSON.stringify({ ...client, apiBase: "", staff: client }))
    send(response, content, { "content-type": "application/json", "cache-control": "no-cache" })
    return true
  }
  const file = FILE.test(pathname)
    ? await readFile(join(directory, pathname)).catch(() => undefined)
    : undefined
  if (file !== undefined && !pathname.endsWith(".html")) {
    send(response, file, {
      "content-type": types[extname(pathname)] ?? "application/octet-stream",
      "cache-control": pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    })
    return true
  }
  // A missing file is missing: a page in its place would be run as a script.
  if (pathname.startsWith("/assets/") || !request.headers.accept?.includes("text/html")) return false
  const name = STAFF_PAGE.test(pathname) ? "staff.html" : "index.html"
  const page = await readFile(join(directory, name)).catch(() => undefined)
  if (page === undefined) return false
  send(response, page, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": pagePolicy(issuer),
  })
  return true
}

function send(response: ServerResponse, content: Buffer, headers: Record<string, string>): void {
  response.writeHead(200, { "content-length": content.length, ...headers })
  response.end(content)
}
