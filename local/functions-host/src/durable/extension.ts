/** Durable Functions as an extension of the host: trigger family, client binding, web hook, API of the monitor. */

import { rmSync } from "node:fs"
import { join } from "node:path"
import type { HostExtension, HostRuntime, WebhookRequest, WebhookResponse } from "../contract.ts"
import { readDurableConfig } from "./config.ts"
import { createEngine, type Engine } from "./engine/engine.ts"
import { createEntityEngine } from "./entities/entity-engine.ts"
import { durableFunctions } from "./functions.ts"
import { handleApi } from "./http-api/api.ts"
import type { ApiContext } from "./http-api/context.ts"
import type { ApiRequest } from "./http-api/exchange.ts"
import { startRpcServer } from "./http-api/rpc-server.ts"
import { clientBinding, type Endpoints } from "./http-api/urls.ts"
import { handleMonitor, isMonitorPath } from "./monitor/api.ts"
import { announceHub, storageOf } from "./monitor/running-hubs.ts"
import { keepForRetention } from "./store/retention.ts"
import { openSqliteStore } from "./store/sqlite-store.ts"

const bindingTypes = [
  "orchestrationtrigger",
  "activitytrigger",
  "entitytrigger",
  "durableclient",
  "orchestrationclient",
]
const webhookPrefix = "durabletask"
/** How long a stop (and so a reload) waits for running activities; what takes longer runs again afterwards. */
const stopGrace = 1000

type Running = {
  host: HostRuntime
  context: ApiContext
  binding: string
  /** The task hub. */
  file: string
  stop(): Promise<void>
}

/** A new extension for one host. */
export function createDurableExtension(): HostExtension {
  let running: Running | undefined

  /** Begins anew with an empty task hub. What comes meanwhile is told that Durable Functions is not running. */
  async function erase(): Promise<void> {
    const erased = running
    if (!erased) throw new Error("Durable Functions is not running.")
    running = undefined
    await erased.stop()
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${erased.file}${suffix}`, { force: true })
    running = await startHub(erased.host)
  }

  return {
    name: "durableTask",
    bindingTypes,

    async start(host) {
      const uses = host.functions.some((fn) =>
        Object.values(fn.bindings).some(({ type }) => bindingTypes.includes(type.toLowerCase())),
      )
      if (uses) running = await startHub(host)
    },

    async stop() {
      const stopping = running
      running = undefined
      await stopping?.stop()
    },

    async resolveInput() {
      if (!running) throw new Error("Durable Functions is not running.")
      return { string: running.binding }
    },

    api: {
      serves: isMonitorPath,
      async handle(request) {
        if (!running) return { status: 503 }
        const { context, host } = running
        return await handleMonitor({ ...context, settings: host.settings, erase }, request)
      },
    },

    webhook: {
      prefix: webhookPrefix,
      async handle(request) {
        if (!running) return { status: 404 }
        return await handleWebhook(running.context, request)
      },
    },
  }
}

async function startHub(host: HostRuntime): Promise<Running> {
  const config = readDurableConfig(host.hostJson, host.settings, (message) =>
    host.log.log("warning", message),
  )
  const functions = durableFunctions(host.functions)
  const endpoints: Endpoints = {
    webhookUrl: `${host.baseUrl}/runtime/webhooks/${webhookPrefix}`,
    code: host.systemKey(webhookPrefix),
    rpcBaseUrl: "",
  }
  const file = join(host.stateDir, "durable", `${config.hubName}.db`)
  const store = openSqliteStore(file, { synchronous: config.synchronous })

  // Orchestrations send to entities and entities answer orchestrations.
  let engine: Engine
  const entities = createEntityEngine({
    host,
    config,
    store,
    functions,
    deliver: (id, event, messageId) => engine.deliver(id, event, messageId),
  })
  engine = createEngine({ host, config, store, functions, wakeEntity: entities.wake })

  const context: ApiContext = { engine, entities, store, config, functions, endpoints }
  const rpc = await startRpcServer((request) => handleApi(context, request)).catch(async (error: unknown) => {
    // The hub would stay locked for the version of the app that goes on.
    await store.close()
    throw error
  })
  endpoints.rpcBaseUrl = rpc.baseUrl

  const recovery = engine.recover().catch((error: unknown) => {
    host.log.log("error", `Durable Functions: recovery of the task hub failed: ${(error as Error).stack}`)
  })
  entities.recover()
  const retention = keepForRetention(store, host.log)
  const withdraw = announceHub(file, {
    hub: config.hubName,
    url: host.baseUrl,
    code: endpoints.code,
    storage: storageOf(host.settings.get("AzureWebJobsStorage")),
  })

  return {
    host,
    file,
    context,
    binding: clientBinding(config, endpoints),
    async stop() {
      withdraw()
      await retention.stop()
      await Promise.all([engine.stop(stopGrace), entities.stop(stopGrace)])
      await recovery
      await rpc.close()
      await store.close()
    },
  }
}

async function handleWebhook(context: ApiContext, request: WebhookRequest): Promise<WebhookResponse> {
  const { url } = request
  const pathname = url.pathname
  const start = pathname.toLowerCase().indexOf(`/${webhookPrefix}`) + webhookPrefix.length + 1
  const api: ApiRequest = {
    method: request.method,
    path: pathname.slice(start),
    query: url.searchParams,
    url: url.href,
    header: (name) => request.headers[name],
    body: request.body.toString(),
    signal: request.signal,
    isRpc: false,
  }
  return await handleApi(context, api)
}
