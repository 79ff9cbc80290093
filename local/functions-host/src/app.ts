/**
 * One loaded version of the app: its worker, its functions, the extensions serving them. A crash of the worker
 * keeps the version and starts a new worker; a reload makes a new version.
 */
import { setTimeout as delay } from "node:timers/promises"
import {
  type HostExtension,
  type HostJson,
  type HostRuntime,
  type RegisteredFunction,
  type Settings,
  WorkerGoneError,
} from "./contract.ts"
import { buildFunctions, type FunctionEntry } from "./function-model.ts"
import { createInvoker } from "./invoker.ts"
import type { HostOutput } from "./output.ts"
import { WorkerClient } from "./worker/client.ts"

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
  /** Invocations that the worker has not answered yet. */
  inFlight(): number
  startExtensions(): Promise<void>
  stopExtensions(): Promise<void>
  /** Lets running invocations end (at most graceMs), then ends the worker. */
  stop(graceMs: number): Promise<void>
}

/** Starts a worker, loads the app in it and reads its functions. Throws AppStartError. */
export async function loadApp(options: AppOptions): Promise<FunctionApp> {
  const { output } = options
  const workerLog = (level: string, category: string, message: string) =>
    output.write(level, category, message)
  let stopped = false
  let crashes = 0
  let current: Promise<WorkerClient>
  let client: WorkerClient

  const start = () =>
    WorkerClient.start(options, {
      log(line) {
        const functionName = line.category?.replace(/\.Invocation$/, "")
        const isUser = line.logCategory === "user"
        workerLog(
          line.level,
          isUser ? `Function.${functionName ?? "Worker"}.User` : "Worker",
          isUser && line.invocationId
            ? `[${functionName} ${line.invocationId}] ${line.message}`
            : line.message,
        )
      },
      output: (line, stream) =>
        workerLog(stream === "stderr" ? "error" : "information", "Function.Console", line),
      loaded: options.onFilesLoaded,
      exited: (code) => {
        if (stopped) return
        output.write(
          "error",
          "Host.Worker",
          `The worker ended unexpectedly with code ${code}. Restarting it.`,
        )
        restart()
      },
    })

  const restart = () => {
    current = (async () => {
      for (;;) {
        // A worker that dies at once again and again must not eat the machine.
        await delay(Math.min(100 * 2 ** crashes, 10_000))
        if (stopped) throw new WorkerGoneError("The host is stopping.")
        crashes++
        try {
          const started = await start()
          if (stopped) {
            await started.kill()
            throw new WorkerGoneError("The host is stopping.")
          }
          client = started
          setTimeout(() => {
            crashes = 0
          }, 30_000).unref()
          output.write("information", "Host.Worker", "Worker process started and initialized.")
          return client
        } catch (error) {
          if (error instanceof WorkerGoneError) throw error
          output.write("error", "Host.Worker", `The worker could not be restarted: ${(error as Error).stack}`)
        }
      }
    })()
    current.catch(() => {})
  }

  client = await start()
  current = Promise.resolve(client)

  const entries = buildFunctions(client.functions, options.extensions, options.settings, options.hostJson)
  const functions = entries
    .filter((entry) => !entry.disabled)
    .map((entry) => entry.registered)
    .filter((fn): fn is RegisteredFunction => fn !== undefined)

  const invoke = createInvoker({
    output,
    extensions: options.extensions,
    worker: () => current,
    timeoutMs: options.timeoutMs,
    restartWorker(worker, reason) {
      if (worker !== client || stopped) return
      output.write("information", "Host.Worker", `Restarting the worker: ${reason}`)
      void worker.kill()
      restart()
    },
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
    main: client.main,
    get capabilities() {
      return client.capabilities
    },
    runtime,
    invoke,
    inFlight: () => client.inFlight,
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
    async stop(graceMs) {
      const deadline = Date.now() + graceMs
      while (client.running && client.inFlight > 0 && Date.now() < deadline) await delay(20)
      stopped = true
      await client.stop(Math.max(500, deadline - Date.now()))
    },
  }
}
