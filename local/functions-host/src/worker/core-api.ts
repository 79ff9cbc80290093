/**
 * The object that `require("@azure/functions-core")` gives to the app: the public API of the Node worker
 * (types-core/index.d.ts of azure-functions-nodejs-worker).
 */
import { basename, dirname } from "node:path"
import { app, hooksOf, systemLog } from "./app-state.ts"
import type { CoreFunctionMetadata, FunctionCallback, HookCallback, ProgrammingModel } from "./core-types.ts"
import { SystemError } from "./errors.ts"
import { userLog } from "./hooks.ts"

/** The version of the worker protocol that this worker follows: log hooks came with 3.10 of the public worker. */
export const workerVersion = "3.10.0"

class Disposable {
  static from(...disposables: { dispose?: () => unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable?.dispose?.()
    })
  }

  #callOnDispose: (() => unknown) | undefined

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose
  }

  dispose(): void {
    const callOnDispose = this.#callOnDispose
    this.#callOnDispose = undefined
    callOnDispose?.()
  }
}

function registerFunction(metadata: CoreFunctionMetadata, callback: FunctionCallback): Disposable {
  if (app.locked) throw new SystemError("A function can only be registered during app startup.")
  const functionId = metadata.functionId || metadata.name
  if (app.functions.has(functionId)) {
    throw new SystemError(`A function with id "${functionId}" has already been registered.`)
  }
  app.functions.set(functionId, {
    metadata: {
      name: metadata.name,
      functionId,
      rawBindings: Object.entries(metadata.bindings).map(([name, binding]) =>
        JSON.stringify({ ...binding, name }),
      ),
      retryOptions: metadata.retryOptions,
      scriptFile: app.currentEntryPoint ? basename(app.currentEntryPoint) : "unknown",
      directory: app.currentEntryPoint ? dirname(app.currentEntryPoint) : undefined,
    },
    bindings: metadata.bindings,
    callback,
  })
  return new Disposable(() => {
    if (app.locked) throw new SystemError("A function can only be disposed during app startup.")
    app.functions.delete(functionId)
  })
}

function registerHook(name: string, callback: HookCallback): Disposable {
  const hooks = hooksOf(name)
  hooks.push(callback)
  return new Disposable(() => {
    const index = hooks.indexOf(callback)
    if (index >= 0) hooks.splice(index, 1)
  })
}

function setProgrammingModel(model: ProgrammingModel): void {
  systemLog("debug", `Setting Node.js programming model to "${model.name}" version "${model.version}"`)
  app.programmingModel = model
}

function log(level: string, category: "user" | "system" | "customMetric", message: string): void {
  if (category === "user") userLog({ level, message })
  else app.writeLog({ kind: "log", level, logCategory: category, message })
}

export const coreApi = {
  version: workerVersion,
  get hostVersion() {
    return app.hostVersion
  },
  registerFunction,
  registerHook,
  setProgrammingModel,
  getProgrammingModel: () => app.programmingModel,
  log,
  Disposable,
}
