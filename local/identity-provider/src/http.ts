import type { IncomingMessage, ServerResponse } from "node:http"

export function json(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

/** Sends the browser on, by GET whatever it asked with. */
export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location })
  response.end()
}

/** One cookie of a request. */
export const cookieOf = ({ headers }: IncomingMessage, name: string): string | undefined =>
  headers.cookie
    ?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** Whether a form was sent by a page of our own: another site's page must not sign anybody in or out. */
export function isOwnForm({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"]
  if (site !== undefined) return site === "same-origin"
  return headers.origin === undefined || headers.origin === `http://${headers.host}`
}
