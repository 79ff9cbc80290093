import type { OrchestratorState } from "@eshop/functions-host/durable/protocol/actions"
import { EventType, type HistoryEvent, historyEvent } from "@eshop/functions-host/durable/protocol/events"
import type { Command } from "@eshop/functions-host/durable/replay/command"
import { NonDeterministicError } from "@eshop/functions-host/durable/replay/command-sequence"
import { replay } from "@eshop/functions-host/durable/replay/replay"
import type { Candidate } from "./candidate.ts"
import type { OpenInstance } from "./open-instance.ts"
import { orchestrationTrigger } from "./trigger.ts"
import { compareVersions } from "./versions.ts"

/** What a release would do to an instance. */
export type Verdict =
  /** `next`: what the candidate would do besides, where the instance has come to; it was not waiting for that. */
  | { readonly type: "continues"; readonly next?: string }
  | { readonly type: "breaks"; readonly at: string; readonly why: string }

const breaks = (at: string, why: string): Verdict => ({ type: "breaks", at, why })

/**
 * Replays an instance's history on the candidate's code, as the host will when the next event comes.
 */
export async function checkInstance(candidate: Candidate, instance: OpenInstance): Promise<Verdict> {
  const { name, version, history } = instance
  if (!candidate.orchestrators.includes(name)) return breaks("its start", "the candidate has no such saga")
  if (compareVersions(version, candidate.version) > 0)
    return breaks(
      "its version",
      `a host of version ${candidate.version ?? "none"} leaves instances of ${version} alone`,
    )
  if (!history.some((event) => event.EventType === EventType.ExecutionStarted)) return { type: "continues" }
  const missing = unanswered(history).find((activity) => !candidate.activities.includes(activity))
  if (missing !== undefined)
    return breaks(`'${missing}'`, "it is under way, and the candidate has no such step")
  const replayed = asReplayed(history)
  const input = replayed.find((event) => event.EventType === EventType.ExecutionStarted)?.Input
  const state = await candidate.run(name, orchestrationTrigger(instance.id, input, replayed))
  return verdictOf(instance, replayed, state)
}

function verdictOf(
  instance: OpenInstance,
  history: readonly HistoryEvent[],
  state: OrchestratorState,
): Verdict {
  const ended = state.isDone || state.error !== undefined
  try {
    const { commands } = replay({
      history,
      actions: state.actions[0] ?? [],
      ended,
      instanceId: instance.id,
      executionId: instance.id,
      httpPollingInterval: 30_000,
      newGuid: () => "00000000-0000-0000-0000-000000000000",
    })
    if (state.error !== undefined) return breaks("its end", `the candidate fails: ${state.error}`)
    const next = ended ? "ends at once" : commands.map(described).join(", ")
    return next ? { type: "continues", next } : { type: "continues" }
  } catch (error) {
    if (!(error instanceof NonDeterministicError)) throw error
    const { id, before, now } = error.step
    return breaks(
      `${before} (number ${id + 1})`,
      now === undefined ? "the candidate does not take it" : `the candidate takes ${now} there`,
    )
  }
}

/** The names of the activities that have not answered. */
function unanswered(history: readonly HistoryEvent[]): string[] {
  const open = new Map<number, string>()
  for (const event of history) {
    if (event.EventType === EventType.TaskScheduled) open.set(event.EventId, event.Name as string)
    else if (event.EventType === EventType.TaskCompleted || event.EventType === EventType.TaskFailed)
      open.delete(event.TaskScheduledId as number)
  }
  return [...open.values()]
}

/** The history as a new episode sees it, one in which nothing has come yet. */
function asReplayed(history: readonly HistoryEvent[]): HistoryEvent[] {
  const { Timestamp } = history.at(-1) as HistoryEvent
  return [
    ...history.map((event) => ({ ...event, IsPlayed: true })),
    historyEvent(EventType.OrchestratorStarted, Timestamp),
  ]
}

function described(command: Command): string {
  switch (command.kind) {
    case "activity":
    case "subOrchestration":
      return `'${command.name}'`
    case "timer":
      return "a timer"
    case "entityMessage":
      return "a message to an entity"
  }
}
