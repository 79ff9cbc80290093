/** One invocation inside the worker: arguments, pre hooks, the function, post hooks, response. */

import type { TypedData } from "../contract.ts"
import { app } from "./app-state.ts"
import type { CoreInvocationContext, HookData } from "./core-types.ts"
import { SystemError } from "./errors.ts"
import { executeHooks, hookContext, userLog } from "./hooks.ts"
import type { InvokeMessage, NamedData } from "./protocol.ts"

/** Runs the function; throws what the function, a hook or the programming model throws. */
export async function runInvocation(
  message: InvokeMessage,
): Promise<{ returnValue?: TypedData | null; outputData?: NamedData[] | null }> {
  const registration = app.functions.get(message.functionId)
  if (!registration) {
    throw new SystemError(`Function code for '${message.functionId}' is not loaded and cannot be invoked.`)
  }
  const { metadata, bindings, callback } = registration
  const { kind: _, ...request } = message
  const hookData: HookData = {}
  const category = `${metadata.name}.Invocation`
  let invocationContext: unknown
  const core: CoreInvocationContext = {
    invocationId: message.invocationId,
    request,
    metadata: { ...metadata, bindings },
    log(level, logCategory, text) {
      const line = { level, message: text, invocationId: message.invocationId, category }
      if (logCategory === "user") userLog(line, { hookData, invocationContext })
      else app.writeLog({ kind: "log", logCategory, ...line })
    },
  }
  if (!app.programmingModel) throw new SystemError("No programming model is registered.")
  const model = await app.programmingModel.getInvocationModel(core)
  const { context, inputs } = await model.getArguments()
  invocationContext = context

  if (app.hooks.preInvocation.length === 0 && app.hooks.postInvocation.length === 0) {
    core.state = "invocation"
    let result: unknown
    try {
      result = await model.invokeFunction(context, inputs, callback)
    } finally {
      core.state = undefined
    }
    return await model.getResponse(context, result)
  }

  const pre = hookContext({ inputs, functionCallback: callback }, { hookData, invocationContext: context })
  await inState(core, "preInvocationHooks", () => executeHooks("preInvocation", pre))

  const post = hookContext(
    { inputs: pre.inputs, result: null as unknown, error: null as unknown },
    { hookData, invocationContext: context },
  )
  await inState(core, "invocation", async () => {
    try {
      post.result = await model.invokeFunction(context, pre.inputs, pre.functionCallback)
    } catch (error) {
      post.error = error
    }
  })
  await inState(core, "postInvocationHooks", () => executeHooks("postInvocation", post))
  if (post.error !== null && post.error !== undefined) throw post.error
  return await model.getResponse(context, post.result)
}

async function inState(
  core: CoreInvocationContext,
  state: NonNullable<CoreInvocationContext["state"]>,
  run: () => Promise<void>,
): Promise<void> {
  core.state = state
  try {
    await run()
  } finally {
    core.state = undefined
  }
}
