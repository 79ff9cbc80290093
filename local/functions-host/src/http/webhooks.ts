/** Requests to the extensions' own HTTP APIs, at `/runtime/webhooks/{extension}/…` and where else they have one. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { HostExtension, WebhookRequest, WebhookResponse } from "../contract.ts"
import { BodyTooLargeError, readBody, requestUrl } from "./request.ts"
import { sendStatus } from "./server.ts"

/** Serves a request whose path below `webhooks` is `segments`; `accepts` checks the extension's system key. */
export async function serveWebhook(
  extensions: readonly HostExtension[],
  accepts: (extension: string) => boolean,
  segments: readonly string[],
  maxBodyBytes: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const prefix = segments[0]?.toLowerCase()
  const webhook = extensions.find((extension) => extension.webhook?.prefix.toLowerCase() === prefix)?.webhook
  if (!webhook || prefix === undefined) return sendStatus(response, 404)
  if (!accepts(prefix)) return sendStatus(response, 401)
  await serveBy(
    (given) => webhook.handle(given),
    segments.slice(1).join("/"),
    maxBodyBytes,
    request,
    response,
  )
}

/** Serves a request to an extension's own API. */
export async function serveApi(
  api: NonNullable<HostExtension["api"]>,
  maxBodyBytes: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await serveBy((given) => api.handle(given), "", maxBodyBytes, request, response)
}

async function serveBy(
  handle: (request: WebhookRequest) => Promise<WebhookResponse>,
  path: string,
  maxBodyBytes: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const aborted = new AbortController()
  response.on("close", () => {
    if (!response.writableFinished) aborted.abort()
  })
  let body: Uint8Array | undefined
  try {
    body = await readBody(request, maxBodyBytes)
  } catch (error) {
    if (error instanceof BodyTooLargeError) return sendStatus(response, 413, { connection: "close" })
    throw error
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value
  }
  const answer = await handle({
    method: request.method ?? "GET",
    path,
    url: new URL(requestUrl(request)),
    headers,
    body: Buffer.from(body ?? []),
    signal: aborted.signal,
  })
  if (response.destroyed) return
  const content = answer.body === undefined ? undefined : Buffer.from(answer.body as string)
  response
    .writeHead(answer.status, { ...answer.headers, "content-length": content?.length ?? 0 })
    .end(content)
}
