import { readFile } from "node:fs/promises"
import type { ServerResponse } from "node:http"
import { stripTypeScriptTypes } from "node:module"
import { extname, join } from "node:path"

const directory = join(import.meta.dirname, "elements")

/** Where the script lies that stands for Stripe.js. */
export const SCRIPT_PATH = "/elements/stripe.ts"

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
}
/** Its own files, by the names that its own links have. */
const FILE = /^\/elements\/([a-z][a-z-]*\.(?:css|html|ts))$/

/** Nothing inline and nothing from elsewhere; shown in a page of this origin alone, to which it gives the token. */
const policyFor = (parent: string): string =>
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; " +
  `form-action 'none'; frame-ancestors ${parent}`

/** An origin as browsers write it; undefined for anything else, such as a text that would add to the policy. */
function originOf(text: string | null): string | undefined {
  if (text === null || !URL.canParse(text)) return undefined
  const { origin, protocol } = new URL(text)
  return origin === text && /^https?:$/.test(protocol) ? origin : undefined
}

/** Answers a read of the card's fields or of their script, and says whether it was one. */
export async function answerHostedField(response: ServerResponse, url: URL): Promise<boolean> {
  const name = FILE.exec(url.pathname)?.[1]
  const text = name && (await readFile(join(directory, name), "utf8").catch(() => undefined))
  if (!name || text === undefined) return false
  const type = extname(name)
  response.writeHead(200, {
    "content-type": types[type],
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": policyFor(originOf(url.searchParams.get("parent")) ?? "'none'"),
  })
  response.end(type === ".ts" ? stripTypeScriptTypes(text) : text)
  return true
}
