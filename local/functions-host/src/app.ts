/**
 * One loaded version of the app: its worker, its functions, the extensions serving them. A crash of the worker
 * keeps the version and starts a new worker; a reload makes a new version.
 */
import type { HostExtension, HostJson, HostRuntime, RegisteredFunction, Settings } from "./contract.ts"
import { buildFunctions, type FunctionEntry } from "./function-model.ts"
import { createInvoker } from "./invoker.ts"
import type { HostOutput } from "./output.ts"
import { keepWorkerRunning } from "./worker/running-worker.ts"

export type AppOptions = {
  scriptRoot: string
  stateDir: string
  baseUrl: string
  hostVersion: string
  hostJson: HostJson
  settings: Settings
  /** The environment of the worker. */
  env: Record<string, string>
  output: HostOutput
  extensions: readonly HostExtension[]
  timeoutMs: number | undefined
  systemKey(extension: string): string
  onFilesLoaded(files: string[]): void
}

export type FunctionApp = {
  readonly functions: readonly FunctionEntry[]
  readonly main: string | undefined
  /** What the running worker says that it can do. */
  readonly capabilities: Record<string, string>
  readonly runtime: HostRuntime
  readonly invoke: ReturnType<typeof createInvoker>
  startExtensions(): Promise<void>
  stopExtensions(): Promise<void>
  /** Lets running invocations end (at most graceMs), then ends the worker. */
  stop(graceMs: number): Promise<void>
}

/** Starts a worker, loads the app in it and reads its functions. Throws AppStartError. */
export async function loadApp(options: AppOptions): Promise<FunctionApp> {
  const { output } = options
  const worker = await keepWorkerRunning(options)
  const entries = buildFunctions(
    worker.client.functions,
    options.extensions,
    options.settings,
    options.hostJson,
  )
  const functions = entries
    .filter((entry) => !entry.disabled)
    .map((entry) => entry.registered)
    .filter((fn): fn is RegisteredFunction => fn !== undefined)

  const invoke = createInvoker({
    output,
    extensions: options.extensions,
    worker: worker.ready,
    timeoutMs: options.timeoutMs,
    restartWorker: worker.replace,
  })

  const runtime: HostRuntime = {
    scriptRoot: options.scriptRoot,
    stateDir: options.stateDir,
    baseUrl: options.baseUrl,
    hostJson: options.hostJson,
    settings: options.settings,
    log: output.logger("Host.Triggers"),
    functions,
    systemKey: options.systemKey,
    invoke,
  }

  const startedExtensions: HostExtension[] = []
  return {
    functions: entries,
    main: worker.client.main,
    get capabilities() {
      return worker.client.capabilities
    },
    runtime,
    invoke,
    async startExtensions() {
      for (const extension of options.extensions) {
        await extension.start(runtime)
        startedExtensions.push(extension)
      }
    },
    async stopExtensions() {
      await Promise.all(
        startedExtensions.splice(0).map((extension) =>
          extension.stop().catch((error) => {
            output.write(
              "error",
              "Host.Triggers",
              `Stopping ${extension.name} failed: ${(error as Error).stack}`,
            )
          }),
        ),
      )
    },
    stop: worker.stop,
  }
}
