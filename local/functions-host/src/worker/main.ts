/**
 * Entry of the worker thread: one app per thread, because `@azure/functions` keeps its state per realm.
 * Supplies `@azure/functions-core`, loads the app, then answers invocations until it is told to end.
 */
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"
import { parentPort, workerData } from "node:worker_threads"
import { app, systemLog } from "./app-state.ts"
import { toError } from "./errors.ts"
import { executeHooks, hookContext } from "./hooks.ts"
import { runInvocation } from "./invocation.ts"
import type { FromWorker, InvokeMessage, RpcException, ToWorker, WorkerInit } from "./protocol.ts"
import { startApp } from "./start-app.ts"

if (!parentPort) throw new Error("This file runs as a worker thread of the functions host.")
const port = parentPort
const init = workerData as WorkerInit
const coreModule = new URL("./functions-core.cjs", import.meta.url).href

app.hostVersion = init.hostVersion
app.workerId = init.workerId
app.writeLog = (line) => post(line)

/** What the public worker tells the host about itself (getWorkerCapabilities of its source). */
const defaultCapabilities = {
  RawHttpBodyBytes: "true",
  RpcHttpTriggerMetadataRemoved: "true",
  RpcHttpBodyOnly: "true",
  IgnoreEmptyValuedRpcHttpHeaders: "true",
  UseNullableValueDictionaryForHttp: "true",
  WorkerStatus: "true",
  TypedDataCollection: "true",
  HandlesWorkerTerminateMessage: "true",
}

let loadedFiles: string[] = []

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "@azure/functions-core") {
      return { url: coreModule, format: "commonjs", shortCircuit: true }
    }
    return next(specifier, context)
  },
  load(url, context, next) {
    if (url.startsWith("file:") && !url.includes("/node_modules/") && url !== coreModule) {
      if (loadedFiles.length === 0) setImmediate(reportLoadedFiles)
      loadedFiles.push(fileURLToPath(url))
    }
    return next(url, context)
  },
})

process.on("uncaughtException", (thrown) => {
  const error = toError(thrown)
  post({ kind: "crashed", message: `Worker uncaught exception: ${error.stack ?? error.message}` })
  process.exit(1)
})

await start()

async function start(): Promise<void> {
  try {
    const main = await startApp(init.scriptRoot)
    const capabilities = (await app.programmingModel?.getCapabilities?.({ ...defaultCapabilities })) ?? {
      ...defaultCapabilities,
    }
    app.locked = true
    reportLoadedFiles()
    post({
      kind: "started",
      functions: [...app.functions.values()].map((registration) => registration.metadata),
      capabilities,
      main,
    })
    port.on("message", receive)
  } catch (thrown) {
    reportLoadedFiles()
    post({ kind: "startFailed", error: toException(thrown) })
    // The thread ends by itself only when the app left nothing open; the host ends it.
  }
}

function receive(message: ToWorker): void {
  if (message.kind === "invoke") void invoke(message)
  else void terminate()
}

async function invoke(message: InvokeMessage): Promise<void> {
  const { invocationId } = message
  try {
    const { returnValue, outputData } = await runInvocation(message)
    post({ kind: "result", invocationId, returnValue, outputData })
  } catch (thrown) {
    post({ kind: "failed", invocationId, exception: toException(thrown) })
  }
}

async function terminate(): Promise<void> {
  systemLog("debug", "Received workerTerminate message; gracefully shutting down worker")
  try {
    await executeHooks("appTerminate", hookContext({}, { hookData: app.appLevelHookData }))
  } catch (thrown) {
    post({ kind: "crashed", message: `appTerminate hook failed: ${toError(thrown).stack}` })
  }
  process.exit(0)
}

function toException(thrown: unknown): RpcException {
  const error = toError(thrown)
  return { message: error.message, stackTrace: error.stack, type: error.name }
}

function reportLoadedFiles(): void {
  if (loadedFiles.length === 0) return
  post({ kind: "loaded", files: loadedFiles })
  loadedFiles = []
}

function post(message: FromWorker): void {
  port.postMessage(message)
}
