/** One line per request, so that the trace id that an answer carries can be found in the log. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { HostOutput } from "../output.ts"

export type AccessLine = {
  /** The function that answers; without it the host answers itself. */
  functionName?: string
  /** The trace of the invocation, by default that of the request. */
  traceParent?: string
}

/** Writes the line when the answer has gone out, or the client has. What is known meanwhile is set in the result. */
export function logAccess(
  output: HostOutput,
  request: IncomingMessage,
  response: ServerResponse,
): AccessLine {
  const line: AccessLine = {}
  const started = performance.now()
  response.on("close", () => {
    const path = (request.url ?? "/").split("?", 1)[0]
    const ms = Math.round(performance.now() - started)
    const outcome = response.writableFinished ? `answered ${response.statusCode}` : "abandoned"
    const traceId = (line.traceParent ?? request.headers.traceparent)?.toString().split("-")[1]
    const details = [
      line.functionName !== undefined && `Function=${line.functionName}`,
      traceId !== undefined && `TraceId=${traceId}`,
    ].filter(Boolean)
    const suffix = details.length === 0 ? "" : ` (${details.join(", ")})`
    output.write("information", "Host.Http", `${request.method} ${path} ${outcome} in ${ms} ms${suffix}`)
  })
  return line
}
