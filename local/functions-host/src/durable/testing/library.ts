/**
 * Runs the real `durable-functions` library in this process, without a host: `@azure/functions-core` is a small
 * stand-in that keeps what the library registers. One per process, because the library keeps global state.
 */

import { createRequire, registerHooks } from "node:module"
import type * as DurableFunctions from "durable-functions"
import type { OrchestratorState } from "../protocol/actions.ts"
import { markRepeatedActions } from "../protocol/actions.ts"
import { failureOf } from "../protocol/orchestrator-result.ts"

type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{ returnValue?: { json?: string; string?: string } }>
}
type Model = { getInvocationModel(core: unknown): InvocationModel }
type Registered = { metadata: { name: string; bindings: Record<string, unknown> }; callback: unknown }

export type LoadedLibrary = {
  df: typeof DurableFunctions
  /** Runs an orchestrator once with the trigger's JSON text. */
  runOrchestrator(name: string, trigger: string): Promise<OrchestratorState>
}

/** Loads the library. */
export function loadLibrary(): LoadedLibrary {
  const functions = new Map<string, Registered>()
  let model: Model | undefined
  const core = {
    version: "3.0.0",
    hostVersion: "4.0.0",
    registerFunction: (metadata: Registered["metadata"], callback: unknown) =>
      functions.set(metadata.name, { metadata, callback }),
    registerHook: () => undefined,
    setProgrammingModel: (given: Model) => {
      model = given
    },
    getProgrammingModel: () => model,
    log: () => undefined,
    Disposable: class {},
  }
  const key = "__functionsCoreForTests"
  ;(globalThis as Record<string, unknown>)[key] = core
  const url = "functions-core:test"
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "@azure/functions-core"
        ? { url, format: "commonjs", shortCircuit: true }
        : next(specifier, context),
    load: (loaded, context, next) =>
      loaded === url
        ? { format: "commonjs", source: `module.exports = globalThis.${key}`, shortCircuit: true }
        : next(loaded, context),
  })
  const df = createRequire(import.meta.url)("durable-functions") as typeof DurableFunctions
  return {
    df,
    async runOrchestrator(name, trigger) {
      const registered = functions.get(name) as Registered
      const [binding] = Object.keys(registered.metadata.bindings)
      const invocation = (model as Model).getInvocationModel({
        invocationId: "test",
        request: { inputData: [{ name: binding, data: { string: trigger } }], triggerMetadata: {} },
        metadata: registered.metadata,
        state: {},
        log: () => undefined,
      })
      const { context, inputs } = await invocation.getArguments()
      try {
        const state = await invocation.invokeFunction(context, inputs, registered.callback)
        const marked = markRepeatedActions(state as OrchestratorState)
        const { returnValue } = await invocation.getResponse(context, marked)
        return JSON.parse(returnValue?.json ?? "null") as OrchestratorState
      } catch (error) {
        return failureOf((error as Error).message)
      }
    },
  }
}
