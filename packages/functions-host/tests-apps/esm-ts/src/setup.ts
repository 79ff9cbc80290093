import { app } from "@azure/functions"

let started = false

app.hook.appStart(() => {
  started = true
})
app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName === "hooked") {
    context.hookData.from = "pre"
    context.inputs[0] = { replaced: true }
  }
})
app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName === "hooked") {
    const result = context.result as { jsonBody: object }
    context.result = { jsonBody: { ...result.jsonBody, started, from: context.hookData.from } }
  }
  if (context.invocationContext.functionName === "swallowed") {
    context.error = null
    context.result = { body: "no harm done" }
  }
})
