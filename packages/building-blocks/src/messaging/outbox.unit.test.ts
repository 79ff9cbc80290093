import { defineEvent } from "@eshop/domain/contracts/event"
import { expect, test } from "vitest"
import * as z from "zod"
import { within } from "../telemetry/ambient.ts"
import { message } from "./outbox.ts"

const ThingChanged = defineEvent({
  type: "eshop.test.thing-changed.v1",
  source: "urn:eshop:test",
  topic: "test-events",
  data: z.strictObject({ version: z.int() }),
  example: { version: 1 },
})
const call = {
  now: new Date("2026-01-02T03:04:05.678Z"),
  newId: () => "018f0000-0000-7000-8000-000000000001",
}

test("a fact's message is its event under one id, on the event's topic, with the trace of the call", () => {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
  const made = within({ traceparent }, () => message(ThingChanged, "thing-1", { version: 1 }, call))
  expect(made).toEqual({
    id: call.newId(),
    topic: "test-events",
    event: {
      specversion: "1.0",
      id: call.newId(),
      type: "eshop.test.thing-changed.v1",
      source: "urn:eshop:test",
      subject: "thing-1",
      time: "2026-01-02T03:04:05.678Z",
      datacontenttype: "application/json",
      traceparent,
      data: { version: 1 },
    },
  })
  expect(message(ThingChanged, "thing-1", { version: 1 }, call).event).not.toHaveProperty("traceparent")
})

test("what does not fit the event's schema does not leave", () => {
  expect(() => message(ThingChanged, "thing-1", { version: 1.5 }, call)).toThrow(z.ZodError)
})
