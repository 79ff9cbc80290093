import { readFile } from "node:fs/promises"
import type { ServerResponse } from "node:http"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { RefusedError } from "./problem.ts"

const packageFile = (name: string) => fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))
const ownFile = (name: string) => join(dirname(fileURLToPath(import.meta.url)), "reference", name)

/** The browsable reference: our page around the files of swagger-ui-dist. */
const pages = new Map([
  ["/docs/", { file: ownFile("index.html"), type: "text/html; charset=utf-8" }],
  ["/docs/start.js", { file: ownFile("start.js"), type: "text/javascript; charset=utf-8" }],
  [
    "/docs/swagger-ui-bundle.js",
    { file: packageFile("swagger-ui-bundle.js"), type: "text/javascript; charset=utf-8" },
  ],
  ["/docs/swagger-ui.css", { file: packageFile("swagger-ui.css"), type: "text/css; charset=utf-8" }],
  ["/docs/favicon-32x32.png", { file: packageFile("favicon-32x32.png"), type: "image/png" }],
])

/** Nothing from elsewhere, no inline script; the library sets styles of elements and draws icons from data URLs. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Answers a read of `/openapi.json` or below `/docs`, and says whether it was one. Throws RefusedError while there is
 * no `openapi.json`, which is generated from the apps.
 */
export async function answerDocument(response: ServerResponse, pathname: string, openApiFile: string) {
  if (pathname === "/openapi.json") {
    const document = await readFile(openApiFile).catch(() => undefined)
    if (document === undefined) {
      const detail = "The description of the API has not been generated yet."
      throw new RefusedError({ status: 404, code: "document.missing", detail })
    }
    send(response, document, { "content-type": "application/json" })
    return true
  }
  if (pathname === "/docs") {
    response.writeHead(308, { location: "/docs/" }).end()
    return true
  }
  const page = pages.get(pathname)
  if (!page) return false
  send(response, await readFile(page.file), {
    "content-type": page.type,
    "content-security-policy": PAGE_POLICY,
  })
  return true
}

function send(response: ServerResponse, content: Buffer, headers: Record<string, string>): void {
  response.writeHead(200, {
    ...headers,
    "content-length": content.length,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
  })
  response.end(content)
}
