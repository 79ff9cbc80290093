import type { HistoryLine } from "@eshop/building-blocks/durable/task-hub"
import { expect, test } from "vitest"
import { accountOf } from "./history.ts"

const at = (second: number) => new Date(Date.UTC(2026, 10, 1, 10, 0, second)).toISOString()
/** As the HTTP API tells it: inputs are JSON text, the answer of a task is JSON. */
const called = (input: object) => JSON.stringify([{ input, saga: "checkout", traceparent: "00-a-b-01" }])
const answered = (step: string, from: number, to: number, Result: unknown, input: object = {}) => ({
  ...{ EventType: "TaskCompleted", FunctionName: step, Input: called(input), Result },
  ...{ ScheduledTime: at(from), Timestamp: at(to) },
})
const failed = (step: string, from: number, to: number): HistoryLine => ({
  ...{ EventType: "TaskFailed", FunctionName: step, Input: called({}), Reason: "secret words" },
  ...{ ScheduledTime: at(from), Timestamp: at(to) },
})

test("a checkout that stands at a step reads like a story, with each attempt of a step", () => {
  const payment = { orderId: "o-1", paymentMethod: "pm_card_visa" }
  const { timeline, steps, replays } = accountOf([
    { EventType: "ExecutionStarted", FunctionName: "checkout", Timestamp: at(0), Input: "{}" },
    answered("read-order", 0, 1, { done: { status: "AwaitingStock", paymentMethod: "pm_card_visa" } }),
    { EventType: "TimerCreated", FireAt: "2026-11-01T10:10:00.000Z", Timestamp: at(1) },
    { EventType: "EventRaised", Name: "stock-reserved", Input: "{}", Timestamp: at(2) },
    answered("authorise-payment", 2, 5, { unavailable: "payments" }, payment),
    { EventType: "TimerCreated", FireAt: at(6), Timestamp: at(5) },
    { EventType: "TimerFired", FireAt: at(6), Timestamp: at(6) },
    failed("authorise-payment", 6, 7),
    answered("note-attention", 7, 8, {}),
    {
      ...{ EventType: "EventRaised", Name: "operator", Timestamp: at(9) },
      Input: JSON.stringify({ step: "authorise-payment", attempt: 2, word: "retry" }),
    },
    { EventType: "ExecutionSuspended", Input: '"ask ada@example.com"', Timestamp: at(10) },
    { EventType: "ExecutionResumed", Reason: "mended", Timestamp: at(11) },
    { EventType: "TaskScheduled", Name: "authorise-payment", Input: called(payment), Timestamp: at(12) },
  ])
  expect(timeline.map(({ kind, says }) => `${kind}: ${says}`)).toEqual([
    "start: began",
    "step: read-order was done after 1 s",
    "wait: waits until 10:10 UTC",
    "event: heard stock-reserved",
    "step: authorise-payment found payments out after 3 s",
    "wait: waits for 1 s",
    "step: authorise-payment failed after 1 s; the log says why",
    "step: note-attention was done after 1 s",
    "event: heard an operator: retry, on authorise-payment after attempt 2",
    "control: was suspended: ask [redacted]",
    "control: was resumed: mended",
    "step: authorise-payment is under way",
  ])
  expect(timeline.map((told) => told.at).toSorted()).toEqual(timeline.map((told) => told.at))
  expect(steps).toEqual([
    {
      step: "read-order",
      attempts: [{ at: at(0), endedAt: at(1), outcome: "done" }],
      input: {},
      output: { status: "AwaitingStock", paymentMethod: "[redacted]" },
    },
    {
      step: "authorise-payment",
      attempts: [
        { at: at(2), endedAt: at(5), outcome: "unavailable", detail: "payments" },
        { at: at(6), endedAt: at(7), outcome: "failed" },
        { at: at(12), outcome: "running" },
      ],
      input: { orderId: "o-1", paymentMethod: "[redacted]" },
      output: undefined,
    },
  ])
  expect(replays).toBe(8)
})

test("a step that was done and is taken again is another step", () => {
  const { steps } = accountOf([
    answered("check-payment", 0, 1, { done: { type: "processing" } }),
    answered("check-payment", 2, 3, { refused: { code: "payment.gone" } }),
    answered("check-payment", 4, 5, { done: { type: "authorised" } }),
  ])
  expect(steps.map(({ attempts }) => attempts.map(({ outcome, detail }) => [outcome, detail]))).toEqual([
    [["done", undefined]],
    [["refused", "payment.gone"]],
    [["done", undefined]],
  ])
})

test.each([
  [{ EventType: "ExecutionCompleted", Result: '"Paid"' }, 'end: ended with "Paid"'],
  [{ EventType: "ExecutionCompleted", Result: "Paid" }, 'end: ended with "Paid"'],
  [{ EventType: "ExecutionFailed", Reason: "a text of an error" }, "end: failed; the log says why"],
  [{ EventType: "ExecutionTerminated", Input: "enough" }, "end: was terminated: enough"],
  [{ EventType: "ExecutionTerminated" }, "end: was terminated"],
  [{ EventType: "EventRaised", Name: "operator", Input: "nonsense" }, "event: heard operator"],
])("%j reads %s", (line, reads) => {
  const [told] = accountOf([{ ...line, Timestamp: at(0) }]).timeline
  expect(`${told?.kind}: ${told?.says}`).toBe(reads)
})

test("what nobody knows is left out, and what is malformed does no harm", () => {
  const { timeline, steps } = accountOf([
    { EventType: "GenericEvent", Timestamp: at(0) },
    { EventType: "TaskCompleted", Timestamp: at(1), Input: "no JSON", Result: "neither" },
  ])
  expect(timeline).toEqual([{ at: at(1), kind: "step", says: "? was done after 0 ms" }])
  expect(steps).toEqual([
    {
      ...{ step: "?", input: undefined, output: undefined },
      attempts: [{ at: at(1), endedAt: at(1), outcome: "done" }],
    },
  ])
})
