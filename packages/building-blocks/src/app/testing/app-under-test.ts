import { HttpRequest, type HttpResponseInit, InvocationContext } from "@azure/functions"
import { type EventDefinition, toCloudEvent } from "@eshop/domain/contracts/event"
import type { z } from "zod"
import { routeHandler } from "../../http/route.ts"
import type { GuestTokens } from "../../identity/guest-token.ts"
import type { OrderTokens } from "../../identity/order-token.ts"
import { newId } from "../../ids.ts"
import { messageHold } from "../../messaging/hold.ts"
import { byTopic, consume } from "../../messaging/subscription.ts"
import type { BaseStore } from "../../store/store.ts"
import type { LogLevel } from "../../telemetry/log.ts"
import { traceparentOf } from "../../telemetry/traceparent.ts"
import type { App } from "../app.ts"
import type { Caller } from "../call.ts"
import { routesOf } from "../functions.ts"
import { pipeline } from "../invoke.ts"
import type { OwnPorts } from "../start.ts"

/** An answer of an app as a test looks at it. */
export type Reply = {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on the shape, it does not rely on it
  readonly body: any
}

/** Sends a request: a body that is text or bytes goes as it is, any other as JSON. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply>

export type AppUnderTest = {
  /** Sends requests on somebody's behalf. */
  as(caller: Caller): Send
  /** Runs a timer. @param name its use case's */
  tick(name: string): Promise<void>
  /** Delivers an event to the app's subscription. @returns the event's id */
  publish<T extends z.ZodType>(event: EventDefinition<T>, data: z.input<T>, id?: string): Promise<string>
  /** What the app has logged: each line as it is. */
  readonly log: readonly string[]
  /** The lines of a level, read. */
  lines(level: LogLevel): Record<string, unknown>[]
}

/**
 * An app in this process, without a host: its routes and subscriptions run through the pipeline as their triggers
 * would run them, and every result is checked against its schema.
 */
export function appUnderTest<A extends App<never>>(
  app: A,
  parts: {
    readonly ports: OwnPorts<A>
    readonly store?: BaseStore
    readonly guests?: GuestTokens
    readonly orderTokens?: OrderTokens
  },
): AppUnderTest {
  const { store, guests, orderTokens } = parts
  const health = { look: async () => ({}) }
  const invoke = pipeline({ ...parts, ports: { ...parts.ports, health }, checkResults: true })
  const log: string[] = []
  const contextOf = () => new InvocationContext({ logHandler: (_, ...texts) => log.push(texts.join(" ")) })
  const routes = routesOf(app).map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
  }))

  return {
    log,
    lines: (level) => log.map((line) => JSON.parse(line)).filter((line) => line.level === level),
    as: (caller) => async (method, path, body, headers) => {
      const url = new URL(path, "http://app.test/")
      for (const { route, pattern } of routes) {
        const match = pattern.exec(url.pathname.slice(1))
        if (!match || route.method !== method) continue
        const request = new HttpRequest({
          method,
          url: url.href,
          params: Object.fromEntries(
            Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
          ),
          headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
          ...(body !== undefined && { body: bodyOf(body) }),
        })
        const handler = routeHandler(route, {
          app: app.name,
          invoke,
          tokens: { verify: async () => caller },
          ...(guests && { guests }),
          ...(orderTokens && { orderTokens }),
        })
        return replyOf(await handler(request, contextOf()))
      }
      throw new Error(`the app has no route ${method} ${path}`)
    },

    async tick(name) {
      const timer = app.entries.find((entry) => entry.kind === "timer" && entry.useCase.name === name)
      if (timer?.kind !== "timer") throw new Error(`the app has no timer ${name}`)
      await invoke({
        useCase: timer.useCase,
        trigger: "timer",
        caller: { kind: "system", id: "timer" },
        read: () => ({ input: {} }),
        traceparent: traceparentOf(null, undefined),
        context: contextOf(),
      })
    },

    async publish(event, data, id = newId()) {
      const subscriptions = byTopic(app.entries).get(event.topic)
      if (!store || !subscriptions) throw new Error(`the app subscribes to nothing of ${event.topic}`)
      const deliver = consume(event.topic, subscriptions, {
        subscription: "app",
        invoke,
        store,
        hold: messageHold(0),
      })
      await deliver(toCloudEvent(event, { id, time: new Date(), subject: id }, data), contextOf())
      return id
    },
  }
}

const bodyOf = (body: unknown) => {
  if (Buffer.isBuffer(body)) return { bytes: body }
  return { string: typeof body === "string" ? body : JSON.stringify(body) }
}

function replyOf({ status = 200, headers: given, body }: HttpResponseInit): Reply {
  const headers = new Headers(given as Record<string, string>)
  const text = body === undefined ? "" : String(body)
  if (text === "") return { status, headers, body: undefined }
  const isJson = /^application\/(problem\+)?json/.test(headers.get("content-type") ?? "")
  return { status, headers, body: isJson ? JSON.parse(text) : text }
}
