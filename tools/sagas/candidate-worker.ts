// Loads an app as the Functions worker does, in a thread of its own, and runs its orchestrators when asked. The app's
// triggers are registered and never fire: nothing is connected, nothing is listened on.
import { createRequire, registerHooks } from "node:module"
import { pathToFileURL } from "node:url"
import { parentPort, workerData } from "node:worker_threads"
import { markRepeatedActions, type OrchestratorState } from "@eshop/functions-host/durable/protocol/actions"
import { failureOf } from "@eshop/functions-host/durable/protocol/orchestrator-result"
import type { Answer, Question } from "./candidate.ts"

type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: { json?: string } }>
}
type Model = { getInvocationModel(core: unknown): InvocationModel | Promise<InvocationModel> }
type Registered = {
  metadata: { name: string; bindings: Record<string, { type?: string; direction?: string }> }
  callback: unknown
}

const CORE = "functions-core:candidate"
const functions = new Map<string, Registered>()
let model: Model | undefined

/** What the worker gives to an app; only what is registered matters here. */
const core = {
  version: "3.10.0",
  hostVersion: "4.0.0",
  registerFunction(metadata: Registered["metadata"], callback: unknown) {
    functions.set(metadata.name, { metadata, callback })
    return { dispose() {} }
  },
  registerHook: () => ({ dispose() {} }),
  setProgrammingModel: (given: Model) => {
    model = given
  },
  getProgrammingModel: () => model,
  log: () => undefined,
  Disposable: class {},
}
;(globalThis as Record<string, unknown>)[CORE] = core
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@azure/functions-core"
      ? { url: CORE, format: "commonjs", shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === CORE
      ? { format: "commonjs", source: `module.exports = globalThis["${CORE}"]`, shortCircuit: true }
      : next(url, context),
})

const triggerOf = ({ metadata }: Registered) =>
  Object.entries(metadata.bindings).find(([, { type }]) => type?.toLowerCase().endsWith("trigger"))

function namesOf(type: string): string[] {
  return [...functions.values()].flatMap((one) =>
    triggerOf(one)?.[1].type?.toLowerCase() === type ? [one.metadata.name] : [],
  )
}

/** One run of an orchestrator with the trigger's JSON text, as the host calls it. */
async function run(name: string, trigger: string): Promise<OrchestratorState> {
  const registered = functions.get(name) as Registered
  const [binding] = triggerOf(registered) as [string, unknown]
  const invocation = await (model as Model).getInvocationModel({
    invocationId: "check",
    request: { inputData: [{ name: binding, data: { string: trigger } }], triggerMetadata: {} },
    metadata: registered.metadata,
    state: {},
    log: () => undefined,
  })
  const { context, inputs } = await invocation.getArguments()
  try {
    const state = await invocation.invokeFunction(context, inputs, registered.callback)
    const { returnValue } = await invocation.getResponse(
      context,
      markRepeatedActions(state as OrchestratorState),
    )
    return JSON.parse(returnValue?.json ?? "null") as OrchestratorState
  } catch (error) {
    return failureOf((error as Error).message)
  }
}

const { entry } = workerData as { entry: string }
// A bundle is CommonJS, the sources are modules.
if (entry.endsWith(".cjs")) createRequire(import.meta.url)(entry)
else await import(pathToFileURL(entry).href)

const post = (answer: Answer) => parentPort?.postMessage(answer)
parentPort?.on("message", ({ id, name, trigger }: Question) => {
  run(name, trigger).then(
    (state) => post({ id, state }),
    (error) => post({ id, error: (error as Error).message }),
  )
})
post({ orchestrators: namesOf("orchestrationtrigger"), activities: namesOf("activitytrigger") })
