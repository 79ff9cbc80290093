/**
 * A received message as the worker sees it. Names and types follow the binding strategy of the public extension
 * (ServiceBusTriggerBindingStrategy) and the host's conversion of .NET values to TypedData (ToRpc): text as
 * string, whole numbers, dates and dictionaries as JSON, null left out.
 */
import type { ServiceBusReceivedMessage } from "@azure/service-bus"
import type { Invocation, TypedData } from "../contract.ts"

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** The end of .NET time: a message without time to live expires then. */
const NEVER = "9999-12-31T23:59:59.9999999"

/** The trigger value of one message: text by default, bytes when the binding's dataType is binary. */
export function messageValue(message: ServiceBusReceivedMessage, isBinary: boolean): TypedData {
  return isBinary ? { bytes: bodyBytes(message) } : textData(bodyText(message))
}

/** The trigger value of a batch: the worker gets an array. */
export function messageValues(messages: readonly ServiceBusReceivedMessage[], isBinary: boolean): TypedData {
  return isBinary
    ? { collectionBytes: { bytes: messages.map(bodyBytes) } }
    : { collectionString: { string: messages.map(bodyText) } }
}

function bodyBytes({ body, _rawAmqpMessage }: ServiceBusReceivedMessage): Uint8Array {
  if (Buffer.isBuffer(body)) return body
  if (_rawAmqpMessage.bodyType === "value" && typeof body === "string") return Buffer.from(body)
  throw new Error(`A message with an AMQP ${_rawAmqpMessage.bodyType} body cannot be bound to bytes.`)
}

function bodyText({ body, _rawAmqpMessage }: ServiceBusReceivedMessage): string {
  if (Buffer.isBuffer(body)) {
    try {
      return utf8.decode(body)
    } catch {
      return body.toString("utf8")
    }
  }
  if (_rawAmqpMessage.bodyType === "value" && typeof body === "string") return body
  throw new Error(`A message with an AMQP ${_rawAmqpMessage.bodyType} body cannot be bound to a string.`)
}

/** The metadata of one message, by .NET name; a trigger value that is JSON text adds its own properties. */
export function messageMetadata(
  message: ServiceBusReceivedMessage,
  value: TypedData,
): Record<string, TypedData> {
  const expires = expiresAt(message)
  const enqueued = dotNetDate(message.enqueuedTimeUtc)
  const properties = json(message.applicationProperties ?? {})
  const metadata: Record<string, TypedData> = {
    DeliveryCount: json(deliveryCount(message)),
    ExpiresAtUtc: json(expires),
    ExpiresAt: json(`${expires}+00:00`),
    EnqueuedTimeUtc: json(enqueued),
    EnqueuedTime: json(`${enqueued}+00:00`),
    SequenceNumber: { json: sequenceNumber(message) },
    ApplicationProperties: properties,
    UserProperties: properties,
  }
  for (const [name, read] of texts) {
    const text = read(message)
    if (text !== undefined) metadata[name] = textData(text)
  }
  addBodyProperties(metadata, value)
  return metadata
}

/** The metadata of a batch: the same names with `Array` behind, one element per message. */
export function batchMetadata(messages: readonly ServiceBusReceivedMessage[]): Record<string, TypedData> {
  const properties = json(messages.map((message) => message.applicationProperties ?? {}))
  const metadata: Record<string, TypedData> = {
    DeliveryCountArray: json(messages.map(deliveryCount)),
    ExpiresAtUtcArray: json(messages.map(expiresAt)),
    ExpiresAtArray: json(messages.map((message) => `${expiresAt(message)}+00:00`)),
    EnqueuedTimeUtcArray: json(messages.map((message) => dotNetDate(message.enqueuedTimeUtc))),
    EnqueuedTimeArray: json(messages.map((message) => `${dotNetDate(message.enqueuedTimeUtc)}+00:00`)),
    SequenceNumberArray: {
      collectionSint64: { sint64: messages.map((message) => Number(sequenceNumber(message))) },
    },
    ApplicationPropertiesArray: properties,
    UserPropertiesArray: properties,
  }
  for (const [name, read] of texts) {
    const values = messages.map((message) => read(message) ?? "")
    metadata[`${name}Array`] = values.some(mayBeJson)
      ? { collectionString: { string: values } }
      : json(values)
  }
  return metadata
}

