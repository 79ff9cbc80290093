import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { answerApi } from "./answer-api.ts"
import { answerPage } from "./answer-page.ts"
import { RefusedError, readUrl, sendJson, sendProblem } from "./http.ts"
import { answerExport } from "./receive.ts"
import { type TelemetryStore, telemetryStore } from "./store/store.ts"

/** How the part is run. */
export interface TelemetryOptions {
  /** 0 takes any free port. */
  port: number
  /** Origins whose pages may send telemetry. */
  allowedOrigins: readonly string[]
}

/** A running receiver with its page. */
export interface Telemetry {
  url: string
  close(): Promise<void>
}

/** How often what is too old is dropped while nothing comes. */
const EXPIRY_INTERVAL_MS = 10_000

/** Starts the receiver (OTLP over HTTP) and the page of what it keeps, on the loopback interface. */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const store = telemetryStore(Date.now)
  const expiring = setInterval(() => {
    for (const kept of [store.spans, store.logs, store.metrics]) kept.expire()
  }, EXPIRY_INTERVAL_MS)
  const server = createServer((request, response) => {
    handle(request, response, store, options.allowedOrigins).catch((error: unknown) => {
      if (!(error instanceof RefusedError)) console.error(error)
      sendProblem(
        response,
        error instanceof RefusedError ? error : new RefusedError(500, "It failed; see the log of this part."),
      )
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port, "127.0.0.1", resolve)
  })
  const address = server.address()
  const port = address && typeof address === "object" ? address.port : options.port
  return {
    url: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(expiring)
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  store: TelemetryStore,
  allowedOrigins: readonly string[],
): Promise<void> {
  const url = readUrl(request)
  if (await answerExport(request, response, url.pathname, { store, allowedOrigins })) return
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new RefusedError(405, "There is only GET here.", { allow: "GET, HEAD" })
  }
  if (url.pathname === "/health/live") return sendJson(response, 200, { status: "live" })
  if (url.pathname.startsWith("/api/")) return sendJson(response, 200, await answerApi(store, url))
  if (await answerPage(response, url.pathname)) return
  throw new RefusedError(404, `There is no ${url.pathname}.`)
}
