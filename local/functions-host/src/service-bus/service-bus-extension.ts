import type { Binding, HostExtension, HostRuntime, RegisteredFunction, Settings } from "../contract.ts"
import type { Listener, ListenerContext } from "./listener.ts"
import { outputMessages } from "./output-messages.ts"
import { listenToQueue } from "./queue-listener.ts"
import { createClients, type ServiceBusClients } from "./service-bus-clients.ts"
import { readServiceBusOptions } from "./service-bus-options.ts"
import { listenToSessions } from "./session-listener.ts"
import { checkConnection, readOutput, readTrigger, type ServiceBusOutput } from "./trigger-binding.ts"

const REPORT_INTERVAL_MS = 10_000

/**
 * Service Bus triggers and outputs through the public SDK, in peek-lock mode. A listener that takes nothing for
 * `silenceMs` although messages wait reports an error.
 */
export function createServiceBusExtension({ silenceMs = 60_000 } = {}): HostExtension {
  let host: HostRuntime | undefined
  let clients: ServiceBusClients | undefined
  let listeners: Listener[] = []
  const sending = new Set<Promise<void>>()
  const warnedOfBytes = new Set<string>()

  return {
    name: "serviceBus",
    bindingTypes: ["servicebustrigger", "servicebus"],

    check(fn, settings) {
      const triggers = isTrigger(fn) ? [readTrigger(fn, settings)] : []
      for (const { connection } of [...triggers, ...outputsOf(fn, settings)])
        checkConnection(connection, settings)
    },

    async start(runtime) {
      host = runtime
      const { settings, hostJson, log } = runtime
      const triggers = runtime.functions.filter(isTrigger).map((fn) => readTrigger(fn, settings))
      const outputs = runtime.functions.flatMap((fn) => outputsOf(fn, settings))
      if (triggers.length + outputs.length === 0) return
      const options = readServiceBusOptions(hostJson, log)

      // Loaded only when an app uses it: the SDK costs a fifth of a second.
      const opened = createClients(await import("@azure/service-bus"), settings, options)
      clients = opened
      listeners = triggers.map((trigger) => {
        const context: ListenerContext = {
          host: runtime,
          trigger,
          options,
          autoComplete: trigger.autoComplete ?? options.autoCompleteMessages,
          silenceMs,
          report: reporter(runtime, trigger.entityPath),
        }
        return trigger.isSessionsEnabled
          ? listenToSessions(context, opened.openListening(trigger.connection))
          : listenToQueue(context, opened)
      })
    },

    async stop() {
      const stopping = listeners
      listeners = []
      await Promise.all(stopping.map((listener) => listener.stop()))
      await Promise.allSettled(sending)
      await clients?.close()
      clients = undefined
    },

    async writeOutput(binding, value, fn) {
      if (host === undefined || clients === undefined) {
        throw new Error("The Service Bus connection is closed: the host is stopping.")
      }
      const { entity, connection } = readOutput(binding, fn, host.settings)
      if (value.bytes !== undefined && !warnedOfBytes.has(fn.name)) {
        warnedOfBytes.add(fn.name)
        host.log.log(
          "warning",
          `Function '${fn.name}' sends a Buffer to '${entity}': its bytes are sent here, while Azure's host ` +
            "sends the text 'System.Byte[]'. Send a string, or use the SDK.",
        )
      }
      const messages = outputMessages(value)
      if (messages.length === 0) return
      const sent = clients.send(connection, entity, messages).finally(() => sending.delete(sent))
      sending.add(sent)
      await sent
    },
  }
}

function isTrigger(fn: RegisteredFunction): boolean {
  return fn.trigger.type.toLowerCase() === "servicebustrigger"
}

function outputsOf(fn: RegisteredFunction, settings: Settings): ServiceBusOutput[] {
  return Object.values(fn.bindings)
    .filter(isOutput)
    .map((binding) => readOutput(binding, fn, settings))
}

function isOutput(binding: Binding): boolean {
  return binding.type.toLowerCase() === "servicebus" && binding.direction === "out"
}

function reporter(host: HostRuntime, entityPath: string): ListenerContext["report"] {
  const lastReported = new Map<string, number>()
  return (action, error) => {
    const message = `Message processing error (Action=${action}, EntityPath=${entityPath}): ${(error as Error).message}`
    if (Date.now() - (lastReported.get(message) ?? 0) < REPORT_INTERVAL_MS) return
    if (lastReported.size > 100) lastReported.clear()
    lastReported.set(message, Date.now())
    host.log.log("warning", message)
  }
}