const texts: readonly [string, (message: ServiceBusReceivedMessage) => string | undefined][] = [
  ["DeadLetterSource", (message) => message.deadLetterSource],
  ["LockToken", (message) => message.lockToken],
  ["MessageId", ({ messageId }) => (messageId === undefined ? undefined : String(messageId))],
  ["ContentType", (message) => message.contentType],
  ["ReplyTo", (message) => message.replyTo],
  ["To", (message) => message.to],
  ["Subject", (message) => message.subject],
  ["Label", (message) => message.subject],
  ["CorrelationId", ({ correlationId }) => (correlationId === undefined ? undefined : String(correlationId))],
  ["SessionId", (message) => message.sessionId],
  ["ReplyToSessionId", (message) => message.replyToSessionId],
  ["PartitionKey", (message) => message.partitionKey],
]

/** .NET counts the delivery under way; AMQP counts those before it. */
function deliveryCount(message: ServiceBusReceivedMessage): number {
  return (message.deliveryCount ?? 0) + 1
}

function sequenceNumber(message: ServiceBusReceivedMessage): string {
  return message.sequenceNumber?.toString() ?? "0"
}

function expiresAt({ enqueuedTimeUtc, timeToLive }: ServiceBusReceivedMessage): string {
  const at = (enqueuedTimeUtc?.getTime() ?? 0) + (timeToLive ?? Number.POSITIVE_INFINITY)
  return at < Date.UTC(9999, 11, 31) ? dotNetDate(new Date(at)) : NEVER
}

/** A DateTime of unspecified kind as Newtonsoft writes it: no zone, no trailing zeros in the fraction. */
function dotNetDate(date: Date | undefined): string {
  if (date === undefined) return "0001-01-01T00:00:00"
  const text = date.toISOString().slice(0, 23)
  return text.endsWith(".000") ? text.slice(0, 19) : text.replace(/0+$/, "")
}

/**
 * Text for the worker. The library tries to parse every `string` as JSON and keeps the text when that fails, at
 * the price of an exception per value; text that cannot be JSON goes as a JSON string, which reads the same.
 */
function textData(text: string): TypedData {
  return mayBeJson(text) ? { string: text } : json(text)
}

function mayBeJson(text: string): boolean {
  return /^[ \t\r\n]*(?:[{["]|(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[ \t\r\n]*$)/.test(text)
}

function json(value: unknown): TypedData {
  return { json: JSON.stringify(value) }
}

/**
 * The host adds the top-level properties of a JSON body to the metadata, also over a name that is there
 * (Utility.ApplyBindingData): arrays and nulls are left out, scalars become .NET text.
 */
function addBodyProperties(metadata: Record<string, TypedData>, value: TypedData): void {
  const text = value.string?.trim()
  if (text === undefined || !text.startsWith("{") || !text.endsWith("}")) return
  let body: Record<string, unknown>
  try {
    body = JSON.parse(text)
  } catch {
    return
  }
  const names = new Map(Object.keys(metadata).map((name) => [name.toLowerCase(), name]))
  for (const [name, property] of Object.entries(body)) {
    if (property === null || Array.isArray(property)) continue
    const key = names.get(name.toLowerCase()) ?? name
    if (typeof property === "object") metadata[key] = json(property)
    else if (typeof property === "boolean") metadata[key] = json(property ? "True" : "False")
    else metadata[key] = textData(String(property))
  }
}

/** The sender's trace context: W3C names, or `Diagnostic-Id` as the Azure SDKs write it. */
export function traceContext({
  applicationProperties,
}: ServiceBusReceivedMessage): Invocation["traceContext"] {
  const text = (name: string) => {
    const value = applicationProperties?.[name]
    return typeof value === "string" && value !== "" ? value : undefined
  }
  const traceParent = text("traceparent") ?? text("Diagnostic-Id")
  return traceParent === undefined ? undefined : { traceParent, traceState: text("tracestate") }
}
