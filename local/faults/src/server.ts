import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"
import { RefusedError, readUrl, sendJson, sendProblem } from "@eshop/telemetry/http"
import * as z from "zod"
import { Chance, Messages, PlacedOrder, parts, processes, Script, Switch } from "./fault.ts"
import { readPoint } from "./fault-points.ts"
import { BusyError, type FaultsPart } from "./part.ts"
import type { ShopView } from "./shop.ts"

/** How the part is run. */
export type FaultsOptions = {
  /** 0 takes any free port. */
  readonly port: number
  readonly part: FaultsPart
  readonly shop: ShopView
  /** The parts that run here. */
  running(): readonly string[]
}

/** Shorter than the gateway waits. */
const SOON_MS = 20_000

/** Starts the switchboard's API on the loopback interface, and what the functions host tells of its sagas. */
export async function startFaults(options: FaultsOptions): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    handle(request, response, options).catch((error: unknown) => {
      if (!(error instanceof RefusedError) && !(error instanceof BusyError)) console.error(error)
      sendProblem(response, refusalOf(error))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port, "127.0.0.1", resolve)
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: FaultsOptions,
): Promise<void> {
  const { pathname } = readUrl(request)
  const { method = "GET" } = request
  if (pathname === "/health/live") return sendJson(response, 200, { status: "live" })
  if (pathname === "/fault-points" && method === "POST") {
    // The functions host sends none; a page of another site would.
    if (request.headers.origin !== undefined) throw new RefusedError(403, "This is for the functions host.")
    await options.part.reached(await readPoint(request))
    response.writeHead(204).end()
    return
  }
  const answer = await api(request, `${method} ${pathname}`, options)
  if (answer === undefined) throw new RefusedError(404, `There is no ${method} ${pathname}.`)
  sendJson(response, method === "POST" ? 201 : 200, answer)
}

async function api(
  request: IncomingMessage,
  target: string,
  { part, shop, running }: FaultsOptions,
): Promise<object | undefined> {
  const [, id] = /^DELETE \/api\/switches\/(\d+)$/.exec(target) ?? []
  if (id !== undefined) {
    if (!part.disarm(Number(id))) throw new RefusedError(404, "This switch is off already.")
    return {}
  }
  switch (target) {
    case "GET /api/state":
      return { ...(await part.state()), choices: choicesOf(running()) }
    case "GET /api/script":
      return await part.script()
    case "POST /api/switches":
      return part.arm(await read(request, Switch))
    case "PUT /api/messages": {
      const { messages } = await read(request, z.strictObject({ messages: Messages }))
      await part.passOn(messages)
      return { messages }
    }
    case "PUT /api/chance":
      part.draw(await read(request, Chance))
      return {}
    case "POST /api/beginning":
      await read(request, z.strictObject({}))
      await part.begin()
      return {}
    case "POST /api/orders":
      return await placedSoon(shop, await read(request, PlacedOrder.omit({ messages: true })))
    case "POST /api/replays":
      part.replay(await read(request, Script))
      return {}
    default:
      return undefined
  }
}

/** Its id, unless faults are in its way: then it is placed as soon as they let it. */
async function placedSoon(shop: ShopView, order: Parameters<ShopView["place"]>[0]): Promise<object> {
  const placed = shop.place(order)
  placed.catch((error: Error) => console.error(`An order was not placed: ${error.message}`))
  return await Promise.race([placed.then((orderId) => ({ orderId })), sleep(SOON_MS, {}, { ref: false })])
}

/** What the page may offer. */
const choicesOf = (running: readonly string[]): object => ({
  parts: parts.filter((name) => running.includes(name)),
  processes: processes.filter((name) => running.includes(name)),
})

/**
 * Reads a body. Only JSON: a page of another site may send that to nobody without being asked first (CORS), and is refused
 * then.
 */
async function read<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  if (!request.headers["content-type"]?.startsWith("application/json"))
    throw new RefusedError(415, "The body must be application/json.")
  try {
    return schema.parse(JSON.parse(await text(request)))
  } catch (error) {
    if (error instanceof z.ZodError) throw new RefusedError(400, `This cannot be read: ${inWords(error)}.`)
    throw new RefusedError(400, "The body is no JSON.")
  }
}

const inWords = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")

function refusalOf(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error
  if (error instanceof BusyError) return new RefusedError(409, error.message)
  return new RefusedError(502, (error as Error).message)
}
