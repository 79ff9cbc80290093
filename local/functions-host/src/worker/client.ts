/**
 * The host's side of one worker thread: starts it, sends invocations, notices its end.
 * One client is one life of the thread; restarting and reloading make a new one (app.ts).
 */
import { randomUUID } from "node:crypto"
import { createInterface } from "node:readline"
import { Worker } from "node:worker_threads"
import { WorkerGoneError } from "../contract.ts"
import type {
  FromWorker,
  FunctionMetadata,
  InvokeMessage,
  LogMessage,
  RpcException,
  ToWorker,
} from "./protocol.ts"

export type WorkerEvents = {
  log(line: LogMessage): void
  /** A line that the app wrote to stdout or stderr. */
  output(line: string, stream: "stdout" | "stderr"): void
  /** Files outside node_modules that the app loaded. */
  loaded(files: string[]): void
  /** The thread ended though nobody asked it to. */
  exited(code: number): void
}

export type WorkerResult = Extract<FromWorker, { kind: "result" }>

/** The app could not be loaded: an entry point threw, a hook threw, or the thread ended while loading. */
export class AppStartError extends Error {
  override readonly name = "AppStartError"
  constructor(exception: RpcException) {
    super(exception.message)
    this.stack = exception.stackTrace ?? exception.message
  }
}

/** What the invocation's code threw, as the worker reported it. */
export class RpcInvocationError extends Error {
  override readonly name = "RpcInvocationError"
  readonly exception: RpcException
  constructor(exception: RpcException) {
    super(exception.message)
    this.exception = exception
  }
}

type Pending = { resolve(result: WorkerResult): void; reject(error: Error): void }

export class WorkerClient {
  readonly id = randomUUID()
  readonly functions: FunctionMetadata[]
  readonly capabilities: Record<string, string>
  /** `main` of the app's package.json. */
  readonly main: string | undefined
  readonly #thread: Worker
  readonly #pending: Map<string, Pending>
  #state: "running" | "stopping" | "gone" = "running"
  readonly #exit: Promise<void>

  private constructor(
    thread: Worker,
    pending: Map<string, Pending>,
    exit: Promise<void>,
    started: Extract<FromWorker, { kind: "started" }>,
  ) {
    this.#thread = thread
    this.#pending = pending
    this.#exit = exit
    this.functions = started.functions
    this.capabilities = started.capabilities
    this.main = started.main
  }

  /** Starts a thread and loads the app in it. Throws AppStartError. */
  static async start(
    options: { scriptRoot: string; hostVersion: string; env: Record<string, string> },
    events: WorkerEvents,
  ): Promise<WorkerClient> {
    const thread = new Worker(new URL("./main.ts", import.meta.url), {
      workerData: {
        scriptRoot: options.scriptRoot,
        hostVersion: options.hostVersion,
        workerId: randomUUID(),
      },
      env: options.env,
      stdout: true,
      stderr: true,
      name: "functions-worker",
    })
    for (const stream of ["stdout", "stderr"] as const) {
      createInterface({ input: thread[stream] }).on("line", (line) => events.output(line, stream))
    }
    const pending = new Map<string, Pending>()
    let client: WorkerClient | undefined
    let crash = ""
    const exited = Promise.withResolvers<void>()
    const started = Promise.withResolvers<Extract<FromWorker, { kind: "started" }>>()

    thread.on("message", (message: FromWorker) => {
      switch (message.kind) {
        case "result":
          pending.get(message.invocationId)?.resolve(message)
          break
        case "failed":
          pending.get(message.invocationId)?.reject(new RpcInvocationError(message.exception))
          break
        case "log":
          events.log(message)
          break
        case "loaded":
          events.loaded(message.files)
          break
        case "started":
          started.resolve(message)
          break
        case "startFailed":
          started.reject(new AppStartError(message.error))
          void thread.terminate()
          break
        case "crashed":
          crash = message.message
          events.log({ kind: "log", level: "error", logCategory: "system", message: message.message })
      }
    })
    thread.on("error", (error) => {
      crash ||= error.stack ?? error.message
      events.log({ kind: "log", level: "error", logCategory: "system", message: `Worker error: ${crash}` })
    })
    thread.on("exit", (code) => {
      started.reject(
        new AppStartError({
          message: crash || `The worker ended with code ${code} while it loaded the app.`,
        }),
      )
      const unexpected = client !== undefined && client.#state === "running"
      if (client) client.#state = "gone"
      const error = new WorkerGoneError(`The worker ended with code ${code} before the invocation completed.`)
      for (const { reject } of pending.values()) reject(error)
      pending.clear()
      exited.resolve()
      if (unexpected) events.exited(code)
    })

    client = new WorkerClient(thread, pending, exited.promise, await started.promise)
    return client
  }

  get running(): boolean {
    return this.#state === "running"
  }

  /** The number of invocations that have not answered yet. */
  get inFlight(): number {
    return this.#pending.size
  }

  /** Sends an invocation. Throws RpcInvocationError (user code) or WorkerGoneError. */
  async invoke(message: Omit<InvokeMessage, "kind">): Promise<WorkerResult> {
    if (this.#state === "gone") throw new WorkerGoneError("The worker is not running.")
    const { promise, resolve, reject } = Promise.withResolvers<WorkerResult>()
    this.#pending.set(message.invocationId, { resolve, reject })
    try {
      this.#post({ kind: "invoke", ...message })
      return await promise
    } finally {
      this.#pending.delete(message.invocationId)
    }
  }

  /** Runs the appTerminate hooks and ends the thread; after the grace period (ms) it is killed. */
  async stop(graceMs = 5000): Promise<void> {
    if (this.#state === "gone") return
    this.#state = "stopping"
    this.#post({ kind: "terminate" })
    const timer = setTimeout(() => void this.#thread.terminate(), graceMs)
    await this.#exit
    clearTimeout(timer)
  }

  /** Ends the thread at once, as after a function timeout; running invocations fail with WorkerGoneError. */
  async kill(): Promise<void> {
    if (this.#state === "gone") return
    this.#state = "stopping"
    await this.#thread.terminate()
    await this.#exit
  }

  #post(message: ToWorker): void {
    this.#thread.postMessage(message)
  }
}
