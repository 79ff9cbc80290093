import type { MessageState, StoredMessage } from "../broker/message.ts"
import type { RuleDescription } from "../filters/rule.ts"

/** A fact in the journal. Replaying the facts in order rebuilds the state; none depends on the clock. */
export type JournalRecord =
  | { kind: "put"; entity: string; message: StoredMessage }
  | { kind: "change"; entity: string; sequenceNumber: number; state: MessageState; deliveryCount: number }
  | { kind: "remove"; entity: string; sequenceNumber: number }
  | { kind: "sequence"; entity: string; next: number }
  | { kind: "seen"; entity: string; messageId: string; at: number }
  | { kind: "session"; entity: string; sessionId: string; state: Buffer | undefined; updatedAt: number }
  | { kind: "rules"; entity: string; declared: string; rules: RuleDescription[] }

/** Where the broker writes its facts. */
export interface Journal {
  /** Adds a fact to the current group. Facts of one synchronous operation are durable together or not at all. */
  append(record: JournalRecord): void
  /** Calls back once every fact appended so far is durable. */
  afterCommit(callback: () => void): void
}

/** A journal that keeps nothing: state lives as long as the process. */
export const memoryJournal: Journal = { append: () => {}, afterCommit: (callback) => callback() }

/** Encodes a record as a length-prefixed JSON head followed by its length-prefixed blobs. */
export function encodeRecord(record: JournalRecord): Buffer[] {
  const [head, blobs] = split(record)
  const json = Buffer.from(JSON.stringify(head))
  const parts: Buffer[] = [lengthPrefix(json.length, blobs.length), json]
  for (const blob of blobs) parts.push(lengthPrefix(blob.length, 0), blob)
  return parts
}

/** Decodes the record at an offset. Returns it with the offset of the next one. */
export function decodeRecord(buffer: Buffer, offset: number): { record: JournalRecord; next: number } {
  const jsonLength = buffer.readUInt32BE(offset)
  const blobCount = buffer.readUInt8(offset + 4)
  let at = offset + 5
  const head = JSON.parse(buffer.toString("utf8", at, at + jsonLength)) as unknown[]
  at += jsonLength
  const blobs: Buffer[] = []
  for (let i = 0; i < blobCount; i++) {
    const length = buffer.readUInt32BE(at)
    at += 5
    // Copied, so that one surviving message does not keep the whole journal file in memory.
    blobs.push(Buffer.from(buffer.subarray(at, at + length)))
    at += length
  }
  return { record: join(head, blobs), next: at }
}

function lengthPrefix(length: number, count: number): Buffer {
  const prefix = Buffer.allocUnsafe(5)
  prefix.writeUInt32BE(length, 0)
  prefix.writeUInt8(count, 4)
  return prefix
}

function split(record: JournalRecord): [unknown[], Buffer[]] {
  switch (record.kind) {
    case "put": {
      const { content, annotations, ...rest } = record.message
      // JSON has no Infinity: a message without expiry is written without one.
      const head = { ...rest, expiresAt: Number.isFinite(rest.expiresAt) ? rest.expiresAt : undefined }
      return [
        ["put", record.entity, head],
        [content, annotations],
      ]
    }
    case "change":
      return [["change", record.entity, record.sequenceNumber, record.state, record.deliveryCount], []]
    case "remove":
      return [["remove", record.entity, record.sequenceNumber], []]
    case "sequence":
      return [["sequence", record.entity, record.next], []]
    case "seen":
      return [["seen", record.entity, record.messageId, record.at], []]
    case "session":
      return [
        ["session", record.entity, record.sessionId, record.updatedAt],
        record.state === undefined ? [] : [record.state],
      ]
    case "rules":
      return [["rules", record.entity, record.declared, record.rules], []]
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the head was written by `split`, checked by the frame's checksum
function join(head: any[], blobs: Buffer[]): JournalRecord {
  const [kind, entity] = head
  switch (kind) {
    case "put": {
      const message = {
        ...head[2],
        expiresAt: head[2].expiresAt ?? Number.POSITIVE_INFINITY,
        content: blobs[0],
        annotations: blobs[1],
      }
      return { kind, entity, message }
    }
    case "change":
      return { kind, entity, sequenceNumber: head[2], state: head[3], deliveryCount: head[4] }
    case "remove":
      return { kind, entity, sequenceNumber: head[2] }
    case "sequence":
      return { kind, entity, next: head[2] }
    case "seen":
      return { kind, entity, messageId: head[2], at: head[3] }
    case "session":
      return { kind, entity, sessionId: head[2], updatedAt: head[3], state: blobs[0] }
    case "rules":
      return { kind, entity, declared: head[2], rules: head[3] }
    default:
      throw new Error(`Unknown journal record '${kind}'.`)
  }
}
