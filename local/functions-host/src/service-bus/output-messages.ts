/**
 * What an output binding's value becomes on the wire. The real host binds Service Bus outputs of Node as a
 * collection of text (IAsyncCollector<string>): an array, also one in JSON text, is one message per element;
 * objects are JSON with an indent of two; every message has the content type text/plain.
 */
import type { ServiceBusMessage } from "@azure/service-bus"
import type { TypedData } from "../contract.ts"

/** The messages of a value; none for null. Throws when text that looks like JSON is not. */
export function outputMessages(value: TypedData): ServiceBusMessage[] {
  if (value.bytes !== undefined) {
    return [{ body: Buffer.from(value.bytes), contentType: "application/octet-stream" }]
  }
  return outputValues(value).map((element) => ({
    body: Buffer.from(text(element)),
    contentType: "text/plain",
  }))
}

function outputValues(value: TypedData): unknown[] {
  if (value.string !== undefined) {
    if (!looksLikeJson(value.string)) return [value.string]
    const parsed: unknown = JSON.parse(value.string)
    return Array.isArray(parsed) ? parsed : [parsed]
  }
  if (value.json !== undefined) {
    const parsed: unknown = JSON.parse(value.json)
    if (parsed === null) return []
    return Array.isArray(parsed) ? parsed : [parsed]
  }
  const scalar = value.int ?? value.double
  if (scalar !== undefined) return [scalar]
  const collection =
    value.collectionString?.string ?? value.collectionDouble?.double ?? value.collectionSint64?.sint64
  return collection ?? []
}

function looksLikeJson(text: string): boolean {
  const trimmed = text.trim()
  return (
    (trimmed.startsWith("{") && trimmed.endsWith("}")) || (trimmed.startsWith("[") && trimmed.endsWith("]"))
  )
}

/** .NET's ToString of a JSON value. */
function text(element: unknown): string {
  if (typeof element === "string") return element
  if (element === null) return ""
  if (typeof element === "boolean") return element ? "True" : "False"
  return JSON.stringify(element, null, 2)
}
