/**
 * `functions-host start --port N --csharp`: what the VS Code extension of the Durable Functions Monitor starts as its
 * backend. It has no task hub: it passes on to the running host that has the hub. Nothing here may write to standard error,
 * which the extension takes for a failed start.
 */

import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { refusal } from "../../http/refusal.ts"
import { readBody } from "../../http/request.ts"
import { sendJson, sendStatus, sendText } from "../../http/server.ts"
import { hubOf, isTrusted } from "./access.ts"
import { type RunningHub, runningHubs, storageOf } from "./running-hubs.ts"

export type BackendOptions = {
  /** 0 takes a free port. */
  readonly port: number
  /** `AzureWebJobsStorage`, `DFM_HUB_NAME` (hubs that may be seen, separated by commas), `DFM_NONCE`. */
  readonly env: Readonly<Record<string, string | undefined>>
  print(line: string): void
}

const ROOT = "/a/p/i/"
const MAX_BODY = 10 * 1024 * 1024
const ours = { hosts: new Set<string>(), origins: undefined }

/** Listens on the loopback interface. Resolves with the address of the API. */
export async function startBackend(options: BackendOptions): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch((error: Error) => {
      options.print(`${request.method} ${request.url}: ${error.message}`)
      if (!response.headersSent) sendText(response, 503, "The host that has the task hub does not answer.\n")
      else response.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port, "127.0.0.1", resolve)
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${ROOT.slice(0, -1)}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function handle(
  { env, print }: BackendOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refused = refusal(request, ours)
  if (refused) return sendText(response, refused.status, `${refused.reason}\n`)
  const path = request.url ?? "/"
  if (!path.startsWith(ROOT)) return sendStatus(response, 404)
  if (!isTrusted(env.DFM_NONCE, headersOf(request))) return sendStatus(response, 401)
  const wanted = path.slice(ROOT.length)
  if (wanted === "easyauth-config") return sendJson(response, 200, { userName: null })
  const hubs = allowedHubs(env)
  if (wanted === "task-hub-names") return sendJson(response, 200, [...new Set(hubs.map(({ hub }) => hub))])
  const name = hubOf(decodeURIComponent(wanted.split(/[/?]/, 1)[0] ?? "")).hub
  const running = hubs.find(({ hub }) => hub.toLowerCase() === name.toLowerCase())
  if (!running) {
    print(`No functions host runs the task hub "${name}" with this storage: start the app first.`)
    return sendStatus(response, 401)
  }
  await passOn(running, request, response, path)
}

function allowedHubs(env: BackendOptions["env"]): RunningHub[] {
  const allowed = env.DFM_HUB_NAME?.toLowerCase().split(",")
  return runningHubs(storageOf(env.AzureWebJobsStorage)).filter(
    ({ hub }) => allowed === undefined || allowed.includes(hub.toLowerCase()),
  )
}

async function passOn(
  { url, code }: RunningHub,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const body = await readBody(request, MAX_BODY)
  const token = randomUUID()
  const answer = await fetch(url + path, {
    method: request.method ?? "GET",
    headers: {
      "content-type": request.headers["content-type"] ?? "application/json",
      "x-functions-key": code,
      cookie: `x-dfm-xsrf-token=${token}`,
      "x-dfm-xsrf-token": token,
    },
    ...(body && { body: Buffer.from(body) }),
  })
  const type = answer.headers.get("content-type")
  const content = Buffer.from(await answer.arrayBuffer())
  response
    .writeHead(answer.status, { ...(type && { "content-type": type }), "content-length": content.length })
    .end(content)
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
