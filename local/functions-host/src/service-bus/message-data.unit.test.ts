import type { ServiceBusReceivedMessage } from "@azure/service-bus"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { TypedData } from "../contract.ts"
import { batchMetadata, messageMetadata, messageValue, messageValues, traceContext } from "./message-data.ts"

function received(message: Record<string, unknown>, bodyType = "data"): ServiceBusReceivedMessage {
  return {
    body: Buffer.from("text"),
    _rawAmqpMessage: { bodyType },
    deliveryCount: 0,
    enqueuedTimeUtc: new Date("2026-03-01T10:00:00.120Z"),
    sequenceNumber: { toString: () => "9007199254740993" },
    ...message,
  } as unknown as ServiceBusReceivedMessage
}

const full = {
  lockToken: "2d0a8b8e-63f7-4f0c-9b1f-d2f4a2f0c001",
  messageId: "m-1",
  contentType: "application/json",
  replyTo: "answers",
  to: "somewhere",
  subject: "greeting",
  correlationId: "c-1",
  sessionId: "s-1",
  replyToSessionId: "s-2",
  partitionKey: "p-1",
  deadLetterSource: "orders",
  timeToLive: 60_000,
  applicationProperties: { Kind: "x", n: 1 },
}

describe("a message's value", () => {
  it("is its text, or its bytes when the binding asks for binary", () => {
    const bytes = Buffer.from([0xff, 0x00])
    expect(messageValue(received({ body: Buffer.from("grüß") }), false)).toEqual({ json: '"grüß"' })
    expect(messageValue(received({ body: "value" }, "value"), false)).toEqual({ json: '"value"' })
    expect(messageValue(received({ body: bytes }), false)).toEqual({
      json: JSON.stringify("\ufffd\0"),
    })
    expect(messageValue(received({ body: bytes }), true)).toEqual({ bytes })
    expect(messageValues([received({}), received({ body: Buffer.from("2") })], false)).toEqual({
      collectionString: { string: ["text", "2"] },
    })
    expect(messageValues([received({ body: bytes })], true)).toEqual({ collectionBytes: { bytes: [bytes] } })
  })

  it("cannot be made of other AMQP bodies", () => {
    expect(() => messageValue(received({ body: 5 }, "value"), false)).toThrow("AMQP value body")
    expect(() => messageValue(received({ body: [[1]] }, "sequence"), true)).toThrow("AMQP sequence body")
  })
})

