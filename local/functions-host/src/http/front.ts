/** Decides who answers a request: admin API, webhook of an extension, HTTP function, home page. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { type AdminOptions, serveAdmin } from "../admin/admin.ts"
import type { Keys } from "../admin/keys.ts"
import type { HostExtension } from "../contract.ts"
import type { HostOutput } from "../output.ts"
import type { HostState, Serving } from "../serving.ts"
import { type AccessLine, logAccess } from "./access-log.ts"
import { applyCors } from "./cors.ts"
import { serveFunction } from "./functions.ts"
import { createProxyGate } from "./proxy.ts"
import { refusal } from "./refusal.ts"
import { pathSegments } from "./request.ts"
import type { HttpFunction } from "./router.ts"
import { type RequestHandler, sendStatus, sendText } from "./server.ts"
import { serveApi, serveWebhook } from "./webhooks.ts"

export type FrontOptions = {
  /** Once it is stopping, functions answer 503 and webhooks go on. */
  host: HostState
  /** Resolves when the first version serves or has failed to load. */
  ready: Promise<void>
  admin: AdminOptions
  keys: Keys
  enforceKeys: boolean
  /** Host names that are served besides those of this machine. */
  allowedHosts: ReadonlySet<string>
  extensions: readonly HostExtension[]
  output: HostOutput
}

/** Makes the handler of all requests. */
export function createFront(options: FrontOptions): RequestHandler {
  const { keys, output } = options
  const gate = createProxyGate()

  const callFunction = async (
    serving: Serving,
    request: IncomingMessage,
    response: ServerResponse,
    access: AccessLine,
  ): Promise<boolean> => {
    const { app, routes, configuration } = serving
    const place = configuration.http.throttle()
    if (place === "rejected") {
      sendStatus(response, 429, { "x-ms-scaleout": "1" })
      return true
    }
    serving.activeRequests++
    try {
      if (place.entered) await place.entered
      return await serveFunction(
        app,
        {
          routes,
          maxBodyBytes: configuration.http.maxBodyBytes,
          gate,
          authorize: (request, target) => authorize(options, request, target),
          warn: (message) => output.write("warning", "Host.Http", message),
          onInvocation: (functionName, traceParent) => Object.assign(access, { functionName, traceParent }),
        },
        request,
        response,
      )
    } finally {
      serving.activeRequests--
      place.leave()
    }
  }

  return async (request, response) => {
    const access = logAccess(output, request, response)
    const segments = pathSegments(request.url ?? "/")
    const area = segments[0]?.toLowerCase()
    if (area !== "admin" && !options.host.serving) await options.ready
    const serving = options.host.serving
    const origins = serving?.configuration.http.cors?.origins
    const refused = refusal(request, { hosts: options.allowedHosts, origins })
    if (refused) {
      output.write("warning", "Host.Http", `Refused: ${refused.reason}`)
      return sendText(response, refused.status, `${refused.reason}\n`)
    }
    if (area === "admin") {
      const open = segments[1]?.toLowerCase() === "host" && segments[2]?.toLowerCase() === "ping"
      if (options.enforceKeys && !open && keys.level(requestKey(request)) !== "admin") {
        return sendStatus(response, 401)
      }
      return await serveAdmin(options.admin, segments.slice(1), request, response)
    }
    if (!serving) return sendStatus(response, 503)
    const { http, settings } = serving.configuration
    for (const [name, value] of http.customHeaders) response.setHeader(name, value)
    if (applyCors(http.cors, request, response)) return
    if (area === "runtime" && segments[1]?.toLowerCase() === "webhooks") {
      const accepts = (extension: string) =>
        !options.enforceKeys || keys.opensWebhook(requestKey(request), extension)
      const { extensions } = options
      return await serveWebhook(extensions, accepts, segments.slice(2), http.maxBodyBytes, request, response)
    }
    if (options.host.phase === "Stopping") return sendStatus(response, 503, { connection: "close" })
    if (await callFunction(serving, request, response, access)) return
    const { api, name } = options.extensions.find((extension) => extension.api?.serves(pathOf(request))) ?? {}
    if (api && name) {
      if (options.enforceKeys && !keys.opensWebhook(requestKey(request), name))
        return sendStatus(response, 401)
      return await serveApi(api, http.maxBodyBytes, request, response)
    }
    if (segments.length === 0) {
      return homePage(response, settings.get("AzureWebJobsDisableHomepage")?.toLowerCase() === "true")
    }
    sendStatus(response, 404)
  }
}

function authorize(
  { enforceKeys, keys }: FrontOptions,
  request: IncomingMessage,
  target: HttpFunction,
): "granted" | "denied" {
  if (!enforceKeys || target.authLevel === "anonymous") return "granted"
  const level = keys.level(requestKey(request), target.function.name)
  return level === "admin" || (level === "function" && target.authLevel === "function") ? "granted" : "denied"
}

/** The key of a request: header `x-functions-key` or query `code`. */
function requestKey(request: IncomingMessage): string | undefined {
  const header = request.headers["x-functions-key"]
  if (typeof header === "string") return header
  const query = request.url?.indexOf("?") ?? -1
  return query < 0 ? undefined : (new URLSearchParams(request.url?.slice(query + 1)).get("code") ?? undefined)
}

const pathOf = ({ url = "/" }: IncomingMessage): string => url.split("?", 1)[0] as string

function homePage(response: ServerResponse, disabled: boolean): void {
  if (disabled) {
    sendStatus(response, 204)
    return
  }
  const title = "Your Functions app is up and running"
  const page = `<!DOCTYPE html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1><p>Its functions are listed at <a href="/admin/functions">/admin/functions</a>.</p></body></html>`
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8", "content-length": Buffer.byteLength(page) })
    .end(page)
}
