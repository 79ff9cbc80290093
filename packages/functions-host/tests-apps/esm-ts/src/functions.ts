import { app, type HttpRequest, type InvocationContext } from "@azure/functions"

app.http("hello", {
  authLevel: "anonymous",
  methods: ["GET", "POST"],
  handler: async (request: HttpRequest, context: InvocationContext) => {
    context.log(`hello in ${context.functionName}`)
    return { body: `Hello, ${request.query.get("name") ?? ((await request.text()) || "world")}!` }
  },
})

app.http("hooked", {
  authLevel: "anonymous",
  handler: async (request) => ({ jsonBody: { input: request } }),
})

app.http("swallowed", {
  authLevel: "anonymous",
  handler: async () => {
    throw new Error("this error is swallowed by a hook")
  },
})
