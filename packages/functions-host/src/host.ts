/** The host: puts settings, worker, extensions and the HTTP front together and keeps them running. */
import { createHash, randomUUID } from "node:crypto"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join, resolve } from "node:path"
import { type AdminOptions, errorText, serveAdmin } from "./admin/admin.ts"
import { openKeys } from "./admin/keys.ts"
import { type AppOptions, type FunctionApp, loadApp } from "./app.ts"
import type { HostExtension, InvocationResult, LogLevel, TypedData } from "./contract.ts"
import { defaultExtensions } from "./extensions.ts"
import type { FunctionEntry } from "./function-model.ts"
import { readHostJson, timeSpan } from "./host-json.ts"
import { serveFunction } from "./http/functions.ts"
import { createProxyGate } from "./http/proxy.ts"
import { pathSegments } from "./http/request.ts"
import {
  assertNoConflict,
  type HttpFunction,
  httpFunction,
  orderDifferences,
  sortRoutes,
} from "./http/router.ts"
import { listen, sendStatus } from "./http/server.ts"
import { httpSettings } from "./http/settings.ts"
import { serveWebhook } from "./http/webhooks.ts"
import { createOutput, logLevels } from "./output.ts"
import { createReloader } from "./reload.ts"
import { createSettings, readLocalSettings } from "./settings.ts"

/** The version of the real host whose sources this one follows. */
export const hostVersion = "4.1037.0"

export type StartHostOptions = {
  /** The folder with host.json and package.json of the app. */
  scriptRoot: string
  /** 0 takes a free port. */
  port: number
  /** The address to listen on; 127.0.0.1 unless given. */
  hostname?: string
  /** host.json, if it is not in the script root. */
  hostJsonFile?: string
  /** Where the host keeps its state; `.functions-host` in the script root unless given. */
  stateDir?: string
  /** Watch the app's files and load a new version when one changes. Off unless true. */
  reload?: boolean
  /** The environment; process.env unless given. */
  env?: Record<string, string | undefined>
  /** Takes finished lines of output; none unless given. */
  log?(line: string, level: LogLevel): void
  color?: boolean
  verbose?: boolean
  /** Demand keys as in Azure; off, as in `func start`, unless true. */
  enableAuth?: boolean
  /** Trigger families; the host's own unless given. */
  extensions?: HostExtension[]
  /** How long a stop or a reload waits for running invocations, in milliseconds. */
  graceMs?: number
}

export type RunningHost = {
  readonly baseUrl: string
  readonly functions: readonly FunctionEntry[]
  /** Runs a function with a trigger value. Throws FunctionFailedError or WorkerGoneError. */
  invoke(
    name: string,
    triggerValue: TypedData,
    triggerMetadata?: Record<string, TypedData>,
  ): Promise<InvocationResult>
  /** Loads the app anew and swaps when it is ready. Throws when it cannot be loaded; the old version stays. */
  reload(): Promise<void>
  /** Stops listening, lets running invocations end within the grace period, ends the worker. */
  stop(): Promise<void>
}

