import fc from "fast-check"
import rhea from "rhea"
import { describe, expect, test } from "vitest"
import type { StoredMessage } from "../broker/message.ts"
import { editProperties, readProperties } from "./edit.ts"
import { parseBatch, parseMessage } from "./parse.ts"
import { readSections, readTyped, type Typed } from "./sections.ts"
import { encodeForDelivery } from "./wire.ts"

const encode = (message: object) => rhea.message.encode(message as never) as Buffer
const decode = (data: Buffer) => rhea.message.decode(data) as unknown as Record<string, unknown>
const data = (content: Buffer) => rhea.message.data_section(content)
const types = rhea.types as unknown as Record<string, (value: unknown) => Typed>

const stored = (encoded: Buffer, fields: Partial<StoredMessage> = {}): StoredMessage => ({
  ...parseMessage(encoded),
  sequenceNumber: 5,
  enqueuedSequenceNumber: 2,
  enqueuedAt: 1000,
  expiresAt: Number.POSITIVE_INFINITY,
  state: "active",
  deliveryCount: 0,
  hops: 0,
  ...fields,
})

test("takes header, annotations and properties apart", () => {
  const encoded = encode({
    durable: true,
    priority: 7,
    ttl: 5000,
    message_annotations: {
      "x-opt-scheduled-enqueue-time": new Date(77),
      "x-opt-partition-key": "p",
      "x-opt-sequence-number": 99,
    },
    message_id: "m",
    group_id: "s",
    body: data(Buffer.from("b")),
  })
  expect(parseMessage(encoded)).toMatchObject({
    durable: true,
    priority: 7,
    ttl: 5000,
    messageId: "m",
    sessionId: "s",
    scheduledAt: 77,
    annotationCount: 2,
  })
})

test("knows message ids of every type, and gives one to a message without", () => {
  const idOf = (message_id: unknown) => parseMessage(encode({ message_id, body: 1 })).messageId
  expect(idOf("text")).toBe("text")
  expect(idOf(12)).toBe("12")
  expect(idOf(Buffer.alloc(16, 1))).toBe("01".repeat(16))
  const without = parseMessage(encode({ subject: "kept", body: 1 }))
  expect(decode(without.content)).toMatchObject({ message_id: without.messageId, subject: "kept", body: 1 })
  const bare = parseMessage(Buffer.from([0, 0x53, 0x77, 0x54, 3]))
  expect(decode(bare.content)).toMatchObject({ message_id: bare.messageId, body: 3 })
})

test("adds what the broker knows for a receiver and keeps the sender's annotations", () => {
  const encoded = encode({
    message_annotations: { mine: "x" },
    message_id: "m",
    body: data(Buffer.from("b")),
  })
  const message = stored(encoded, {
    expiresAt: 4000,
    deliveryCount: 3,
    state: "deferred",
    deadLetterSource: "q",
  })
  const delivered = decode(encodeForDelivery(message, { lockedUntil: 2000 }))
  expect(delivered).toMatchObject({ ttl: 3000, delivery_count: 3, message_id: "m", priority: 4 })
  expect(delivered.message_annotations).toEqual({
    mine: "x",
    "x-opt-enqueued-time": new Date(1000),
    "x-opt-sequence-number": 5,
    "x-opt-enqueue-sequence-number": 2,
    "x-opt-message-state": 1,
    "x-opt-locked-until": new Date(2000),
    "x-opt-deadletter-source": "q",
  })
})

test("names the lock token of a message that is no delivery of its own", () => {
  const message = stored(encode({ message_id: "m", body: 1 }))
  const lockToken = Buffer.from("00112233445566778899aabbccddeeff", "hex")
  const delivered = decode(encodeForDelivery(message, { lockToken }))
  expect(delivered.delivery_annotations).toEqual({ "x-opt-lock-token": lockToken })
})

test("keeps the bare message byte for byte", () => {
  const encoded = encode({
    message_id: "m",
    application_properties: { a: 1 },
    body: data(Buffer.alloc(300, 9)),
  })
  const bare = encoded.subarray(readSections(encoded).find(({ code }) => code === 0x73)?.start)
  const delivered = encodeForDelivery(stored(encoded))
  expect(delivered.subarray(delivered.length - bare.length)).toEqual(bare)
})

test("takes a batch apart into its messages", () => {
  const messages = ["a", "b"].map((message_id) => encode({ message_id, body: data(Buffer.from(message_id)) }))
  const batch = encode({ message_id: "envelope", body: rhea.message.data_sections(messages as never) })
  expect(parseBatch(batch).map(({ messageId }) => messageId)).toEqual(["a", "b"])
})

test("refuses what is cut off or no message, with a RangeError or a whole message", () => {
  const whole = encode({ message_id: "m", application_properties: { a: "b" }, body: data(Buffer.alloc(20)) })
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 40 }), (length, noise) => {
      const cut = whole.subarray(0, length)
      const boundary = length === 0 || readSections(whole).some(({ end }) => end === length)
      if (!boundary) expect(() => parseMessage(cut)).toThrow(RangeError)
      try {
        readSections(Buffer.from(noise))
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
})

describe("editing properties", () => {
  const content = encode({
    message_id: "m",
    subject: "s",
    application_properties: { int: types.wrap_int?.(5), double: types.wrap_double?.(5), text: "t", gone: 1 },
    body: data(Buffer.from("body")),
  }).subarray(encode({}).indexOf(Buffer.from([0, 0x53, 0x73])))

  test("changes what it is told and keeps the types of the rest", () => {
    const parsed = parseMessage(content)
    const edited = editProperties(
      parsed.content,
      { text: "new", added: true, gone: undefined },
      { subject: "label" },
    )
    expect(decode(edited)).toMatchObject({
      message_id: "m",
      subject: "label",
      application_properties: { int: 5, double: 5, text: "new", added: true },
    })
    const section = readSections(edited).find(({ code }) => code === 0x74)
    const entries = readTyped(edited.subarray(section?.valueStart, section?.end)).value as Typed[]
    expect(entries.map(({ type }) => type.name)).toEqual([
      "Str8",
      "SmallInt",
      "Str8",
      "Double",
      "Str8",
      "Str8",
      "Str8",
      "True",
    ])
  })

  test("tells integers from floating point numbers for filters", () => {
    expect(readProperties(parseMessage(content).content)).toEqual({
      system: { messageId: "m", subject: "s" },
      application: new Map<string, unknown>([
        ["int", 5n],
        ["double", 5],
        ["text", "t"],
        ["gone", 1n],
      ]),
    })
  })

  test("adds properties to a message that has none", () => {
    const parsed = parseMessage(encode({ message_id: "m", body: 1 }))
    expect(decode(editProperties(parsed.content, { a: 1 }))).toMatchObject({
      application_properties: { a: 1 },
      body: 1,
    })
  })

  test("refuses values that properties cannot have", () => {
    const parsed = parseMessage(content)
    for (const value of [{}, [], Symbol("x"), () => {}]) {
      expect(() => editProperties(parsed.content, { value })).toThrow(TypeError)
    }
  })
})
