/** Keeps one worker of an app running: a worker that ends is replaced, with growing pauses. */
import { setTimeout as delay } from "node:timers/promises"
import { WorkerGoneError } from "../contract.ts"
import type { HostOutput } from "../output.ts"
import { WorkerClient, type WorkerEvents } from "./client.ts"
import type { LogMessage } from "./protocol.ts"

export type RunningWorker = {
  /** The worker that runs, or ran last. */
  readonly client: WorkerClient
  /** The worker that runs; waits while it is replaced. Throws WorkerGoneError when the app has stopped. */
  ready(): Promise<WorkerClient>
  /** Ends a worker whose code cannot be stopped otherwise, and starts another. */
  replace(worker: WorkerClient, reason: string): void
  /** Lets running invocations end (at most graceMs), then ends the worker. */
  stop(graceMs: number): Promise<void>
}

export type WorkerOptions = {
  scriptRoot: string
  hostVersion: string
  /** The environment of the worker. */
  env: Record<string, string>
  output: HostOutput
  onFilesLoaded(files: string[]): void
}

/** Starts the first worker, in which the app is loaded. Throws AppStartError. */
export async function keepWorkerRunning(options: WorkerOptions): Promise<RunningWorker> {
  const { output } = options
  let stopped = false
  let crashes = 0

  const events: WorkerEvents = {
    log: (line) => writeLog(output, line),
    output: (line, stream) =>
      output.write(stream === "stderr" ? "error" : "information", "Function.Console", line),
    loaded: options.onFilesLoaded,
    exited(code) {
      if (stopped) return
      output.write("error", "Host.Worker", `The worker ended unexpectedly with code ${code}. Restarting it.`)
      restart()
    },
  }

  async function startAnother(): Promise<WorkerClient> {
    for (;;) {
      // A worker that dies at once again and again must not eat the machine.
      await delay(Math.min(100 * 2 ** crashes, 10_000))
      if (stopped) throw new WorkerGoneError("The host is stopping.")
      crashes++
      try {
        const started = await WorkerClient.start(options, events)
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
  }

  const restart = () => {
    current = startAnother()
    current.catch(() => {})
  }

  let client = await WorkerClient.start(options, events)
  let current = Promise.resolve(client)
  return {
    get client() {
      return client
    },
    ready: () => current,
    replace(worker, reason) {
      if (worker !== client || stopped) return
      output.write("information", "Host.Worker", `Restarting the worker: ${reason}`)
      void worker.kill()
      restart()
    },
    async stop(graceMs) {
      const deadline = Date.now() + graceMs
      while (client.running && client.inFlight > 0 && Date.now() < deadline) await delay(20)
      stopped = true
      await client.stop(Math.max(500, deadline - Date.now()))
    },
  }
}

/** A line of user code names its invocation; others are the worker's own. */
function writeLog(output: HostOutput, line: LogMessage): void {
  if (line.logCategory !== "user") {
    output.write(line.level, "Worker", line.message)
    return
  }
  const functionName = line.category?.replace(/\.Invocation$/, "")
  const prefix = line.invocationId === undefined ? "" : `[${functionName} ${line.invocationId}] `
  output.write(line.level, `Function.${functionName ?? "Worker"}.User`, `${prefix}${line.message}`)
}
