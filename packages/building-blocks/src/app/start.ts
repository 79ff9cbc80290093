import { setTimeout as sleep } from "node:timers/promises"
import { app as functions, type HttpResponseInit, type InvocationContext } from "@azure/functions"
import type { z } from "zod"
import { activitiesOf } from "../durable/activity.ts"
import type { Durable } from "../durable/durable-functions.ts"
import { routeHandler } from "../http/route.ts"
import type { GuestTokens } from "../identity/guest-token.ts"
import type { OrderTokens } from "../identity/order-token.ts"
import type { TokenVerifier } from "../identity/verify-token.ts"
import { messageHold } from "../messaging/hold.ts"
import { type Broker, LEASE_SECONDS, outboxRelay, type Relay } from "../messaging/relay.ts"
import { byTopic, consume } from "../messaging/subscription.ts"
import { readSettings } from "../settings.ts"
import type { BaseStore, Store } from "../store/store.ts"
import { LogSettings, log, logLevel, startLog } from "../telemetry/log.ts"
import { followLogLevel } from "../telemetry/log-level.ts"
import { registerProcessGauges } from "../telemetry/process-gauges.ts"
import { startTelemetrySoon, type Telemetry, TelemetrySettings } from "../telemetry/sdk/start-telemetry.ts"
import { traceparentOf } from "../telemetry/traceparent.ts"
import type { App, Entry, PortsOf } from "./app.ts"
import { functionName, keepsStore, routesOf, serviceRoutes, subscriberName } from "./functions.ts"
import { registerGauges } from "./gauges.ts"
import {
  type DependencyStates,
  dependencyStates,
  type HealthPorts,
  live,
  type Probe,
  readiness,
} from "./health.ts"
import { type Invoke, pipeline } from "./invoke.ts"
import type { UseCase } from "./use-case.ts"

/** The ports of an app but for those that its start brings along. */
export type OwnPorts<A> = Omit<PortsOf<A>, keyof HealthPorts>

/** What an app is started with. */
export type Parts<A> = {
  readonly ports: OwnPorts<A>
  readonly tokens: TokenVerifier
  /** For apps that know guests. */
  readonly guests?: GuestTokens
  /** For apps that give guests a token for an order, or take it. */
  readonly orderTokens?: OrderTokens
  /** The app's OpenAPI document, served as it is. */
  readonly document: { readonly info: { readonly version: string } }
  /** For apps that record what they have handled; with an outbox where they are transactional. */
  readonly store?: Store | BaseStore
  /** Where the outbox sends to. */
  readonly broker?: Broker
  /** For apps with sagas. */
  readonly durable?: Durable
  /** What it can do without: shows in its readiness as degraded. */
  readonly others?: Readonly<Record<string, Probe>>
  /** Runs at the start, and again until it was done once; the app does not wait for what it needs. */
  readonly seed?: UseCase<PortsOf<A>, z.ZodObject>
  /** Runs when the host stops the app. */
  readonly close?: () => Promise<unknown>
}

/** Registers an app's triggers with the Functions host. */
export function start<A extends App<never>>(app: A, parts: Parts<A>): void {
  const { store, tokens, guests, orderTokens } = parts
  if (app.transactional && !(store && parts.broker))
    throw new Error(`${app.name} keeps an outbox: it needs the parts \`store\` and \`broker\``)
  if (!store && keepsStore(app))
    throw new Error(`${app.name} records what it has handled: it needs the part \`store\``)
  if (!guests && routesOf(app).some(({ access }) => access === "shopper"))
    throw new Error(`${app.name} makes guests: it needs the part \`guests\``)
  if (!orderTokens && routesOf(app).some(({ access, orderToken }) => access === "order" || orderToken))
    throw new Error(`${app.name} knows orders' tokens: it needs the part \`orderTokens\``)
  startLog(app.name, readSettings(LogSettings))
  const telemetry = registerTelemetry(app.name, parts.document.info.version)
  const health: HealthPorts["health"] = {
    look: () => look(),
    ...(app.transactional && store && { outbox: () => (store as Store).outbox.backlog() }),
    ...(store && { parked: () => store.parked.countByReason() }),
  }
  const invoke = pipeline({
    ports: { ...parts.ports, health },
    // Set by Core Tools, and by the local host.
    checkResults: process.env.AZURE_FUNCTIONS_ENVIRONMENT === "Development",
    ...(store && { store }),
  })
  const sagas = registerSagas(app.entries, parts)
  const extraInputs = sagas && parts.durable ? [parts.durable.input] : []
  for (const route of routesOf(app))
    functions.http(functionName(route.useCase), {
      methods: route.method === "GET" ? ["GET", "HEAD"] : [route.method],
      route: route.path,
      authLevel: "anonymous",
      extraInputs,
      handler: routeHandler(route, {
        ...{ app: app.name, invoke, tokens },
        ...(guests && { guests }),
        ...(orderTokens && { orderTokens }),
      }),
    })
  registerTimers(app.entries, invoke, extraInputs)
  const stopEvents = store ? registerEvents(app, invoke, store, extraInputs) : undefined
  const relay =
    app.transactional && store && parts.broker ? registerRelay(store as Store, parts.broker) : undefined
  const look = dependencyStates({
    ...(store && { store: () => store.ping() }),
    ...parts.others,
    ...(relay && { broker: () => relay.probe() }),
  })
  registerGauges({ ports: parts.ports, hasOutbox: relay !== undefined, ...(store && { store }) }, look)
  registerService(parts, telemetry, look)
  registerProcessGauges()
  const stopFollowing = store && followLogLevel(store.logLevels, logLevel())
  if (store) registerTimer("forget-old-keys", "0 17 3 * * *", () => store.forgetOld())
  if (parts.seed) registerSeed(parts.seed, invoke)
  functions.hook.appTerminate(async () => {
    stopEvents?.()
    stopFollowing?.()
    await relay?.stop()
    await Promise.all([store?.close(), parts.broker?.close(), parts.close?.()])
    await telemetry?.stop()
  })
}

