/** The HTTP front of the host: admin API, webhooks of extensions, the app's HTTP functions, home page. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { HostOutput } from "../output.ts"

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Listens on the port (0: a free one). Throws one clear line when the port is taken. */
export async function listen(
  handler: RequestHandler,
  options: { port: number; hostname: string; output: HostOutput },
): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 0 }, (request, response) => {
    handler(request, response).catch((error) => {
      // The client went away while it sent its request: there is nobody to answer.
      if (request.destroyed && !request.complete) return
      options.output.write(
        "error",
        "Host.Http",
        `${request.method} ${request.url}: ${(error as Error).stack}`,
      )
      if (!response.headersSent) response.writeHead(500, { "content-length": 0 }).end()
      else response.destroy()
    })
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once("error", (error: NodeJS.ErrnoException) =>
    reject(
      error.code === "EADDRINUSE"
        ? new Error(
            `Port ${options.port} is unavailable. Close the process using it, or choose another with --port.`,
          )
        : error,
    ),
  )
  server.listen(options.port, options.hostname, resolve)
  await promise
  return server
}

/** Answers with an empty body. */
export function sendStatus(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, { ...headers, "content-length": 0 }).end()
}

/** Answers with a sentence for a person. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    })
    .end(text)
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response
    .writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    })
    .end(text)
}
