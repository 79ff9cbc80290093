/** Rewinding a failed orchestration: its failed tasks are taken out of the history and run again. */

import {
  completedTaskId,
  EventType,
  type HistoryEvent,
  historyEvent,
  isSchedulingEvent,
} from "../protocol/events.ts"
import type { Instance, Store } from "../store/store.ts"

/**
 * The history without its failures. What failed is removed together with its schedule (an attempt of a retried
 * task likewise, with the timers in between), and so is everything that was scheduled after the first failure
 * had been seen, because the orchestrator now takes another path. Successful results that were asked for before
 * that moment stay, so those tasks do not run again.
 * @param late failures that arrived when the orchestration had failed already
 * @returns the remaining events, and the sub-orchestrations that failed and have to be rewound themselves
 */
export function withoutFailures(
  history: readonly HistoryEvent[],
  late: readonly HistoryEvent[] = [],
): { events: HistoryEvent[]; children: string[] } {
  const firstFailure = history.findIndex(isFailure)
  const scheduledBefore = new Map<number, HistoryEvent>()
  const failed = new Set<number>(late.map((event) => event.TaskScheduledId as number))
  const children: string[] = []
  history.forEach((event, index) => {
    if (isSchedulingEvent(event) && (firstFailure < 0 || index < firstFailure)) {
      scheduledBefore.set(event.EventId, event)
    }
    if (isFailure(event)) failed.add(event.TaskScheduledId as number)
  })
  const events = history.filter((event, index) => {
    if (event.EventType === EventType.ExecutionCompleted || isFailure(event)) return false
    if (isSchedulingEvent(event)) {
      if (firstFailure >= 0 && index > firstFailure) return false
      if (!failed.has(event.EventId)) return true
      if (event.EventType !== EventType.SubOrchestrationInstanceCreated) return false
      children.push(event.InstanceId as string)
      return true
    }
    const id = completedTaskId(event)
    return id === undefined || scheduledBefore.has(id)
  })
  // From the failure on, how far the list of actions had got says nothing about the new path.
  const kept = withoutEmptyEpisodes(events).map((event) => {
    if (event.ActionsStarted === undefined || firstFailure < 0 || history.indexOf(event) < firstFailure)
      return event
    const { ActionsStarted: _, ...rest } = event
    return rest
  })
  return { events: kept, children }
}

/**
 * Rewinds a failed instance and the failed sub-orchestrations below it in one transaction. The execution id gets a
 * new suffix: what is scheduled from now on can be told from what was scheduled before and is forgotten.
 * @returns the ids of the instances that have to run again
 */
export async function rewind(store: Store, id: string, reason: string | null): Promise<string[]> {
  const plan: { instance: Instance; events: HistoryEvent[]; obsolete: number[] }[] = []
  const collect = (instanceId: string): void => {
    const instance = store.instance(instanceId)
    if (instance?.status !== "Failed") return
    const history = JSON.parse(`[${store.history(instanceId).events}]`) as HistoryEvent[]
    const late = store
      .messages(instanceId)
      .map(({ id: messageId, body }) => ({ messageId, ...(JSON.parse(body) as { event: HistoryEvent }) }))
      .filter(({ event }) => isFailure(event))
    const { events, children } = withoutFailures(
      history,
      late.map(({ event }) => event),
    )
    plan.push({ instance, events, obsolete: late.map(({ messageId }) => messageId) })
    for (const child of children) collect(child)
  }
  collect(id)
  await store.commit((writer) => {
    for (const { instance, events, obsolete } of plan) {
      const [execution, generation] = instance.executionId.split("#")
      const executionId = `${execution}#${Number(generation ?? 0) + 1}`
      writer.updateInstance({
        ...instance,
        executionId,
        status: "Running",
        output: null,
        updatedAt: Date.now(),
      })
      for (const messageId of obsolete) writer.deleteMessage(messageId)
      writer.deleteHistory(instance.id)
      if (events.length > 0) {
        writer.appendHistory(instance.id, 0, events.map((kept) => JSON.stringify(kept)).join(","))
      }
      // The event that makes the orchestrator run, also after a crash, and that shows what was there before.
      const event = historyEvent(EventType.GenericEvent, new Date().toISOString(), {
        Name: executionId,
        Reason: `Rewound: ${reason ?? ""}`,
      })
      writer.addMessage(instance.id, JSON.stringify({ event }))
    }
  })
  return plan.map(({ instance }) => instance.id)
}

/** The execution id without the suffix of rewinds. */
export function originalExecution(executionId: string): string {
  return executionId.split("#")[0] as string
}

function isFailure(event: HistoryEvent): boolean {
  return (
    event.EventType === EventType.TaskFailed || event.EventType === EventType.SubOrchestrationInstanceFailed
  )
}

/** Drops episodes in which nothing is left, so that the clock of the orchestration follows what it saw. */
function withoutEmptyEpisodes(events: readonly HistoryEvent[]): HistoryEvent[] {
  const kept: HistoryEvent[] = []
  for (const event of events) {
    const previous = kept.at(-1)
    if (
      event.EventType === EventType.OrchestratorCompleted &&
      previous?.EventType === EventType.OrchestratorStarted
    ) {
      kept.pop()
      continue
    }
    kept.push(event)
  }
  return kept
}