function registerTelemetry(name: string, version: string): Telemetry | undefined {
  const settings = readSettings(TelemetrySettings)
  // The app sends its log itself: the host need not do so too.
  if (settings.APPLICATIONINSIGHTS_CONNECTION_STRING)
    functions.setup({ capabilities: { WorkerApplicationInsightsLoggingEnabled: true } })
  return startTelemetrySoon(settings, { name, version })
}

/** All metrics in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), where the app serves them. */
async function metricsAnswer(telemetry: Telemetry | undefined): Promise<HttpResponseInit> {
  if (!telemetry?.metricsText) return { status: 404 }
  return {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
    body: await telemetry.metricsText(),
  }
}

/** What every app serves besides its own routes. */
function registerService(
  { store, document }: Pick<Parts<App<never>>, "store" | "document">,
  telemetry: Telemetry | undefined,
  look: () => Promise<DependencyStates>,
): void {
  const service = (name: string, route: string, handler: () => object) =>
    functions.http(name, { methods: ["GET", "HEAD"], route, authLevel: "anonymous", handler })
  service("health-live", serviceRoutes.live, live)
  service("health-ready", serviceRoutes.ready, readiness(look, store?.parked))
  service("metrics", serviceRoutes.metrics, () => metricsAnswer(telemetry))
  const headers = { "x-content-type-options": "nosniff" }
  service("openapi", serviceRoutes.document, () => ({ headers, jsonBody: document }))
}

type Inputs = NonNullable<Parameters<typeof functions.timer>[1]["extraInputs"]>

function registerTimer(
  name: string,
  schedule: string,
  run: (context: InvocationContext) => Promise<unknown>,
  extraInputs: Inputs = [],
): void {
  functions.timer(name, {
    schedule,
    extraInputs,
    handler: async (_, context) => void (await run(context)),
  })
}

/** Runs a use case that takes nothing, on nobody's behalf. */
async function runBySystem(useCase: UseCase, invoke: Invoke, context?: InvocationContext): Promise<void> {
  const outcome = await invoke({
    useCase,
    trigger: "timer",
    caller: { kind: "system", id: useCase.name },
    read: () => ({ input: {} }),
    traceparent: traceparentOf(context?.traceContext?.traceParent),
    ...(context && { context }),
  })
  if (outcome.type !== "done") throw new Error(`${useCase.name} was answered with ${outcome.type}`)
}

function registerSeed(seed: UseCase, invoke: Invoke): void {
  const again = async (pauseMs: number): Promise<void> => {
    await sleep(pauseMs, undefined, { ref: false })
    await runBySystem(seed, invoke).catch(() => again(Math.min(pauseMs * 2, 30_000)))
  }
  functions.hook.appStart(async () => {
    await runBySystem(seed, invoke).catch((error) => {
      log.warn("the seed waits", { error })
      void again(1_000)
    })
  })
}

function registerTimers(entries: readonly Entry[], invoke: Invoke, extraInputs: Inputs): void {
  for (const entry of entries) {
    if (entry.kind !== "timer") continue
    const { useCase, schedule } = entry
    const run = async (context: InvocationContext) => {
      await runBySystem(useCase, invoke, context)
    }
    registerTimer(functionName(useCase), schedule, run, extraInputs)
  }
}

/** One trigger per topic. @returns what gives held messages back when the host drains */
function registerEvents(app: App<never>, invoke: Invoke, store: BaseStore, extraInputs: Inputs): () => void {
  const hold = messageHold()
  for (const [topic, subscriptions] of byTopic(app.entries))
    functions.serviceBusTopic(subscriberName(topic), {
      topicName: topic,
      subscriptionName: app.name,
      connection: "ServiceBus",
      extraInputs,
      handler: consume(topic, subscriptions, { subscription: app.name, invoke, store, hold }),
    })
  return () => hold.end()
}

/** The outbox is sent right after each commit, and by a timer where that did not work. */
function registerRelay(store: Store, broker: Broker): Relay {
  const relay = outboxRelay(store.outbox, broker, (error) =>
    log.warn("the broker did not take the events: they stay for the next try", { error }),
  )
  store.outbox.sendAfterCommit(LEASE_SECONDS, (messages) => relay.send(messages))
  registerTimer("relay-outbox", "*/5 * * * * *", () => relay.drain())
  return relay
}

/** @returns whether there are any */
function registerSagas(entries: readonly Entry[], { ports, store, durable }: Parts<App<never>>): boolean {
  const sagas = entries.flatMap((entry) => (entry.kind === "saga" ? [entry.saga] : []))
  if (sagas.length === 0) return false
  if (!durable) throw new Error("an app with sagas needs the part `durable`")
  durable.register(sagas, activitiesOf(sagas, { ports, ...(store && { store }) }))
  return true
}
