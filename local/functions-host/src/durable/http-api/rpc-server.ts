/** The local HTTP endpoint that the client library talks to (`rpcBaseUrl`): loopback only, no keys. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { ApiRequest, ApiResponse } from "./exchange.ts"

const prefix = "/durabletask/"

export type RpcServer = {
  /** With a slash at the end. */
  baseUrl: string
  close(): Promise<void>
}

/** Listens on a free port of 127.0.0.1. */
export async function startRpcServer(
  handle: (request: ApiRequest) => Promise<ApiResponse>,
): Promise<RpcServer> {
  const server = createServer((request, response) => {
    void serve(request, response, handle).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end(String(error))
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}${prefix}`,
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: ApiRequest) => Promise<ApiResponse>,
): Promise<void> {
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "127.0.0.1"}`)
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const aborted = new AbortController()
  response.on("close", () => {
    if (!response.writableFinished) aborted.abort()
  })
  const answer = url.pathname.startsWith(prefix)
    ? await handle({
        method: request.method ?? "GET",
        path: url.pathname.slice(prefix.length),
        query: url.searchParams,
        url: url.href,
        header: (name) => {
          const value = request.headers[name]
          return Array.isArray(value) ? value.join(",") : value
        },
        body: Buffer.concat(chunks).toString(),
        signal: aborted.signal,
        isRpc: true,
      })
    : { status: 404 }
  response.writeHead(answer.status, {
    ...answer.headers,
    "content-length": Buffer.byteLength(answer.body ?? ""),
  })
  response.end(answer.body)
}
