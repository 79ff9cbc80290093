// Preloaded (--import) into an app: writes down each thing that it asks of others, with the trace that it belongs to,
// in the file that COUNT_WORK_FILE names.
import { subscribe } from "node:diagnostics_channel"
import { appendFileSync } from "node:fs"
import { isMainThread } from "node:worker_threads"
import { ServiceBusClient } from "@azure/service-bus"
import { ambient } from "@eshop/building-blocks/telemetry/ambient"
import { Redis } from "ioredis"
import pg from "pg"
import type { Work } from "./work.ts"

const file = process.env.COUNT_WORK_FILE ?? ""

/** Nothing is written of what belongs to no call: timers have traces of their own, and idle costs another sum. */
function note(kind: Work["kind"], what: string, traceparent = ambient()?.traceparent): void {
  if (traceparent === undefined) return
  const work: Work = { trace: traceparent.slice(3, 35), kind, what }
  appendFileSync(file, `${JSON.stringify(work)}\n`)
}

/** What a statement is called: its own name, or how it begins. */
function nameOf(statement: unknown): string {
  if (typeof statement === "string") return statement.trim().slice(0, 40)
  const { name, text } = statement as { name?: string; text: string }
  return name ?? text.trim().slice(0, 40)
}

function countStatements(): void {
  const inTransaction = new WeakSet<object>()
  const { prototype } = pg.Client
  const query = prototype.query as (this: pg.Client, ...given: unknown[]) => unknown
  prototype.query = function counted(this: pg.Client, ...given: unknown[]) {
    const name = nameOf(given[0])
    const ends = name === "COMMIT" || name === "ROLLBACK"
    if (name.startsWith("BEGIN")) {
      inTransaction.add(this)
      note("transaction", name)
    } else if (ends) inTransaction.delete(this)
    else {
      if (!inTransaction.has(this)) note("transaction", name)
      note("statement", name)
    }
    return query.apply(this, given)
  } as typeof prototype.query
}

function countMessages(): void {
  const { prototype } = ServiceBusClient
  const createSender = prototype.createSender
  prototype.createSender = function counted(this: ServiceBusClient, topic: string) {
    const sender = createSender.call(this, topic)
    const createMessageBatch = sender.createMessageBatch.bind(sender)
    sender.createMessageBatch = async (options) => {
      const batch = await createMessageBatch(options)
      const tryAddMessage = batch.tryAddMessage.bind(batch)
      batch.tryAddMessage = (message, ...rest) => {
        const isIn = tryAddMessage(message, ...rest)
        // Messages of several calls may leave together: each one's own trace is in its event.
        const { subject, body } = message as { subject?: string; body?: { traceparent?: string } }
        if (isIn) note("message", String(subject), body?.traceparent)
        return isIn
      }
      return batch
    }
    return sender
  }
}

function countCache(): void {
  const { prototype } = Redis
  const sendCommand = prototype.sendCommand
  prototype.sendCommand = function counted(this: Redis, command, ...rest) {
    note("cache", command.name)
    return sendCommand.call(this, command, ...rest)
  }
}

/** Requests by `fetch` and by `node:http`, which the storage library uses; by the port that they go to. */
function countCalls(): void {
  subscribe("undici:request:create", (message) => {
    const { request } = message as { request: { origin: string; method: string; path: string } }
    note("call", `${new URL(request.origin).port} ${request.method} ${request.path}`)
  })
  subscribe("http.client.request.start", (message) => {
    const { request } = message as {
      request: { host: string; method: string; path: string; getHeader(name: string): unknown }
    }
    note("call", `${String(request.getHeader("host")).split(":")[1]} ${request.method} ${request.path}`)
  })
}

if (!isMainThread && file !== "") {
  countStatements()
  countMessages()
  countCache()
  countCalls()
}
