/**
 * Stream mode (`app.setup({ enableHttpStream: true })`): the library listens in the worker and reports its address
 * as capability HttpUri; the host forwards the request there with the invocation id, and the invocation itself
 * carries only the trigger metadata (DefaultHttpProxyService of the host, which uses YARP).
 */
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http"
import { pipeline } from "node:stream"
import { FunctionFailedError, type TypedData, WorkerGoneError } from "../contract.ts"
import { BodyTooLargeError, nullableHeaders, nullableQuery } from "./request.ts"
import { sendStatus } from "./server.ts"

const agent = new Agent({ keepAlive: true })

/**
 * Bounds the requests that wait for their response to begin. Node accepts one new connection per turn of its event
 * loop: under a burst of new connections to a busy worker some would wait for seconds while others are served again
 * and again. Behind the gate requests come in order and find connections that are open already.
 */
export type ProxyGate = { enter(): Promise<() => void> }

/** A gate for `limit` requests; one that waited for `patienceMs` passes all the same (long polling, slow functions). */
export function createProxyGate(limit = 32, patienceMs = 2000): ProxyGate {
  let inside = 0
  const waiting = new Set<() => void>()
  const leave = () => {
    inside--
    const [next] = waiting
    if (next && inside < limit) next()
  }
  const once = () => {
    let left = false
    return () => {
      if (!left) leave()
      left = true
    }
  }
  return {
    async enter() {
      if (inside >= limit) {
        await new Promise<void>((resolve) => {
          const pass = () => {
            clearTimeout(timer)
            waiting.delete(pass)
            resolve()
          }
          const timer = setTimeout(pass, patienceMs)
          waiting.add(pass)
        })
      }
      inside++
      return once()
    },
  }
}

/** Headers of one hop, not forwarded in either direction (RFC 9110, 7.6.1). */
const hopHeaders = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
])

/**
 * The binding data of a request, which the library reads in stream mode: query (all but `code`), route values over it,
 * and both collections unless one of those has their name. Names compare without case, the first spelling stays
 * (HttpTriggerAttributeBindingProvider.GetRequestBindingData of the WebJobs extension).
 */
export function streamTriggerMetadata(
  request: IncomingMessage,
  params: Record<string, string>,
): Record<string, TypedData> {
  const plain = (values: Record<string, { value?: string }>) =>
    Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value ?? ""]))
  const query = plain(nullableQuery(request.url ?? ""))
  const data = new Map<string, [string, TypedData]>()
  const set = (name: string, value: TypedData) =>
    data.set(name.toLowerCase(), [data.get(name.toLowerCase())?.[0] ?? name, value])
  for (const [name, value] of Object.entries(query)) {
    if (name.toLowerCase() !== "code") set(name, { string: value })
  }
  for (const [name, value] of Object.entries(params)) set(name, { string: value })
  if (!data.has("query")) set("Query", { json: JSON.stringify(query) })
  if (!data.has("headers")) set("Headers", { json: JSON.stringify(plain(nullableHeaders(request))) })
  return Object.fromEntries(data.values())
}

/**
 * Invokes the function and forwards the request meanwhile. A function that fails before it answered gives 500; one
 * that fails after it began to answer cuts the connection; a client that goes away ends the forwarded request.
 */
export async function proxyToWorker(
  options: ProxyOptions,
  invoke: (onDispatch: (invocationId: string, workerUri: string) => void) => Promise<unknown>,
): Promise<void> {
  const { request, response, maxBodyBytes } = options
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) {
    throw new BodyTooLargeError("Request body too large.")
  }
  const leave = await options.gate.enter()
  let abort: (reason: Error) => void = () => {}
  let forwarded: Promise<void> = Promise.resolve()
  try {
    await invoke((invocationId, workerUri) => {
      const exchange = forward(options, workerUri, invocationId, leave)
      abort = exchange.abort
      forwarded = exchange.done
      forwarded.catch(() => {})
    })
    if (!response.headersSent) setTimeout(() => warnOfSilence(options), 1000).unref()
    await forwarded
  } catch (error) {
    abort(error as Error)
    if (error instanceof FunctionFailedError || error instanceof WorkerGoneError) sendStatus(response, 500)
    else throw error
  } finally {
    leave()
  }
}

function warnOfSilence({ request, response, warn }: ProxyOptions): void {
  if (response.headersSent || response.destroyed) return
  warn(
    `${request.method} ${request.url}: the function ended without a response. In stream mode the request then stays ` +
      "open until it times out, here as in Azure: return a response object.",
  )
}

/** How long a forwarded request may be silent, as ForwarderRequestConfig.ActivityTimeout of the real host. */
const activityTimeoutMs = 240_000

type ProxyOptions = {
  warn(message: string): void
  request: IncomingMessage
  response: ServerResponse
  maxBodyBytes: number
  gate: ProxyGate
}

function forward(
  { request, response, maxBodyBytes }: ProxyOptions,
  workerUri: string,
  invocationId: string,
  onAnswer: () => void,
): { done: Promise<void>; abort(reason: Error): void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !hopHeaders.has(name)) headers[name] = value
  }
  headers["x-ms-invocation-id"] = invocationId
  headers["x-forwarded-host"] = request.headers.host ?? "localhost"
  headers["x-forwarded-proto"] = "http"
  if (request.socket.remoteAddress) headers["x-forwarded-for"] = request.socket.remoteAddress

  const { hostname, port } = new URL(workerUri)
  const outgoing = httpRequest(
    { agent, hostname, port, method: request.method, path: request.url, headers, setHost: true },
    (incoming) => {
      onAnswer()
      for (const [name, value] of Object.entries(incoming.headersDistinct)) {
        if (value && !hopHeaders.has(name) && name !== "x-ms-invocation-id") response.setHeader(name, value)
      }
      response.writeHead(incoming.statusCode ?? 200)
      response.flushHeaders()
      pipeline(incoming, response, (error) => (error ? reject(error) : resolve()))
    },
  )
  outgoing.setTimeout(activityTimeoutMs, () => {
    sendStatus(response, 504)
    outgoing.destroy()
  })
  outgoing.on("error", (error) => {
    if (!response.headersSent) sendStatus(response, 502)
    reject(error)
  })
  response.on("close", () => {
    if (!response.writableFinished) outgoing.destroy()
    resolve()
  })

  let received = 0
  request.on("data", (chunk: Buffer) => {
    received += chunk.length
    if (received > maxBodyBytes) {
      sendStatus(response, 413, { connection: "close" })
      outgoing.destroy()
    }
  })
  request.pipe(outgoing)
  return { done: promise, abort: (reason) => outgoing.destroy(reason) }
}
