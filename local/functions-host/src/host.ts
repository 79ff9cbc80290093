/** The host: puts configuration, worker, extensions and the HTTP front together and keeps them running. */
import { createHash, randomUUID } from "node:crypto"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join, resolve } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { AdminOptions } from "./admin/admin.ts"
import { openKeys } from "./admin/keys.ts"
import { announce } from "./announce.ts"
import { loadApp } from "./app.ts"
import { readConfiguration } from "./configuration.ts"
import type { HostExtension, InvocationResult, TypedData } from "./contract.ts"
import { defaultExtensions } from "./extensions.ts"
import type { FunctionEntry } from "./function-model.ts"
import { createFront } from "./http/front.ts"
import { assertNoConflict, type HttpFunction, httpFunction, sortRoutes } from "./http/router.ts"
import { listen } from "./http/server.ts"
import { createOutput, type LineLevel } from "./output.ts"
import { createReloader } from "./reload.ts"
import type { Serving } from "./serving.ts"

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
  /** Origins that may call, separated by commas; `Host.CORS` of local.settings.json unless given. */
  cors?: string
  /** Host names that requests may carry besides those of this machine; "*" is all. */
  allowedHosts?: readonly string[]
  /** Where the host keeps its state; `.functions-host` in the script root unless given. */
  stateDir?: string
  /** Watch the app's files and load a new version when one changes. Off unless true. */
  reload?: boolean
  /** The environment; process.env unless given. */
  env?: Record<string, string | undefined>
  /** Takes finished lines of output; none unless given. */
  log?(line: string, level: LineLevel): void
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
  /** Lets running invocations end within the grace period, then ends the worker and stops listening. */
  stop(): Promise<void>
}

const invokedByApi = "This function was programmatically called via the host APIs."

/** Starts a host for one app. Resolves when its functions listen; rejects with a clear error. */
export async function startHost(options: StartHostOptions): Promise<RunningHost> {
  const scriptRoot = resolve(options.scriptRoot)
  if (!existsSync(scriptRoot)) throw new Error(`The script root ${scriptRoot} does not exist`)
  const env = options.env ?? process.env
  const graceMs = options.graceMs ?? 30_000
  const instanceId = randomUUID().replaceAll("-", "").toUpperCase()
  const output = createOutput(options.log ?? (() => {}), options)
  // Read once before anything is started: a broken file is one clear error.
  const configure = (port: number) =>
    readConfiguration({
      scriptRoot,
      hostJsonFile: options.hostJsonFile,
      env,
      cors: options.cors,
      port,
      instanceId,
    })
  configure(options.port)
  const stateDir = openStateDir(options.stateDir ?? join(scriptRoot, ".functions-host"))
  const keys = openKeys(stateDir)
  const extensions = options.extensions ?? defaultExtensions()

  let serving: Serving | undefined
  let state: "Starting" | "Running" | "Error" | "Stopping" = "Starting"
  const ready = Promise.withResolvers<void>()

  const admin: AdminOptions = {
    hostId: createHash("sha256").update(scriptRoot).digest("hex").slice(0, 32),
    hostVersion,
    instanceId,
    baseUrl: () => baseUrl,
    keys,
    startedAt: Date.now(),
    state: () => state,
    serving: () => serving,
    onError: (error) => output.write("error", "Host.Admin", error.message),
  }
  const front = createFront({
    serving: () => serving,
    ready: ready.promise,
    stopping: () => state === "Stopping",
    admin,
    keys,
    enforceKeys: options.enableAuth === true,
    allowedHosts: new Set(options.allowedHosts?.map((name) => name.toLowerCase())),
    extensions,
    output,
  })
  const server = await listen(front, {
    port: options.port,
    hostname: options.hostname ?? "127.0.0.1",
    output,
  })
  const port = (server.address() as AddressInfo).port
  const baseUrl = `http://localhost:${port}`
  const reloader = createReloader({
    scriptRoot,
    enabled: options.reload === true,
    output,
    reload: () => reload(),
  })

  /** Reads the configuration, loads a version of the app and its routes. */
  const load = async (): Promise<Serving> => {
    const configuration = configure(port)
    output.configure(configuration.logLevels)
    const app = await loadApp({
      scriptRoot,
      stateDir,
      baseUrl,
      hostVersion,
      hostJson: configuration.hostJson,
      settings: configuration.settings,
      env: configuration.workerEnv,
      output,
      extensions,
      timeoutMs: configuration.timeoutMs,
      systemKey: (extension) => keys.system(extension),
      onFilesLoaded: (files) => reloader.watch(files),
    })
    const routes: HttpFunction[] = []
    for (const entry of app.functions) {
      if (entry.registered?.trigger.type.toLowerCase() !== "httptrigger") continue
      try {
        const route = httpFunction(entry.registered, configuration.http.routePrefix, entry.disabled)
        assertNoConflict(route, routes)
        routes.push(route)
      } catch (error) {
        entry.error = (error as Error).message
        entry.registered = undefined
      }
    }
    return { app, routes: sortRoutes(routes), configuration, activeRequests: 0 }
  }

  const reload = async () => {
    const old = serving
    if (!old || state !== "Running") return
    const next = await load()
    await old.app.stopExtensions()
    try {
      await next.app.startExtensions()
    } catch (error) {
      await next.app.stopExtensions()
      await next.app.stop(0)
      await old.app.startExtensions()
      throw error
    }
    serving = next
    announce(next, baseUrl, output)
    void retire(old, Date.now() + graceMs)
  }

  const stop = async () => {
    if (state === "Stopping") return
    state = "Stopping"
    reloader.close()
    const deadline = Date.now() + graceMs
    // HTTP functions first: they may still call the extensions' webhooks on this server.
    if (serving) {
      await requestsEnd(serving, deadline)
      await serving.app.stopExtensions()
      await retire(serving, deadline)
    }
    await close(server)
  }

  try {
    const first = await load()
    announce(first, baseUrl, output)
    serving = first
    await first.app.startExtensions()
    state = "Running"
    output.write("information", "Host.Singleton", `Host lock lease acquired by instance ID '${instanceId}'.`)
  } catch (error) {
    await stop()
    throw error
  } finally {
    ready.resolve()
  }

  return {
    baseUrl,
    get functions() {
      return serving?.app.functions ?? []
    },
    async invoke(name, triggerValue, triggerMetadata) {
      const entry = serving?.app.functions.find(({ metadata }) => metadata.name === name)
      if (!serving || !entry?.registered) throw new Error(`There is no function "${name}" that can run`)
      return await serving.app.invoke({
        function: entry.registered,
        triggerValue,
        triggerMetadata,
        reason: invokedByApi,
      })
    },
    reload,
    stop,
  }
}

function openStateDir(folder: string): string {
  const stateDir = resolve(folder)
  mkdirSync(stateDir, { recursive: true })
  // Keys and task hub are nobody's source code, wherever the folder lies.
  writeFileSync(join(stateDir, ".gitignore"), "*\n")
  return stateDir
}

async function requestsEnd(version: Serving, deadline: number): Promise<void> {
  while (version.activeRequests > 0 && Date.now() < deadline) await delay(10)
}

/** Ends a version when its requests and invocations have ended, at the deadline at the latest. */
async function retire(version: Serving, deadline: number): Promise<void> {
  await requestsEnd(version, deadline)
  await version.app.stop(Math.max(0, deadline - Date.now()))
}

/** Stops listening; connections get a second to take their last answer. */
async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()))
  const impatient = setTimeout(() => server.closeAllConnections(), 1000)
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  await closed
  clearTimeout(impatient)
  clearInterval(idle)
}
