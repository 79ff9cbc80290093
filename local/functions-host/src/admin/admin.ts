/** The admin API (`/admin/…`) in the shape of HostController, FunctionsController and KeysController of the host. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { hostname } from "node:os"
import type { FunctionApp } from "../app.ts"
import type { Binding } from "../contract.ts"
import { errorText, type FunctionEntry } from "../function-model.ts"
import { readBody } from "../http/request.ts"
import { templateOf } from "../http/router.ts"
import { sendJson, sendStatus } from "../http/server.ts"
import type { HostState, Serving } from "../serving.ts"
import type { Keys } from "./keys.ts"

export type AdminOptions = {
  hostId: string
  hostVersion: string
  instanceId: string
  keys: Keys
  /** Milliseconds since the epoch. */
  startedAt: number
  host: HostState
  onError(error: Error): void
}

/** Serves a request below `/admin/`. `segments` are the path's segments after `admin`. */
export async function serveAdmin(
  options: AdminOptions,
  segments: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method } = request
  const path = segments.map((segment) => segment.toLowerCase())
  const [area, first, second] = path
  if (area === "host" && path.length === 2) {
    if (first === "status" && method === "GET") return sendJson(response, 200, hostStatus(options))
    if (first === "ping" && (method === "GET" || method === "POST")) return sendStatus(response, 200)
    if (first === "config" && method === "GET")
      return sendJson(response, 200, options.host.serving?.configuration.hostJson ?? {})
    if (first === "keys" && method === "GET")
      return sendKeys(response, options, options.keys.all.functionKeys)
    if (first === "systemkeys" && method === "GET")
      return sendKeys(response, options, options.keys.all.systemKeys)
  }
  if (area === "host" && first === "systemkeys" && second === "_master" && method === "GET") {
    return sendJson(response, 200, { name: "_master", value: options.keys.all.masterKey })
  }
  if (area === "functions") {
    const serving = options.host.serving
    if (!serving) return sendStatus(response, 503)
    const { app } = serving
    if (path.length === 1 && method === "GET") {
      return sendJson(
        response,
        200,
        app.functions.map((entry) => functionInfo(options, serving, entry)),
      )
    }
    const entry = app.functions.find(({ metadata }) => metadata.name.toLowerCase() === first)
    if (!entry) return sendStatus(response, 404)
    if (path.length === 2 && method === "GET")
      return sendJson(response, 200, functionInfo(options, serving, entry))
    if (path.length === 2 && method === "POST")
      return await invokeManually(options, app, entry, request, response)
    if (second === "status" && method === "GET") {
      return sendJson(response, 200, entry.error ? { errors: [errorText(entry)] } : {})
    }
    if (second === "keys" && method === "GET") {
      return sendKeys(response, options, options.keys.ofFunction(entry.metadata.name))
    }
  }
  sendStatus(response, 404)
}

function hostStatus(options: AdminOptions): object {
  const serving = options.host.serving
  const bundle = serving?.configuration.hostJson.extensionBundle as
    | { id?: string; version?: string }
    | undefined
  const errors = serving?.app.functions.filter(({ error }) => error !== undefined)
  return {
    id: options.hostId,
    state: options.host.phase,
    version: options.hostVersion,
    versionDetails: `${options.hostVersion} (functions-host)`,
    instanceId: options.instanceId,
    computerName: hostname(),
    ...(errors?.length && { errors: errors.map(errorText) }),
    processUptime: Date.now() - options.startedAt,
    functionAppContentEditingState: "Unknown",
    ...(bundle && { extensionBundle: { id: bundle.id, version: bundle.version } }),
  }
}

function functionInfo(options: AdminOptions, serving: Serving, entry: FunctionEntry): object {
  const { metadata, bindings, disabled } = entry
  const route = templateOf(serving.routes, metadata.name)
  const href = `${options.host.baseUrl}/admin/functions/${metadata.name}`
  return {
    name: metadata.name,
    script_root_path_href: null,
    script_href: null,
    config_href: null,
    test_data_href: null,
    href,
    invoke_url_template: route === undefined ? null : `${options.host.baseUrl}/${route.toLowerCase()}`,
    language: "node",
    config: {
      name: metadata.name,
      entryPoint: "",
      scriptFile: metadata.scriptFile,
      language: "node",
      functionDirectory: metadata.directory ?? null,
      bindings: bindings satisfies Binding[],
    },
    files: null,
    test_data: "",
    isDisabled: disabled,
    isDirect: true,
    isProxy: false,
  }
}

function sendKeys(response: ServerResponse, options: AdminOptions, keys: Record<string, string>): void {
  sendJson(response, 200, {
    keys: Object.entries(keys).map(([name, value]) => ({ name, value })),
    links: [{ rel: "self", href: `${options.host.baseUrl}/admin/host/keys` }],
  })
}

/** POST /admin/functions/{name} `{"input": "…"}`: starts the function and answers 202 before it has run. */
async function invokeManually(
  options: AdminOptions,
  app: FunctionApp,
  entry: FunctionEntry,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { registered } = entry
  if (!registered || entry.disabled) return sendStatus(response, 404)
  const body = await readBody(request, 10 * 1024 * 1024)
  let parsed: { input?: unknown } | null
  try {
    parsed = JSON.parse(Buffer.from(body ?? []).toString() || "null") as { input?: unknown } | null
  } catch {
    return sendStatus(response, 400)
  }
  if (typeof parsed !== "object" || parsed === null) return sendStatus(response, 400)
  const input = parsed.input
  const type = registered.trigger.type.toLowerCase()
  if (type === "httptrigger") return sendStatus(response, 400)
  const text =
    input === undefined || input === null ? "" : typeof input === "string" ? input : JSON.stringify(input)
  app
    .invoke({
      function: registered,
      triggerValue:
        type === "timertrigger"
          ? {
              json: JSON.stringify({
                Schedule: { AdjustForDST: true },
                ScheduleStatus: null,
                IsPastDue: false,
              }),
            }
          : { string: text },
      reason: "This function was programmatically called via the host APIs.",
    })
    .catch(options.onError)
  sendStatus(response, 202)
}
