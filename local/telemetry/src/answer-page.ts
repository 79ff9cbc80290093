import { readFile } from "node:fs/promises"
import type { ServerResponse } from "node:http"
import { stripTypeScriptTypes } from "node:module"
import { extname, join } from "node:path"

const directory = join(import.meta.dirname, "page")
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
}
/** Names of files of the page, as its own links have them. */
const FILE = /^\/page\/([a-z][a-z-]*\.(?:css|svg|ts))$/

/** The page takes everything from here: nothing inline, nothing from elsewhere, no frame around it. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

/** Answers a read of the page and its files, and says whether it was one. All of its links are relative. */
export async function answerPage(response: ServerResponse, pathname: string): Promise<boolean> {
  const name = pathname === "/" ? "index.html" : FILE.exec(pathname)?.[1]
  const text = name && (await readFile(join(directory, name), "utf8").catch(() => undefined))
  if (!name || text === undefined) return false
  const type = extname(name)
  response.writeHead(200, {
    "content-type": types[type],
    "content-security-policy": PAGE_POLICY,
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  })
  response.end(type === ".ts" ? stripTypeScriptTypes(text) : text)
  return true
}
