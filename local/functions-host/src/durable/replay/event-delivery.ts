/** Which event ends which task: by id, by the name of an external event, or later when nobody waits for it yet. */

import { EventType, type HistoryEvent } from "../protocol/events.ts"
import { end, type Task } from "./task-tree.ts"

/** A task that one event ends. */
type Leaf = Task & { isEntityCall: boolean }

/** The tasks of one execution that wait for events, and the events that wait for tasks. */
export class EventDelivery {
  private readonly open = new Map<string, Leaf>()
  private readonly listeners = new Map<string, Leaf[]>()
  private readonly deferred = new Map<string, HistoryEvent[]>()

  /** Hands an event to the task that waits for it, as the library does. */
  deliver(event: HistoryEvent): void {
    const key = deliveryKey(event)
    if (key === undefined) return
    const task = this.open.get(key)
    if (task) {
      this.open.delete(key)
      finish(task, event)
      return
    }
    const listener = this.listeners.get(key)?.pop()
    if (listener) {
      finish(listener, event)
      return
    }
    const queue = this.deferred.get(key)
    if (queue) queue.push(event)
    else this.deferred.set(key, [event])
  }

  /** A task for the result of the scheduling event with the id; a result that came too early ends it at once. */
  resultOf(id: number): Task {
    const key = String(id)
    const leaf = this.opened(key, false)
    this.takeDeferred(key)
    return leaf
  }

  /** A task for the answer of an entity to a call. */
  entityAnswer(request: string): Task {
    return this.opened(request, true)
  }

  /** A task for the moment when all locks of a request are held. */
  locksHeld(request: string): Task {
    return this.opened(request, false)
  }

  /** A task for the next external event of the name. */
  externalEvent(name: string): Task {
    const leaf: Leaf = { outcome: "running", isEntityCall: false }
    const waiting = this.listeners.get(name)
    if (waiting) waiting.push(leaf)
    else this.listeners.set(name, [leaf])
    this.takeDeferred(name)
    return leaf
  }

  /** External events that nobody waited for, those named like one of the requests left out: they are answers. */
  unclaimed(requests: ReadonlySet<string>): HistoryEvent[] {
    return [...this.deferred.values()].flat().filter((event) => isExternal(event, requests))
  }

  private opened(key: string, isEntityCall: boolean): Leaf {
    const leaf: Leaf = { outcome: "running", isEntityCall }
    this.open.set(key, leaf)
    return leaf
  }

  private takeDeferred(key: string): void {
    const queue = this.deferred.get(key)
    const event = queue?.shift()
    if (!event) return
    if (queue?.length === 0) this.deferred.delete(key)
    this.deliver(event)
  }
}

/** Whether an event was raised from outside and is not the answer of an entity to one of the requests. */
export function isExternal(event: HistoryEvent, requests: ReadonlySet<string>): boolean {
  return event.EventType === EventType.EventRaised && !requests.has(event.Name as string)
}

function finish(leaf: Leaf, event: HistoryEvent): void {
  leaf.event = event
  end(leaf, succeeded(event, leaf.isEntityCall) ? "completed" : "failed")
}

function deliveryKey(event: HistoryEvent): string | undefined {
  switch (event.EventType) {
    case EventType.TaskCompleted:
    case EventType.TaskFailed:
    case EventType.SubOrchestrationInstanceCompleted:
    case EventType.SubOrchestrationInstanceFailed:
      return String(event.TaskScheduledId)
    case EventType.TimerFired:
      return String(event.TimerId)
    case EventType.EventRaised:
      return event.Name
    default:
      return undefined
  }
}

/** Only entity answers carry their failure inside the event: `{ result, exceptionType }`. */
function succeeded(event: HistoryEvent, isEntityCall: boolean): boolean {
  if (isEntityCall) {
    return (JSON.parse(event.Input as string) as { exceptionType?: string }).exceptionType === undefined
  }
  return (
    event.EventType !== EventType.TaskFailed && event.EventType !== EventType.SubOrchestrationInstanceFailed
  )
}