/** Starts a host for one app. Resolves when its functions listen; rejects with a clear error. */
export async function startHost(options: StartHostOptions): Promise<RunningHost> {
  const scriptRoot = resolve(options.scriptRoot)
  if (!existsSync(scriptRoot)) throw new Error(`The script root ${scriptRoot} does not exist`)
  const startedAt = Date.now()
  const output = createOutput(options.log ?? (() => {}), options)
  const local = readLocalSettings(scriptRoot)
  const environment: Record<string, string> = { ...local.values }
  for (const [name, value] of Object.entries(options.env ?? process.env)) {
    if (value !== undefined) environment[name] = value
  }
  const { hostJson, warnings } = readHostJson(
    options.hostJsonFile ?? join(scriptRoot, "host.json"),
    environment,
  )
  output.configure(logLevels(hostJson, environment))
  for (const warning of warnings) output.write("warning", "Host.Configuration", warning)
  const http = httpSettings(hostJson, environment, (message) => output.write("warning", "Host.Http", message))
  const timeoutMs = timeSpan(hostJson.functionTimeout ?? "00:30:00", "functionTimeout")
  const stateDir = resolve(options.stateDir ?? join(scriptRoot, ".functions-host"))
  mkdirSync(stateDir, { recursive: true })
  // Keys and task hub are nobody's source code, wherever the folder lies.
  writeFileSync(join(stateDir, ".gitignore"), "*\n")
  const keys = openKeys(stateDir)
  const extensions = options.extensions ?? defaultExtensions()
  const graceMs = options.graceMs ?? 30_000

  const gate = createProxyGate()
  let app: FunctionApp | undefined
  let routes: readonly HttpFunction[] = []
  let state: "Starting" | "Running" | "Error" | "Stopping" = "Starting"
  const ready = Promise.withResolvers<void>()
  ready.promise.catch(() => {})

  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of http.headers) response.setHeader(name, value)
    const segments = pathSegments(request.url ?? "/")
    const area = segments[0]?.toLowerCase()
    if (area === "admin") {
      const open = segments[1]?.toLowerCase() === "host" && segments[2]?.toLowerCase() === "ping"
      if (options.enableAuth && !open && keys.level(requestKey(request)) !== "admin") {
        return sendStatus(response, 401)
      }
      return await serveAdmin(admin, segments.slice(1), request, response)
    }
    if (!app) {
      if (state === "Stopping") return sendStatus(response, 503)
      await ready.promise.catch(() => {})
      if (!app) return sendStatus(response, 503)
    }
    if (area === "runtime" && segments[1]?.toLowerCase() === "webhooks") {
      const accepts = (extension: string) =>
        !options.enableAuth || keys.opensWebhook(requestKey(request), extension)
      return await serveWebhook(extensions, accepts, segments.slice(2), http.maxBodyBytes, request, response)
    }
    const release = http.throttle()
    if (release === "rejected") return sendStatus(response, 429)
    try {
      await release.entered
      const served = await serveFunction(
        app,
        {
          routes,
          maxBodyBytes: http.maxBodyBytes,
          gate,
          authorize: (incoming, target) => authorize(incoming, target),
          warn: (message) => output.write("warning", "Host.Http", message),
        },
        request,
        response,
      )
      if (served) return
    } finally {
      release.leave()
    }
    if (segments.length === 0) return homePage(response)
    sendStatus(response, 404)
  }

  const server = await listen(handler, {
    port: options.port,
    hostname: options.hostname ?? "127.0.0.1",
    output,
  })
  const port = (server.address() as AddressInfo).port
  const baseUrl = `http://localhost:${port}`
  const instanceId = randomUUID().replaceAll("-", "").padStart(32, "0").toUpperCase()

  const workerEnv: Record<string, string> = {
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    FUNCTIONS_WORKER_RUNTIME: "node",
    FUNCTIONS_EXTENSION_VERSION: "~4",
    ...environment,
    WEBSITE_HOSTNAME: `localhost:${port}`,
    AzureWebJobsScriptRoot: scriptRoot,
    WEBSITE_INSTANCE_ID: instanceId,
  }
  const settings = createSettings(workerEnv)

  const authorize = (request: IncomingMessage, target: HttpFunction) => {
    if (!options.enableAuth || target.authLevel === "anonymous") return "granted"
    const level = keys.level(requestKey(request), target.function.name)
    return level === "admin" || (level === "function" && target.authLevel === "function")
      ? "granted"
      : "denied"
  }

  const homePage = (response: ServerResponse) => {
    if (settings.get("AzureWebJobsDisableHomepage")?.toLowerCase() === "true")
      return sendStatus(response, 204)
    const page = `<!DOCTYPE html><html><head><title>Your Functions app is up and running</title></head><body><h1>Your Functions app is up and running</h1><p>Its functions are listed at <a href="/admin/functions">/admin/functions</a>.</p></body></html>`
    response
      .writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-length": Buffer.byteLength(page),
      })
      .end(page)
  }

  const routeOf = (entry: FunctionEntry) =>
    routes.find((route) => route.function.name === entry.metadata.name)?.template

  const admin: AdminOptions = {
    hostId: createHash("sha256").update(scriptRoot).digest("hex").slice(0, 32),
    hostVersion,
    instanceId,
    baseUrl,
    hostJson,
    keys,
    startedAt,
    state: () => state,
    app: () => app,
    routeOf,
    onError: (error) => output.write("error", "Host.Admin", error.message),
  }

  const reloader = createReloader({
    scriptRoot,
    stateDir,
    enabled: options.reload === true,
    output,
    reload: () => reload(),
  })

  const appOptions: AppOptions = {
    scriptRoot,
    stateDir,
    baseUrl,
    hostVersion,
    hostJson,
    settings,
    env: workerEnv,
    output,
    extensions,
    ownBindingTypes: ["httptrigger", "http"],
    timeoutMs,
    systemKey: (extension) => keys.system(extension),
    onFilesLoaded: (files) => reloader.watch(files),
  }

  /** Loads a version and reads its routes. */
  const load = async (): Promise<{ loaded: FunctionApp; loadedRoutes: HttpFunction[] }> => {
    const loaded = await loadApp(appOptions)
    const loadedRoutes: HttpFunction[] = []
    for (const entry of loaded.functions) {
      if (entry.registered?.trigger.type.toLowerCase() !== "httptrigger") continue
      try {
        const route = httpFunction(entry.registered, http.routePrefix, entry.disabled)
        assertNoConflict(route, loadedRoutes)
        loadedRoutes.push(route)
      } catch (error) {
        entry.error = (error as Error).message
        entry.registered = undefined
      }
    }
    return { loaded, loadedRoutes: sortRoutes(loadedRoutes) }
  }

  const announce = (loaded: FunctionApp) => {
    output.write("information", "Host.Startup", "Worker process started and initialized.")
    output.plain(functionList(loaded, baseUrl, routeOf))
    for (const entry of loaded.functions) {
      if (entry.disabled) {
        output.write("information", "Host.Startup", `Function '${entry.metadata.name}' is disabled`)
      }
      if (entry.error) output.write("error", "Host.Startup", errorText(entry))
    }
    for (const difference of orderDifferences(routes)) output.write("warning", "Host.Http", difference)
    if (loaded.functions.length === 0) {
      output.write(
        "warning",
        "Host.Startup",
        "No job functions found. The package.json in " +
          `${scriptRoot} ${loaded.main === undefined ? 'has no "main"' : `names "main": ${JSON.stringify(loaded.main)}`}; ` +
          'the files that "main" matches must call app.http(…), app.timer(…) and so on of @azure/functions 4 while they load.',
      )
    }
  }

  const reload = async () => {
    const old = app
    if (!old) return
    const { loaded, loadedRoutes } = await load()
    await old.stopExtensions()
    try {
      await loaded.startExtensions()
    } catch (error) {
      await loaded.stopExtensions()
      await loaded.stop(0)
      await old.startExtensions()
      throw error
    }
    app = loaded
    routes = loadedRoutes
    announce(loaded)
    void old.stop(graceMs)
  }

  const stop = async () => {
    if (state === "Stopping") return
    state = "Stopping"
    reloader.close()
    const closed = new Promise<void>((done) => server.close(() => done()))
    server.closeIdleConnections()
    await app?.stopExtensions()
    await app?.stop(graceMs)
    server.closeAllConnections()
    await closed
  }

  try {
    const { loaded, loadedRoutes } = await load()
    routes = loadedRoutes
    app = loaded
    announce(loaded)
    await loaded.startExtensions()
    state = "Running"
    ready.resolve()
    output.write("information", "Host.Singleton", `Host lock lease acquired by instance ID '${instanceId}'.`)
  } catch (error) {
    state = "Error"
    ready.reject(error)
    app?.stopExtensions().catch(() => {})
    await stop()
    throw error
  }

  return {
    baseUrl,
    get functions() {
      return app?.functions ?? []
    },
    async invoke(name, triggerValue, triggerMetadata) {
      const entry = app?.functions.find(({ metadata }) => metadata.name === name)
      if (!app || !entry?.registered) throw new Error(`There is no function "${name}" that can run`)
      return await app.invoke({
        function: entry.registered,
        triggerValue,
        triggerMetadata,
        reason: "This function was programmatically called via the host APIs.",
      })
    },
    reload,
    stop,
  }
}

