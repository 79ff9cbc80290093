import type { Binding, RegisteredFunction, Settings } from "../contract.ts"

/** What a Service Bus trigger listens to. */
export type ServiceBusTrigger = {
  fn: RegisteredFunction
  /** `queue` or `topic/Subscriptions/subscription`, as the SDK and the log lines spell it. */
  entityPath: string
  /** The name of the connection's app setting. */
  connection: string
  isBatch: boolean
  isSessionsEnabled: boolean
  /** Undefined: as host.json says. */
  autoComplete: boolean | undefined
  isBinary: boolean
}

/** Reads a trigger binding; throws an error that names the function when something is missing or not supported. */
export function readTrigger(fn: RegisteredFunction, settings: Settings): ServiceBusTrigger {
  const binding = fn.trigger
  const fail = (why: string): never => {
    throw new Error(`Function '${fn.name}': ${why}`)
  }
  const properties = binding.properties as Record<string, unknown> | undefined
  if (String(properties?.supportsDeferredBinding).toLowerCase() === "true") {
    fail(
      "SDK bindings (sdkBinding: true) are not supported by this host; take the message body and metadata.",
    )
  }
  const queue = text(binding, "queueName", settings)
  const topic = text(binding, "topicName", settings)
  const subscription = text(binding, "subscriptionName", settings)
  if (queue === undefined && (topic === undefined || subscription === undefined)) {
    fail("a Service Bus trigger needs queueName, or topicName and subscriptionName.")
  }
  return {
    fn,
    entityPath: queue ?? `${topic}/Subscriptions/${subscription}`,
    connection: text(binding, "connection", settings) ?? "ServiceBus",
    isBatch: String(binding.cardinality).toLowerCase() === "many",
    isSessionsEnabled: flag(binding, "isSessionsEnabled") ?? false,
    autoComplete: flag(binding, "autoCompleteMessages") ?? flag(binding, "autoComplete"),
    isBinary: /^(binary|stream)$/i.test(String(binding.dataType)),
  }
}

/** Where an output binding sends to. */
export type ServiceBusOutput = { entity: string; connection: string }

/** Reads an output binding; throws an error that names the function when no entity is given. */
export function readOutput(binding: Binding, fn: RegisteredFunction, settings: Settings): ServiceBusOutput {
  const entity = text(binding, "queueName", settings) ?? text(binding, "topicName", settings)
  if (entity === undefined) {
    throw new Error(
      `Function '${fn.name}': the Service Bus output '${binding.name}' needs queueName or topicName.`,
    )
  }
  if (/[{}]/.test(entity)) {
    throw new Error(
      `Function '${fn.name}': binding expressions such as '${entity}' are not supported by this host for ` +
        "Service Bus outputs; give the name, or a setting as %name%.",
    )
  }
  return { entity, connection: text(binding, "connection", settings) ?? "ServiceBus" }
}

/**
 * Throws an error that names the app setting when the connection is missing, or is no connection string with an
 * endpoint and a key or signature.
 */
export function checkConnection(name: string, settings: Settings): void {
  const parts = new Map(
    settings
      .connection(name)
      .split(";")
      .map((part) => [part.split("=", 1)[0]?.trim().toLowerCase() ?? "", part.slice(part.indexOf("=") + 1)]),
  )
  const hasKey = parts.has("sharedaccesskeyname") && parts.has("sharedaccesskey")
  const isComplete = hasKey || parts.has("sharedaccesssignature")
  if (isComplete && /^sb:\/\/[^/]+/i.test(parts.get("endpoint") ?? "")) return
  throw new Error(
    `The app setting "${name}" is not a Service Bus connection string ` +
      '("Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…").',
  )
}

function text(binding: Binding, name: string, settings: Settings): string | undefined {
  const value = binding[name]
  return typeof value === "string" && value !== "" ? settings.expand(value) : undefined
}

function flag(binding: Binding, name: string): boolean | undefined {
  const value = binding[name]
  return value === undefined || value === null ? undefined : String(value).toLowerCase() === "true"
}
