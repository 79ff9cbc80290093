/**
 * The ids of an execution's scheduling events. Each id either has its event in the history, then it must be of the
 * same kind, or is new, then its command is issued.
 */

import { EventType, type EventTypeNumber, type HistoryEvent, isSchedulingEvent } from "../protocol/events.ts"
import type { Command } from "./command.ts"

/** What the history has under a sequence id, and what the code takes there now; undefined for nothing. */
type Step = { readonly id: number; readonly before: string; readonly now: string | undefined }

/** The history does not fit the orchestrator's code any more (it was changed while instances were running). */
export class NonDeterministicError extends Error {
  override readonly name = "NonDeterministicOrchestrationException"
  readonly step: Step

  constructor(step: Step) {
    const { id, before, now } = step
    const instead =
      now === undefined ? "hasn't (yet?) scheduled this task" : `scheduled ${now} with the same ID`
    super(
      `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${before} with sequence ID ${id}, but the current replay execution ${instead}. Was a change made to the orchestrator code after this instance had already started running?`,
    )
    this.step = step
  }
}

/** The ids and commands of one execution. */
export class CommandSequence {
  /** What is to be scheduled now, in the order of the ids. */
  readonly commands: Command[] = []
  private readonly scheduled = new Map<number, HistoryEvent>()
  private next = 0

  constructor(history: readonly HistoryEvent[]) {
    for (const event of history) if (isSchedulingEvent(event)) this.scheduled.set(event.EventId, event)
  }

  /** The id that the next scheduling event would get. */
  get nextId(): number {
    return this.next
  }

  /** Gives out the next id. */
  takeId(): number {
    return this.next++
  }

  /**
   * Emits the command unless the history has it; returns the event of the history, if any.
   * @throws NonDeterministicError when the history has something else under the id
   */
  issue(
    id: number,
    type: EventTypeNumber,
    name: string | undefined,
    command: () => Command,
  ): HistoryEvent | undefined {
    const event = this.scheduled.get(id)
    if (!event) {
      this.commands.push(command())
      return undefined
    }
    if (event.EventType !== type || (name !== undefined && event.Name !== name)) {
      const now = described({ EventType: type, Name: name })
      throw new NonDeterministicError({ id, before: described(event), now })
    }
    this.scheduled.delete(id)
    return event
  }

  /** @throws NonDeterministicError when an id below the limit is in the history and was not issued again */
  requireAllIssued(limit: number): void {
    for (const [id, event] of this.scheduled) {
      if (id >= limit) continue
      throw new NonDeterministicError({ id, before: described(event), now: undefined })
    }
  }
}

function described(event: { EventType: EventTypeNumber; Name?: string | undefined }): string {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return `an activity task named '${event.Name}'`
    case EventType.SubOrchestrationInstanceCreated:
      return `a sub-orchestration named '${event.Name}'`
    case EventType.TimerCreated:
      return "a timer"
    default:
      return "an entity message"
  }
}
