import type { StoredMessage } from "../broker/message.ts"
import { APPLICATION_PROPERTIES, PROPERTIES, readSections } from "./sections.ts"

const MAX_UINT = 0xffffffff
const messageStates = { active: 0, deferred: 1, scheduled: 2 }

/** How a message is shown to a receiver. */
export interface DeliveryView {
  /** End of the lock in milliseconds since the epoch; absent for peeked and destructively read messages. */
  lockedUntil?: number
  /** The lock token as a UUID in network order, for messages that do not come as a delivery of their own. */
  lockToken?: Buffer
  /** Leaves the body out, as peek can ask for. */
  omitBody?: boolean
}

/**
 * Encodes a stored message for a receiver: header and annotations as the broker knows them, then the bare message
 * as the sender encoded it. The annotations and their types are those of the Service Bus AMQP protocol guide.
 */
export function encodeForDelivery(message: StoredMessage, view: DeliveryView = {}): Buffer {
  const content = view.omitBody ? withoutBody(message.content) : message.content
  const token = view.lockToken ? [lockTokenAnnotation(view.lockToken)] : []
  return Buffer.concat([header(message), ...token, annotations(message, view.lockedUntil), content])
}

function header(message: StoredMessage): Buffer {
  const ttl = message.expiresAt - message.enqueuedAt
  const bytes = Buffer.alloc(20)
  bytes.set([0, 0x53, 0x70, 0xc0, 0, 5, message.durable ? 0x41 : 0x42, 0x50, message.priority])
  let at = 9
  if (Number.isFinite(ttl) && ttl <= MAX_UINT) {
    bytes.writeUInt8(0x70, at)
    bytes.writeUInt32BE(Math.max(0, ttl), at + 1)
    at += 5
  } else {
    bytes.writeUInt8(0x40, at)
    at += 1
  }
  bytes.writeUInt8(message.deliveryCount === 0 ? 0x41 : 0x42, at) // first-acquirer
  bytes.writeUInt8(0x70, at + 1)
  bytes.writeUInt32BE(message.deliveryCount, at + 2)
  at += 6
  bytes.writeUInt8(at - 5, 4)
  return bytes.subarray(0, at)
}

/** The delivery annotations with the lock token alone. */
function lockTokenAnnotation(token: Buffer): Buffer {
  const body = Buffer.concat([symbol("x-opt-lock-token"), Buffer.from([0x98]), token])
  return Buffer.concat([Buffer.from([0, 0x53, 0x71, 0xc1, body.length + 1, 2]), body])
}

function annotations(message: StoredMessage, lockedUntil: number | undefined): Buffer {
  const entries: Buffer[] = [
    annotation("x-opt-enqueued-time", 0x83, message.enqueuedAt),
    annotation("x-opt-sequence-number", 0x81, message.sequenceNumber),
    annotation("x-opt-enqueue-sequence-number", 0x81, message.enqueuedSequenceNumber),
    annotation("x-opt-message-state", 0x71, messageStates[message.state]),
  ]
  if (lockedUntil !== undefined) entries.push(annotation("x-opt-locked-until", 0x83, lockedUntil))
  if (message.deadLetterSource !== undefined) {
    const source = Buffer.from(message.deadLetterSource)
    entries.push(
      Buffer.concat([symbol("x-opt-deadletter-source"), Buffer.from([0xa1, source.length]), source]),
    )
  }
  const count = entries.length + message.annotationCount
  const body = Buffer.concat([...entries, message.annotations])
  const head = Buffer.alloc(12)
  head.set([0, 0x53, 0x72, 0xd1])
  head.writeUInt32BE(body.length + 4, 4)
  head.writeUInt32BE(count * 2, 8)
  return Buffer.concat([head, body])
}

const symbols = new Map<string, Buffer>()

function symbol(name: string): Buffer {
  let encoded = symbols.get(name)
  if (!encoded) {
    encoded = Buffer.concat([Buffer.from([0xa3, name.length]), Buffer.from(name, "ascii")])
    symbols.set(name, encoded)
  }
  return encoded
}

/** One annotation whose value is a timestamp (0x83), long (0x81) or int (0x71). */
function annotation(name: string, type: 0x83 | 0x81 | 0x71, value: number): Buffer {
  const key = symbol(name)
  const bytes = Buffer.allocUnsafe(key.length + (type === 0x71 ? 5 : 9))
  key.copy(bytes)
  bytes.writeUInt8(type, key.length)
  if (type === 0x71) bytes.writeInt32BE(value, key.length + 1)
  else bytes.writeBigInt64BE(BigInt(Math.floor(value)), key.length + 1)
  return bytes
}

function withoutBody(content: Buffer): Buffer {
  const kept = readSections(content)
    .filter((section) => section.code === PROPERTIES || section.code === APPLICATION_PROPERTIES)
    .map((section) => content.subarray(section.start, section.end))
  // An AMQP message must have a body: an empty data section stands for the one left out.
  return Buffer.concat([...kept, Buffer.from([0, 0x53, 0x75, 0xa0, 0])])
}
