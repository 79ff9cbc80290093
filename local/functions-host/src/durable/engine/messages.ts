/** Messages to instances inside a transaction. */

import { EventType, type FailureDetails, historyEvent } from "../protocol/events.ts"
import type { EntityMessage } from "../replay/command.ts"
import type { Instance, RuntimeStatus, Writer } from "../store/store.ts"
import { type Arrived, isTaskResult } from "./live.ts"

/** Stores an event as a message, inside a transaction. */
export function storeMessage(writer: Writer, target: string, arrived: Arrived): Arrived {
  const { messageId: _, ...body } = arrived
  return { ...body, messageId: writer.addMessage(target, JSON.stringify(body)) }
}

/** Stores a message for an entity, inside a transaction. `name` says what it is: an operation, a release. */
export function storeEntityMessage(
  writer: Writer,
  target: string,
  name: string,
  message: EntityMessage,
): void {
  writer.addMessage(target, JSON.stringify({ name, message }))
}

/** What an ended instance has not read: results stay for a rewind if it failed, everything else goes. */
export function concludeMessages(writer: Writer, instance: Instance, rest: readonly Arrived[]): void {
  if (instance.status !== "Failed") {
    writer.deleteMessages(instance.id)
    return
  }
  for (const arrived of rest) {
    if (arrived.messageId === undefined && isTaskResult(arrived.event))
      storeMessage(writer, instance.id, arrived)
  }
}

/**
 * Stores the result of an ended sub-orchestration for its parent; nothing when the parent cannot use it any more.
 */
export function tellParent(
  writer: Writer,
  outcome: { instance: Instance; failure?: { details: string; failureDetails?: FailureDetails } | undefined },
  statusOf: (id: string) => RuntimeStatus | undefined,
): { instanceId: string; arrived: Arrived } | undefined {
  const { instance, failure } = outcome
  const { parent } = instance
  if (!parent) return undefined
  const status = statusOf(parent.instanceId)
  if (status === undefined || status === "Completed" || status === "Terminated") return undefined
  const timestamp = new Date(instance.updatedAt).toISOString()
  const event =
    instance.status === "Completed"
      ? historyEvent(EventType.SubOrchestrationInstanceCompleted, timestamp, {
          TaskScheduledId: parent.eventId,
          Result: instance.output,
        })
      : historyEvent(EventType.SubOrchestrationInstanceFailed, timestamp, {
          TaskScheduledId: parent.eventId,
          Reason: instance.output ?? "",
          Details: failure?.details ?? "",
          ...(failure?.failureDetails ? { FailureDetails: failure.failureDetails } : {}),
        })
  const arrived = storeMessage(writer, parent.instanceId, { event, executionId: parent.executionId })
  return { instanceId: parent.instanceId, arrived }
}
