import { randomUUID } from "node:crypto"
import rhea from "rhea"
import type { IncomingMessage } from "../broker/message.ts"
import {
  DATA,
  HEADER,
  MESSAGE_ANNOTATIONS,
  PROPERTIES,
  propertyFields,
  readSections,
  readTyped,
  type Section,
  type Typed,
  unwrap,
  writeSection,
  writeTyped,
} from "./sections.ts"

const MESSAGE_ID = propertyFields.indexOf("messageId")
const GROUP_ID = propertyFields.indexOf("groupId")

/** Annotations that the broker sets on delivery; a sender's own values are dropped. */
const brokerAnnotations = new Set([
  "x-opt-enqueued-time",
  "x-opt-sequence-number",
  "x-opt-enqueue-sequence-number",
  "x-opt-locked-until",
  "x-opt-message-state",
  "x-opt-deadletter-source",
])

/**
 * Takes an encoded AMQP message apart as far as the broker needs it: header, annotations, message id and session
 * id. The bare message is kept as the sender encoded it, so that every AMQP type survives. A missing message id
 * is assigned. Throws a RangeError when the encoding is malformed.
 */
export function parseMessage(encoded: Buffer): IncomingMessage {
  const sections = readSections(encoded)
  const find = (code: number) => sections.find((section) => section.code === code)
  const bareStart = sections.find((section) => section.code >= PROPERTIES)?.start ?? encoded.length
  const header = listOf(encoded, find(HEADER))
  const { messageId, sessionId, content } = withMessageId(encoded, find(PROPERTIES), bareStart)
  const ttl = unwrap(header[2]) as number | null | undefined
  const message: IncomingMessage = {
    content,
    ...parseAnnotations(encoded, find(MESSAGE_ANNOTATIONS)),
    durable: unwrap(header[0]) === true,
    priority: (unwrap(header[1]) as number | null | undefined) ?? 4,
    messageId,
  }
  if (ttl !== null && ttl !== undefined) message.ttl = ttl
  if (sessionId !== undefined) message.sessionId = sessionId
  return message
}

/** The messages inside a batch (message format 0x80013700): every data section is an encoded message. */
export function parseBatch(encoded: Buffer): IncomingMessage[] {
  return readSections(encoded)
    .filter((section) => section.code === DATA)
    .map((section) =>
      parseMessage(unwrap(readTyped(encoded.subarray(section.valueStart, section.end))) as Buffer),
    )
}

function listOf(encoded: Buffer, section: Section | undefined): Typed[] {
  return section ? (readTyped(encoded.subarray(section.valueStart, section.end)).value as Typed[]) : []
}

function withMessageId(encoded: Buffer, section: Section | undefined, bareStart: number) {
  const properties = listOf(encoded, section)
  const group = unwrap(properties[GROUP_ID])
  const sessionId = typeof group === "string" ? group : undefined
  const id = unwrap(properties[MESSAGE_ID])
  if (id !== null && id !== undefined) {
    const messageId = Buffer.isBuffer(id) ? id.toString("hex") : String(id)
    return { messageId, sessionId, content: Buffer.from(encoded.subarray(bareStart)) }
  }
  const messageId = randomUUID().replaceAll("-", "")
  const list = [rhea.types.wrap_string(messageId) as unknown as Typed, ...properties.slice(1)]
  const rewritten = writeSection(PROPERTIES, {
    ...(rhea.types.wrap_list([0]) as unknown as Typed),
    value: list,
  })
  return {
    messageId,
    sessionId,
    content: Buffer.concat([rewritten, encoded.subarray(section?.end ?? bareStart)]),
  }
}

function parseAnnotations(encoded: Buffer, section: Section | undefined) {
  const kept: Buffer[] = []
  let scheduledAt: number | undefined
  const entries = listOf(encoded, section)
  for (let i = 0; i + 1 < entries.length; i += 2) {
    const key = unwrap(entries[i])
    if (brokerAnnotations.has(key as string)) continue
    if (key === "x-opt-scheduled-enqueue-time") scheduledAt = Number(unwrap(entries[i + 1]))
    kept.push(writeTyped(entries[i] as Typed), writeTyped(entries[i + 1] as Typed))
  }
  const annotations = Buffer.concat(kept)
  const annotationCount = kept.length / 2
  return scheduledAt === undefined
    ? { annotations, annotationCount }
    : { annotations, annotationCount, scheduledAt }
}
