/** An orchestration's messages to entities: calls, signals, and the critical section with its locks. */

import type { Action } from "../protocol/actions.ts"
import { EventType } from "../protocol/events.ts"
import { type EntityMessage, type EntityName, schedulerId } from "./command.ts"
import type { CommandSequence } from "./command-sequence.ts"

export type EntityRequestsInput = {
  instanceId: string
  executionId: string
  newGuid(): string
  /** Throws when there is no such function; the orchestration then fails with that message. */
  requireFunction?(kind: "activity" | "orchestrator" | "entity", name: string): void
}

/** The entity messages of one execution; each takes an id of the sequence. */
export class EntityRequests {
  /** Ids of all requests: their answers are no external events. */
  readonly ids = new Set<string>()
  /** Entities whose lock is held. */
  locks: EntityName[] = []
  private readonly input: EntityRequestsInput
  private readonly sequence: CommandSequence

  constructor(input: EntityRequestsInput, sequence: CommandSequence) {
    this.input = input
    this.sequence = sequence
  }

  /** Returns the request id, which is the name of the event that brings the answer. */
  call(action: Action): string {
    return this.send(action.instanceId as string, "op", {
      id: this.input.newGuid(),
      op: action.operation as string,
      ...entityInput(action.input),
      ...this.sender(),
    })
  }

  /** Sends an operation, at once or at its time, for whose answer nobody waits. */
  signal(action: Action): void {
    this.send(action.instanceId as string, action.fireAt ? `op@${action.fireAt}` : "op", {
      id: this.input.newGuid(),
      op: action.operation as string,
      signal: true,
      ...entityInput(action.input),
      ...this.sender(),
      ...(action.fireAt ? { due: action.fireAt } : {}),
    })
  }

  /** Asks the first entity for its lock, which hands the request on; returns the id under which the last answers. */
  lock(action: Action): string {
    const lockset = action.lockSet as EntityName[]
    const first = lockset[0] as EntityName
    const id = this.send(schedulerId(first), "op", {
      id: action.lockRequestId as string,
      lockset,
      pos: 0,
      ...this.sender(),
    })
    this.locks = lockset
    return id
  }

  /** Ends the critical section, if there is one. */
  releaseLocks(): void {
    for (const entity of this.locks) {
      this.send(schedulerId(entity), "release", { id: this.input.newGuid(), ...this.sender() })
    }
    this.locks = []
  }

  private sender(): { parent: string; parentExecution: string } {
    return { parent: this.input.instanceId, parentExecution: this.input.executionId }
  }

  /** Sends under the next id; a request that the history has keeps the request id it was sent with. */
  private send(target: string, eventName: string, message: EntityMessage): string {
    this.input.requireFunction?.("entity", target.slice(1, target.indexOf("@", 1)))
    const id = this.sequence.takeId()
    const sent = this.sequence.issue(id, EventType.EventSent, undefined, () => ({
      kind: "entityMessage",
      id,
      target,
      eventName,
      message,
    }))
    const request = sent ? (JSON.parse(sent.Input as string) as EntityMessage).id : message.id
    this.ids.add(request)
    return request
  }
}

function entityInput(input: unknown): { input?: string } {
  return input === undefined || input === null ? {} : { input: JSON.stringify(input) }
}