/** The key of a request: header `x-functions-key` or query `code`. */
function requestKey(request: IncomingMessage): string | undefined {
  const header = request.headers["x-functions-key"]
  if (typeof header === "string") return header
  const query = request.url?.indexOf("?") ?? -1
  return query < 0 ? undefined : (new URLSearchParams(request.url?.slice(query + 1)).get("code") ?? undefined)
}

/** The list that `func start` prints. */
function functionList(
  app: FunctionApp,
  baseUrl: string,
  routeOf: (entry: FunctionEntry) => string | undefined,
): string {
  const runnable = app.functions.filter((entry) => entry.registered && !entry.disabled)
  const http = runnable.filter((entry) => entry.registered?.trigger.type.toLowerCase() === "httptrigger")
  const others = runnable.filter((entry) => !http.includes(entry))
  const lines = ["", "Functions:", ""]
  for (const entry of http) {
    const methods = entry.registered?.trigger.methods as string[] | undefined
    const list = methods?.length ? `[${methods.join(",")}] ` : ""
    lines.push(`\t${entry.metadata.name}: ${list}${baseUrl}/${routeOf(entry)}`, "")
  }
  for (const entry of others) lines.push(`\t${entry.metadata.name}: ${entry.registered?.trigger.type}`, "")
  return lines.join("\n")
}
