import { describe, expect, it } from "vitest"
import type { Binding, RegisteredFunction, Settings } from "../contract.ts"
import { createSettings } from "../settings.ts"
import { checkConnection, readOutput, readTrigger } from "./trigger-binding.ts"

const settings = { expand: (text: string) => text.replace("%queue%", "orders") } as Settings

function fn(trigger: Record<string, unknown>): RegisteredFunction {
  const binding: Binding = { name: "message", type: "serviceBusTrigger", direction: "in", ...trigger }
  return { id: "f", name: "f", bindings: { message: binding }, trigger: binding }
}

describe("readTrigger", () => {
  it("reads queues and subscriptions with their settings", () => {
    expect(readTrigger(fn({ queueName: "%queue%", connection: "Bus" }), settings)).toMatchObject({
      entityPath: "orders",
      connection: "Bus",
      isBatch: false,
      isSessionsEnabled: false,
      autoComplete: undefined,
      isBinary: false,
    })
    expect(
      readTrigger(
        fn({
          topicName: "events",
          subscriptionName: "basket",
          cardinality: "many",
          isSessionsEnabled: true,
          autoCompleteMessages: false,
          dataType: "binary",
        }),
        settings,
      ),
    ).toMatchObject({
      entityPath: "events/Subscriptions/basket",
      connection: "ServiceBus",
      isBatch: true,
      isSessionsEnabled: true,
      autoComplete: false,
      isBinary: true,
    })
  })

  it.each([
    [{}, "Function 'f': a Service Bus trigger needs queueName, or topicName and subscriptionName."],
    [{ topicName: "events" }, "needs queueName, or topicName and subscriptionName"],
    [{ queueName: "q", properties: { supportsDeferredBinding: "true" } }, "SDK bindings"],
  ])("refuses %j", (trigger, message) => {
    expect(() => readTrigger(fn(trigger), settings)).toThrow(message)
  })
})

describe("readOutput", () => {
  const output = (setting: Record<string, unknown>) =>
    readOutput({ name: "out", type: "serviceBus", direction: "out", ...setting }, fn({}), settings)

  it("reads the entity", () => {
    expect(output({ queueName: "%queue%" })).toEqual({ entity: "orders", connection: "ServiceBus" })
    expect(output({ topicName: "events", connection: "Bus" })).toEqual({
      entity: "events",
      connection: "Bus",
    })
  })

  it("refuses a missing entity and binding expressions", () => {
    expect(() => output({})).toThrow(
      "Function 'f': the Service Bus output 'out' needs queueName or topicName.",
    )
    expect(() => output({ queueName: "{orderId}" })).toThrow("binding expressions such as '{orderId}'")
  })
})

describe("checkConnection", () => {
  const check = (value: string) => () => checkConnection("Bus", createSettings({ Bus: value }))

  it.each([
    "Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=k=",
    "Endpoint=sb://x/;SharedAccessSignature=SharedAccessSignature sr=x&sig=y",
  ])("takes '%s'", (value) => expect(check(value)).not.toThrow())

  it.each([
    ["", 'The connection "Bus" is not set: set the app setting "Bus" (or "AzureWebJobsBus")'],
    ["garbage", 'The app setting "Bus" is not a Service Bus connection string'],
    [
      "Endpoint=sb://x/;SharedAccessKeyName=n",
      'The app setting "Bus" is not a Service Bus connection string',
    ],
  ])("refuses '%s'", (value, message) => expect(check(value)).toThrow(message))
})
