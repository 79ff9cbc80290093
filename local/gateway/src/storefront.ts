import { readFile } from "node:fs/promises"
import type { IncomingMessage, ServerResponse } from "node:http"
import { extname, join } from "node:path"
import { policyOf, type StorefrontTable, storefrontPlaces } from "./storefront-places.ts"

/** The shop's own pages, as the gateway serves them. */
export interface Storefront {
  /** The folder of the build, which need not be there yet. */
  directory: string
  /** The folder of the prerendered pages, which need not be there either. */
  pages: string
  /** The OpenID provider that the pages sign in at. */
  issuer: string
  /** Base URL of the payment simulator, whose fields the checkout shows. */
  payments: string
  /** Where the pages send spans; undefined: nowhere. */
  telemetry?: string
  /** Where the staff looks at a trace, `{traceId}` standing for it; undefined: nowhere. */
  traces?: string
}

/** A registered public client of the provider, and what it asks for. */
const CLIENT = { clientId: "storefront", scope: "openid profile offline_access access_as_user" }

/** Where the payment provider's script lies, and what the pages are known by there. */
const paymentsOf = (url: string) => ({
  script: `${url}/elements/stripe.ts`,
  publishableKey: "pk_test_simulator",
})

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml",
}

/** A name without tricks: no segment begins with a dot. */
const FILE = /^(\/\w[\w.-]*)+$/

/**
 * The reader of the shop's pages. It answers a read and says whether it was one: `/storefront.json`, a file of the build or
 * of the prerendered pages, and the page for each address that a browser navigates to and no service has. Where there is
 * nothing, the page says so, with 404.
 */
export function storefrontPages(storefront: Storefront, table: StorefrontTable) {
  const placeOf = storefrontPlaces(table)
  const { directory, pages, issuer, payments, telemetry, traces } = storefront
  const origins = { identity: [issuer], payments }
  const policies = { shop: policyOf(table, "shop", origins), staff: policyOf(table, "staff", origins) }
  const read = async (path: string): Promise<Buffer | undefined> => {
    if (!FILE.test(path)) return undefined
    for (const folder of [directory, pages]) {
      const content = await readFile(join(folder, path)).catch(() => undefined)
      if (content) return content
    }
    return undefined
  }

  /** Whether what a page loads is there: a prerendered one may be older than the build, whose scripts have other names. */
  const isOfThisBuild = async (page: Buffer): Promise<boolean> => {
    const [, script] = /<script type="module"[^>]* src="(\/assets\/[^"]+)"/.exec(page.toString()) ?? []
    return script === undefined || (await read(script)) !== undefined
  }

  return async (request: IncomingMessage, response: ServerResponse, pathname: string): Promise<boolean> => {
    const { file, whose, isPrerendered } = placeOf(pathname)
    const answer = (status: number, content: Buffer, name: string): true => {
      response.writeHead(status, {
        "content-length": content.length,
        "content-type": types[extname(name)] ?? "application/octet-stream",
        "cache-control": table.cacheControl[name.startsWith("/assets/") ? "assets" : "others"],
        "content-security-policy": policies[whose],
      })
      response.end(content)
      return true
    }
    if (pathname === "/storefront.json") {
      const client = { issuer, ...CLIENT }
      const configuration = {
        ...{ ...client, apiBase: "", staff: client, payments: paymentsOf(payments) },
        ...(telemetry !== undefined && { telemetry }),
        ...(traces !== undefined && { traces }),
      }
      return answer(200, Buffer.from(JSON.stringify(configuration)), pathname)
    }
    // A script that reads is no browser that navigates: for it a page is none.
    const navigates = request.headers.accept?.includes("text/html") ?? false
    const isPage = file.endsWith(".html")
    const found = isPage && !navigates ? undefined : await read(file)
    const isStale = found !== undefined && isPrerendered && !(await isOfThisBuild(found))
    if (found && !isStale) return answer(200, found, file)
    // A missing file is missing: a page in its place would be run as a script.
    if (pathname.startsWith("/assets/") || !navigates) return false
    const page = await read("/index.html")
    if (!page) return false
    // As long as nothing is prerendered, only the script can tell what there is.
    const isKnown = isStale || (isPrerendered && (await read("/sitemap.xml")) === undefined)
    return answer(isKnown ? 200 : 404, page, "/index.html")
  }
}
