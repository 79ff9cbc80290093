/** The host: puts configuration, worker, extensions and the HTTP front together and keeps them running. */
import { createHash, randomUUID } from "node:crypto"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join, resolve } from "node:path"
import { openKeys } from "./admin/keys.ts"
import { readConfiguration } from "./configuration.ts"
import type { HostExtension, InvocationResult, TypedData } from "./contract.ts"
import { defaultExtensions } from "./extensions.ts"
import type { FunctionEntry } from "./function-model.ts"
import { hostVersion } from "./host-version.ts"
import { createFront } from "./http/front.ts"
import { listen } from "./http/server.ts"
import { createLifecycle, type Lifecycle } from "./lifecycle.ts"
import { createOutput, type LineLevel } from "./output.ts"
import { createReloader } from "./reload.ts"
import type { HostState } from "./serving.ts"
import { loadVersion } from "./versions.ts"

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
  const instanceId = randomUUID().replaceAll("-", "").toUpperCase()
  const output = createOutput(options.log ?? (() => {}), options)
  const hostJsonFile = options.hostJsonFile ?? join(scriptRoot, "host.json")
  const configure = (port: number) =>
    readConfiguration({ scriptRoot, hostJsonFile, env, cors: options.cors, port, instanceId })
  // Read once before anything is started: a broken file is one clear error.
  const { localPort } = configure(options.port)
  const stateDir = openStateDir(options.stateDir ?? join(scriptRoot, ".functions-host"))
  const keys = openKeys(stateDir)
  const extensions = options.extensions ?? defaultExtensions()

  const host: HostState = { phase: "Starting", serving: undefined, baseUrl: "" }
  const ready = Promise.withResolvers<void>()
  const front = createFront({
    host,
    ready: ready.promise,
    admin: {
      hostId: createHash("sha256").update(scriptRoot).digest("hex").slice(0, 32),
      hostVersion,
      instanceId,
      keys,
      startedAt: Date.now(),
      host,
      onError: (error) => output.write("error", "Host.Admin", error.message),
    },
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
  const { port } = server.address() as AddressInfo
  host.baseUrl = `http://localhost:${port}`
  const reloader = createReloader({
    scriptRoot,
    configurationFiles: [
      hostJsonFile,
      join(scriptRoot, "local.settings.json"),
      join(scriptRoot, "package.json"),
    ],
    enabled: options.reload === true,
    output,
    reload: () => lifecycle.reload(),
  })
  const version = { scriptRoot, stateDir, baseUrl: host.baseUrl, hostVersion, output, extensions, keys }
  const lifecycle = createLifecycle({
    host,
    load: () => loadVersion({ ...version, onFilesLoaded: (files) => reloader.watch(files) }, configure(port)),
    localPort,
    output,
    graceMs: options.graceMs ?? 30_000,
    stopListening() {
      reloader.close()
      return close(server)
    },
  })
  try {
    await lifecycle.start()
    output.write("information", "Host.Singleton", `Host lock lease acquired by instance ID '${instanceId}'.`)
  } finally {
    ready.resolve()
  }
  return runningHost(host, lifecycle)
}

function runningHost(host: HostState, lifecycle: Lifecycle): RunningHost {
  return {
    baseUrl: host.baseUrl,
    get functions() {
      return host.serving?.app.functions ?? []
    },
    async invoke(name, triggerValue, triggerMetadata) {
      const { serving } = host
      const entry = serving?.app.functions.find(({ metadata }) => metadata.name === name)
      if (!serving || !entry?.registered) throw new Error(`There is no function "${name}" that can run`)
      return await serving.app.invoke({
        function: entry.registered,
        triggerValue,
        triggerMetadata,
        reason: invokedByApi,
      })
    },
    reload: lifecycle.reload,
    stop: lifecycle.stop,
  }
}

function openStateDir(folder: string): string {
  const stateDir = resolve(folder)
  mkdirSync(stateDir, { recursive: true })
  // Keys and task hub are nobody's source code, wherever the folder lies.
  writeFileSync(join(stateDir, ".gitignore"), "*\n")
  return stateDir
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
