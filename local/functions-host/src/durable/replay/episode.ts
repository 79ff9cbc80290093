/** One episode of an orchestration, without effects: what the library returned turned into events and messages. */

import type { OrchestratorState } from "../protocol/actions.ts"
import { EventType, type FailureDetails, type HistoryEvent, historyEvent } from "../protocol/events.ts"
import type { Instance } from "../store/store.ts"
import { type Command, type EntityName, schedulerId } from "./command.ts"
import { NonDeterministicError } from "./command-sequence.ts"
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

/** Most whole kilobytes of UTF-16 that a custom status may have (DurableOrchestrationContext.SetCustomStatus). */
const maxCustomStatusKilobytes = 16

/**
 * Concludes an episode. Pure but for `newGuid`. Never throws: what cannot be concluded would be the same at every
 * further try, so it fails the instance.
 */
export function concludeEpisode(input: EpisodeInput): EpisodeOutcome {
  try {
    return conclude(input)
  } catch (thrown) {
    // An orchestrator that threw on its own did not reach what it had scheduled before: its error is the cause.
    const cause = thrown instanceof NonDeterministicError ? input.state.error : undefined
    return failed(input, emptyEnd(), cause ?? (thrown as Error).message)
  }
}

function conclude(input: EpisodeInput): EpisodeOutcome {
  const { instance, state, timestamp } = input
  const customStatus = customStatusText(state)
  requireSmallCustomStatus(customStatus)
  const replayed = replay({
    history: input.history,
    actions: state.actions[0] ?? [],
    ended: state.isDone || state.error !== undefined,
    instanceId: instance.id,
    executionId: instance.executionId,
    httpPollingInterval: input.httpPollingInterval,
    newGuid: input.newGuid,
    requireFunction: input.requireFunction,
  })
  if (replayed.ambiguous) return { kind: "ambiguous" }

  const commands = replayed.commands.map((command) => withInstanceId(command, instance))
  const end: Conclusion = {
    events: commands.map((command) => scheduledEvent(command, timestamp)),
    commands,
    actionsStarted: replayed.actionsStarted,
    carriedEvents: [],
    nextId: replayed.nextId,
  }
  const updated = updatedInstance(input, customStatus)
  if (state.error === undefined && replayed.continueAsNew) {
    return {
      ...end,
      kind: "continued",
      instance: { ...updated, input: replayed.continueAsNew.input, executionId: input.newGuid() },
      carriedEvents: replayed.unclaimedEvents,
    }
  }
  if (state.error === undefined && !state.isDone) {
    end.events.push(closed(input, end))
    return { ...end, kind: "waiting", instance: updated }
  }
  releaseLocks(input, end, replayed.heldLocks)
  if (state.error !== undefined) return failed(input, end, state.error)
  const output = JSON.stringify(state.output ?? null)
  end.events.push(completed(end.nextId, timestamp, "Completed", output), closed(input, end))
  return { ...end, kind: "ended", instance: { ...updated, status: "Completed", output } }
}

/** What an episode leads to, whatever becomes of its instance. */
type Conclusion = Pick<EpisodeEnd, "events" | "commands" | "actionsStarted" | "carriedEvents"> & {
  /** The id that the next scheduling event would get. */
  nextId: number
}

function emptyEnd(): Conclusion {
  return { events: [], commands: [], actionsStarted: 0, carriedEvents: [], nextId: 0 }
}

/** Locks that user code did not release are released at the end. */
function releaseLocks(
  { instance, newGuid, timestamp }: EpisodeInput,
  end: Conclusion,
  held: EntityName[],
): void {
  for (const entity of held) {
    const release: Command = {
      kind: "entityMessage",
      id: end.nextId++,
      target: schedulerId(entity),
      eventName: "release",
      message: { id: newGuid(), parent: instance.id, parentExecution: instance.executionId },
    }
    end.commands.push(release)
    end.events.push(scheduledEvent(release, timestamp))
  }
}

function failed(input: EpisodeInput, end: Conclusion, error: string): EpisodeEnd {
  const { instance, state, timestamp } = input
  const output = `Orchestrator function '${instance.name}' failed: ${error}`
  const customStatus = customStatusText(state)
  end.events.push(
    completed(end.nextId, timestamp, "Failed", output, state.failureDetails),
    closed(input, end),
  )
  return {
    ...end,
    kind: "ended",
    instance: {
      ...updatedInstance(input, kilobytes(customStatus) > maxCustomStatusKilobytes ? null : customStatus),
      status: "Failed",
      output,
    },
    failure: {
      details: `Message: ${error}`,
      ...(state.failureDetails ? { failureDetails: state.failureDetails } : {}),
    },
  }
}

function updatedInstance({ instance, timestamp }: EpisodeInput, customStatus: string | null): Instance {
  return { ...instance, status: "Running", customStatus, updatedAt: Date.parse(timestamp) }
}

function closed({ timestamp }: EpisodeInput, { actionsStarted }: Conclusion): HistoryEvent {
  return historyEvent(EventType.OrchestratorCompleted, timestamp, { ActionsStarted: actionsStarted })
}

function customStatusText({ customStatus }: OrchestratorState): string | null {
  return customStatus === undefined ? null : JSON.stringify(customStatus)
}

/** Whole kilobytes of a text in UTF-16, as MessagePayloadDataConverter counts. */
function kilobytes(text: string | null): number {
  return Math.floor(((text?.length ?? 0) * 2) / 1024)
}

function requireSmallCustomStatus(text: string | null): void {
  const size = kilobytes(text)
  if (size <= maxCustomStatusKilobytes) return
  throw new Error(
    `The UTF-16 size of the JSON-serialized payload must not exceed ${maxCustomStatusKilobytes} KB. The current payload size is ${size.toLocaleString("en-US")} KB.`,
  )
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