describe("a message's metadata", () => {
  it("has the names and types of the public extension", () => {
    const message = received({ ...full, deliveryCount: 2 })
    expect(messageMetadata(message, { string: "text" })).toEqual({
      DeliveryCount: { json: "3" },
      ExpiresAtUtc: { json: '"2026-03-01T10:01:00.12"' },
      ExpiresAt: { json: '"2026-03-01T10:01:00.12+00:00"' },
      EnqueuedTimeUtc: { json: '"2026-03-01T10:00:00.12"' },
      EnqueuedTime: { json: '"2026-03-01T10:00:00.12+00:00"' },
      SequenceNumber: { json: "9007199254740993" },
      ApplicationProperties: { json: '{"Kind":"x","n":1}' },
      UserProperties: { json: '{"Kind":"x","n":1}' },
      DeadLetterSource: { json: '"orders"' },
      LockToken: { json: `"${full.lockToken}"` },
      MessageId: { json: '"m-1"' },
      ContentType: { json: '"application/json"' },
      ReplyTo: { json: '"answers"' },
      To: { json: '"somewhere"' },
      Subject: { json: '"greeting"' },
      Label: { json: '"greeting"' },
      CorrelationId: { json: '"c-1"' },
      SessionId: { json: '"s-1"' },
      ReplyToSessionId: { json: '"s-2"' },
      PartitionKey: { json: '"p-1"' },
    })
  })

  it("leaves out what the message does not have, and never expires without time to live", () => {
    const metadata = messageMetadata(received({ enqueuedTimeUtc: new Date("2026-03-01T10:00:00Z") }), {})
    expect(Object.keys(metadata)).toEqual([
      "DeliveryCount",
      "ExpiresAtUtc",
      "ExpiresAt",
      "EnqueuedTimeUtc",
      "EnqueuedTime",
      "SequenceNumber",
      "ApplicationProperties",
      "UserProperties",
    ])
    expect(metadata.ExpiresAtUtc).toEqual({ json: '"9999-12-31T23:59:59.9999999"' })
    expect(metadata.EnqueuedTimeUtc).toEqual({ json: '"2026-03-01T10:00:00"' })
  })

  it("takes the top-level properties of a JSON body over what is there", () => {
    const body = { orderId: 7, MESSAGEID: "own", on: true, none: null, lines: [1], address: { city: "x" } }
    const metadata = messageMetadata(received(full), { string: JSON.stringify(body) })
    expect(metadata).toMatchObject({
      orderId: { string: "7" },
      MessageId: { json: '"own"' },
      on: { json: '"True"' },
      address: { json: '{"city":"x"}' },
    })
    expect(Object.keys(metadata)).not.toContain("lines")
    expect(Object.keys(metadata)).not.toContain("none")
    expect(messageMetadata(received(full), { string: "{broken}" })).toEqual(
      messageMetadata(received(full), { string: "text" }),
    )
  })

  it("has arrays under the names with Array for a batch", () => {
    const metadata = batchMetadata([
      received({ ...full, sequenceNumber: { toString: () => "1" } }),
      received({ deliveryCount: 1, sequenceNumber: { toString: () => "2" } }),
    ])
    expect(metadata).toMatchObject({
      DeliveryCountArray: { json: "[1,2]" },
      MessageIdArray: { json: '["m-1",""]' },
      SubjectArray: { json: '["greeting",""]' },
      SequenceNumberArray: { collectionSint64: { sint64: [1, 2] } },
      ApplicationPropertiesArray: { json: '[{"Kind":"x","n":1},{}]' },
      ExpiresAtUtcArray: { json: '["2026-03-01T10:01:00.12","9999-12-31T23:59:59.9999999"]' },
    })
    expect(Object.keys(metadata).filter((name) => !name.endsWith("Array"))).toEqual([])
  })
})

describe("text for the worker", () => {
  const sent = (messageId: string) => messageMetadata(received({ messageId }), {}).MessageId as TypedData
  /** What `@azure/functions` makes of a value. */
  const read = ({ string, json }: TypedData): unknown => {
    if (string === undefined) return JSON.parse(json as string)
    try {
      return JSON.parse(string)
    } catch {
      return string
    }
  }

  it("reads as if it had been sent as a string", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.double().map(String),
      fc.uuid(),
      fc.constantFrom(
        "",
        " 1",
        "1 ",
        "01",
        "1.",
        "-",
        "+1",
        "1e5",
        "nul",
        " true ",
        "\ufeff1",
        "{",
        '"',
        "NaN",
      ),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(read(sent(text))).toEqual(read({ string: text }))
      }),
      { numRuns: 1000 },
    )
  })

  it("goes as a string only where it may be JSON", () => {
    expect(["123", "12ab", "a", "{x", "null"].map((text) => Object.keys(sent(text))[0])).toEqual([
      "string",
      "json",
      "json",
      "string",
      "string",
    ])
  })
})

describe("traceContext", () => {
  it("takes the sender's W3C context or Diagnostic-Id", () => {
    const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    const of = (applicationProperties: object | undefined) =>
      traceContext(received({ applicationProperties }))
    expect(of({ traceparent: parent, tracestate: "a=1", "Diagnostic-Id": "x" })).toEqual({
      traceParent: parent,
      traceState: "a=1",
    })
    expect(of({ "Diagnostic-Id": parent })).toEqual({ traceParent: parent, traceState: undefined })
    expect(of({ traceparent: 5 })).toBeUndefined()
    expect(of(undefined)).toBeUndefined()
  })
})
