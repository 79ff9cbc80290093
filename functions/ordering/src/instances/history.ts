import { inWords, OPERATOR, OperatorWord } from "@eshop/building-blocks/durable/position"
import type { HistoryLine } from "@eshop/building-blocks/durable/task-hub"
import { redacted } from "@eshop/building-blocks/redacted"
import { scrubbed } from "@eshop/building-blocks/telemetry/redaction"
import * as z from "zod"
import { attentionNoted } from "../sagas/attention.ts"

/** What happened to a saga, in words. */
export const Told = z.strictObject({
  at: z.iso.datetime(),
  kind: z.enum(["start", "step", "wait", "event", "control", "end"]),
  says: z.string(),
})
export type Told = z.infer<typeof Told>

/** One try of a step. */
export const Attempt = z.strictObject({
  at: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  outcome: z
    .enum(["running", "done", "refused", "unavailable", "failed"])
    .describe("refused: a rule said no; unavailable: a dependency is out; failed: for another reason"),
  detail: z.string().optional(),
})
export type Attempt = z.infer<typeof Attempt>

/** A step that was taken, or is being taken, with all of its attempts. */
export const TakenStep = z.strictObject({
  step: z.string().describe("The activity; one that takes a step back is called `undo-…`"),
  attempts: z.array(Attempt),
  input: z.unknown().optional().describe("Without personal data and without what one pays with"),
  output: z.unknown().optional(),
})
export type TakenStep = z.infer<typeof TakenStep>

/** What an instance's history says. */
export type Account = {
  readonly timeline: readonly Told[]
  readonly steps: readonly TakenStep[]
  readonly replays: number
}

/** What makes the orchestrator's code run again from its start. */
const WAKES = new Set([
  ...["TaskCompleted", "TaskFailed", "TimerFired", "EventRaised"],
  ...["SubOrchestrationInstanceCompleted", "SubOrchestrationInstanceFailed", "ExecutionResumed"],
])
const TRIES = new Set(["TaskScheduled", "TaskCompleted", "TaskFailed"])

/** An instance's history, for a person. */
export function accountOf(history: readonly HistoryLine[]): Account {
  const timeline: Told[] = []
  const steps: TakenStep[] = []
  for (const line of history) {
    if (!TRIES.has(line.EventType)) {
      timeline.push(...lineInWords(line))
      continue
    }
    const taken = tryOf(line)
    const { at, endedAt } = taken.attempt
    timeline.push({ at: endedAt ?? at, kind: "step", says: tryInWords(taken) })
    // Keeping the list of those in need is no step of the saga.
    if (taken.step !== attentionNoted.name) addTry(steps, taken)
  }
  return { timeline, steps, replays: history.filter(({ EventType }) => WAKES.has(EventType)).length }
}

type Try = {
  readonly step: string
  readonly attempt: Attempt
  readonly input: unknown
  readonly output: unknown
}

const Answered = z.union([
  z.object({ refused: z.object({ code: z.string() }) }),
  z.object({ unavailable: z.string() }),
  z.object({ done: z.unknown().optional() }),
])
const Called = z.object({ input: z.unknown().optional() })

function tryOf(line: HistoryLine): Try {
  const step = line.FunctionName ?? line.Name ?? "?"
  const input = redacted(Called.safeParse(argumentOf(line.Input)).data?.input)
  if (line.EventType === "TaskScheduled")
    return { step, attempt: { at: line.Timestamp, outcome: "running" }, input, output: undefined }
  const { outcome, detail, output } = answerOf(line)
  const times = { at: line.ScheduledTime ?? line.Timestamp, endedAt: line.Timestamp }
  return { step, attempt: { ...times, outcome, ...(detail && { detail }) }, input, output: redacted(output) }
}

function answerOf({
  EventType,
  Result,
}: HistoryLine): Pick<Attempt, "outcome" | "detail"> & { output?: unknown } {
  // Why it failed is in the log alone.
  if (EventType === "TaskFailed") return { outcome: "failed" }
  const { data: answer } = Answered.safeParse(json(Result))
  if (!answer) return { outcome: "done" }
  if ("refused" in answer) return { outcome: "refused", detail: answer.refused.code }
  if ("unavailable" in answer) return { outcome: "unavailable", detail: answer.unavailable }
  return { outcome: "done", output: answer.done }
}

/** A try of a step that has not been done yet is its next attempt; any other one begins a step. */
function addTry(steps: TakenStep[], { step, attempt, input, output }: Try): void {
  const index = steps.findLastIndex((taken) => taken.step === step)
  const before = steps[index]
  const last = before?.attempts.at(-1)?.outcome
  if (before && (last === "failed" || last === "unavailable"))
    steps[index] = { ...before, attempts: [...before.attempts, attempt], output }
  else steps.push({ step, attempts: [attempt], input, output })
}

function tryInWords({ step, attempt: { at, endedAt, outcome, detail } }: Try): string {
  const took = endedAt === undefined ? "" : ` after ${duration(Date.parse(endedAt) - Date.parse(at))}`
  switch (outcome) {
    case "running":
      return `${step} is under way`
    case "done":
      return `${step} was done${took}`
    case "refused":
      return `${step} was refused${took}: ${detail}`
    case "unavailable":
      return `${step} found ${detail} out${took}`
    case "failed":
      return `${step} failed${took}; the log says why`
  }
}

function lineInWords(line: HistoryLine): Told[] {
  const told = (kind: Told["kind"], says: string): Told[] => [{ at: line.Timestamp, kind, says }]
  switch (line.EventType) {
    case "ExecutionStarted":
      return told("start", "began")
    case "TimerCreated":
      return told("wait", `waits ${waitOf(line)}`)
    case "EventRaised":
      return told("event", eventInWords(line))
    case "ExecutionSuspended":
      return told("control", `was suspended${reasonOf(line)}`)
    case "ExecutionResumed":
      return told("control", `was resumed${reasonOf(line)}`)
    case "ExecutionTerminated":
      return told("end", `was terminated${reasonOf(line)}`)
    case "ExecutionCompleted":
      return told("end", `ended with ${JSON.stringify(redacted(json(line.Result)))}`)
    case "ExecutionFailed":
      return told("end", "failed; the log says why")
    // That a wait is over shows in what comes next.
    default:
      return []
  }
}

function waitOf({ FireAt, Timestamp }: HistoryLine): string {
  if (FireAt === undefined) return "for a while"
  const ms = Date.parse(FireAt) - Date.parse(Timestamp)
  return ms < 60_000 ? `for ${duration(ms)}` : `until ${inWords(new Date(FireAt), new Date(Timestamp))}`
}

function eventInWords({ Name, Input }: HistoryLine): string {
  const { data: said } = OperatorWord.safeParse(json(Input))
  if (Name !== OPERATOR || !said) return `heard ${Name ?? "an event"}`
  return `heard an operator: ${said.word}, on ${said.step} after attempt ${said.attempt}`
}

/** What the instance was told from outside; the storages of the hub name the member differently. */
function reasonOf({ Reason, Input }: HistoryLine): string {
  const reason = Reason ?? json(Input)
  return typeof reason === "string" && reason !== "" ? `: ${scrubbed(reason)}` : ""
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  return ms < 120_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 60_000)} min`
}

/** An activity has one argument, in a list. */
function argumentOf(input: unknown): unknown {
  const value = json(input)
  return json(Array.isArray(value) ? value[0] : value)
}

/** A value that may be the JSON text of one. */
function json(value: unknown): unknown {
  if (typeof value !== "string") return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
