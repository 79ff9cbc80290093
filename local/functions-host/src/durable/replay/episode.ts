/** One episode of an orchestration, without effects: what the library returned turned into events and messages. */

import type { OrchestratorState } from "../protocol/actions.ts"
import { EventType, type FailureDetails, type HistoryEvent, historyEvent } from "../protocol/events.ts"
import type { Instance } from "../store/store.ts"
import { type Command, schedulerId } from "./command.ts"
import { replay } from "./replay.ts"

export type EpisodeInput = {
  instance: Instance
  /** Past events followed by the new ones of this episode. */
  history: readonly HistoryEvent[]
  state: OrchestratorState
  /** ISO time of the episode. */
  timestamp: string
  httpPollingInterval: number
  newGuid(): string
  requireFunction(kind: "activity" | "orchestrator" | "entity", name: string): void
}

/** How an episode left its instance. */
export type EpisodeEnd = {
  kind: "waiting" | "ended" | "continued"
  /** The instance after the episode. */
  instance: Instance
  /** Events to append after the new ones. */
  events: HistoryEvent[]
  commands: Command[]
  actionsStarted: number
  /** continueAsNew: external events that the next execution gets. */
  carriedEvents: HistoryEvent[]
  failure?: { details: string; failureDetails?: FailureDetails }
}

export type EpisodeOutcome = { kind: "ambiguous" } | EpisodeEnd

/** Concludes an episode. Pure but for `newGuid`. */
export function concludeEpisode(input: EpisodeInput): EpisodeOutcome {
  const { instance, state, timestamp } = input
  let error = state.error
  let replayed: ReturnType<typeof replay> | undefined
  try {
    replayed = replay({
      history: input.history,
      actions: state.actions[0] ?? [],
      ended: state.isDone || error !== undefined,
      instanceId: instance.id,
      executionId: instance.executionId,
      httpPollingInterval: input.httpPollingInterval,
      newGuid: input.newGuid,
      requireFunction: input.requireFunction,
    })
  } catch (thrown) {
    error = (thrown as Error).message
  }
  if (replayed?.ambiguous) return { kind: "ambiguous" }

  const commands = (replayed?.commands ?? []).map((command) => withInstanceId(command, instance))
  const events = commands.map((command) => scheduledEvent(command, timestamp))
  const updated: Instance = {
    ...instance,
    status: "Running",
    customStatus: state.customStatus === undefined ? null : JSON.stringify(state.customStatus),
    updatedAt: Date.parse(timestamp),
  }
  const actionsStarted = replayed?.actionsStarted ?? 0
  const close = (): HistoryEvent =>
    historyEvent(EventType.OrchestratorCompleted, timestamp, { ActionsStarted: actionsStarted })
  const base = { events, commands, actionsStarted, carriedEvents: [] as HistoryEvent[] }

  if (error === undefined && replayed?.continueAsNew) {
    return {
      ...base,
      kind: "continued",
      instance: { ...updated, input: replayed.continueAsNew.input, executionId: input.newGuid() },
      carriedEvents: replayed.unclaimedEvents,
    }
  }
  if (error === undefined && !state.isDone) {
    events.push(close())
    return { ...base, kind: "waiting", instance: updated }
  }
  // Locks that user code did not release are released at the end.
  let nextId = replayed?.nextId ?? 0
  for (const entity of replayed?.heldLocks ?? []) {
    const release: Command = {
      kind: "entityMessage",
      id: nextId++,
      target: schedulerId(entity),
      eventName: "release",
      message: { id: input.newGuid(), parent: instance.id, parentExecution: instance.executionId },
    }
    commands.push(release)
    events.push(scheduledEvent(release, timestamp))
  }
  if (error !== undefined) {
    const output = `Orchestrator function '${instance.name}' failed: ${error}`
    events.push(completed(nextId, timestamp, "Failed", output, state.failureDetails), close())
    return {
      ...base,
      kind: "ended",
      instance: { ...updated, status: "Failed", output },
      failure: {
        details: `Message: ${error}`,
        ...(state.failureDetails ? { failureDetails: state.failureDetails } : {}),
      },
    }
  }
  const output = JSON.stringify(state.output ?? null)
  events.push(completed(nextId, timestamp, "Completed", output), close())
  return { ...base, kind: "ended", instance: { ...updated, status: "Completed", output } }
}

/** The end of an instance by terminate: nothing runs, what is in flight is ignored later. */
export function terminated(
  instance: Instance,
  timestamp: string,
  reason: string | null,
): {
  instance: Instance
  events: HistoryEvent[]
} {
  return {
    instance: { ...instance, status: "Terminated", output: reason, updatedAt: Date.parse(timestamp) },
    events: [
      completed(-1, timestamp, "Terminated", reason),
      historyEvent(EventType.OrchestratorCompleted, timestamp),
    ],
  }
}

function completed(
  id: number,
  timestamp: string,
  status: string,
  result: string | null,
  failureDetails?: FailureDetails,
): HistoryEvent {
  return historyEvent(
    EventType.ExecutionCompleted,
    timestamp,
    {
      OrchestrationStatus: status,
      Result: result,
      ...(failureDetails ? { FailureDetails: failureDetails } : {}),
    },
    id,
  )
}

/** A sub-orchestration without a given id is named after its parent's execution and the event. */
function withInstanceId(command: Command, instance: Instance): Command {
  if (command.kind !== "subOrchestration" || command.instanceId) return command
  return { ...command, instanceId: `${instance.executionId}:${command.id.toString(16).padStart(4, "0")}` }
}

function scheduledEvent(command: Command, timestamp: string): HistoryEvent {
  switch (command.kind) {
    case "activity":
      return historyEvent(
        EventType.TaskScheduled,
        timestamp,
        { Name: command.name, Input: command.input },
        command.id,
      )
    case "timer":
      return historyEvent(
        EventType.TimerCreated,
        timestamp,
        { FireAt: new Date(command.fireAt).toISOString() },
        command.id,
      )
    case "subOrchestration":
      return historyEvent(
        EventType.SubOrchestrationInstanceCreated,
        timestamp,
        {
          Name: command.name,
          ...(command.version ? { Version: command.version } : {}),
          InstanceId: command.instanceId as string,
          Input: command.input,
        },
        command.id,
      )
    case "entityMessage":
      return historyEvent(
        EventType.EventSent,
        timestamp,
        { InstanceId: command.target, Name: command.eventName, Input: JSON.stringify(command.message) },
        command.id,
      )
  }
}
