/**
 * The event-id simulation. An out-of-process orchestrator returns only the list of actions it took; which of
 * them are new, and under which EventId, the host finds out by executing that list against the history in the
 * order in which the library saw the events. The library counts the same ids on its own, so both counts must
 * agree: activity, timer, sub-orchestration and entity message take one id each, external events none, a timer
 * follows every failed attempt of a retried task (the last one included), timers beyond six days are split.
 *
 * Pure: no clock, no storage, no randomness of its own.
 */

import { type Action, ActionType, type DurableHttpRequest, type RetryPolicy } from "../protocol/actions.ts"
import { EventType, type HistoryEvent, isSchedulingEvent } from "../protocol/events.ts"
import { httpActivityName, pollingRequest } from "../tasks/call-http.ts"
import type { Command, EntityName } from "./command.ts"
import { CommandSequence } from "./command-sequence.ts"
import { EntityRequests, type EntityRequestsInput } from "./entity-requests.ts"
import { EventDelivery, isExternal } from "./event-delivery.ts"
import { end, type Task, whenAll, whenAny } from "./task-tree.ts"

const day = 24 * 60 * 60 * 1000
/** Longest timer that storage providers take in one piece, and the pieces of longer ones. */
const maximumShortTimer = 6 * day
const longTimerInterval = 3 * day

export type ReplayInput = EntityRequestsInput & {
  /** All events of this execution, the new ones included; begins with OrchestratorStarted. */
  history: readonly HistoryEvent[]
  actions: readonly Action[]
  /** The orchestrator returned or threw: what the list still holds is issued without waiting. */
  ended: boolean
  /** Delay before the next poll of an HTTP 202 answer without Retry-After, in milliseconds. */
  httpPollingInterval: number
}

export type ReplayResult = {
  /** What is to be scheduled now, in the order of the ids. */
  commands: Command[]
  /** The id that the next scheduling event would get. */
  nextId: number
  /** JSON text of the next execution's input when the orchestrator called continueAsNew. */
  continueAsNew?: { input: string }
  /** How many of the actions have started; belongs into the OrchestratorCompleted event of this episode. */
  actionsStarted: number
  /**
   * Several new events, and it cannot be known after which of them the orchestrator went on: it may have waited
   * for a task that it had scheduled before. The episode has to be run again with one new event.
   */
  ambiguous: boolean
  /** External events that nobody waited for; continueAsNew hands them on. */
  unclaimedEvents: HistoryEvent[]
  /** Entities whose lock is still held. */
  heldLocks: EntityName[]
  /** Every task that was started, in order of its first id; rewinding reads which of them failed. */
  tasks: ReplayTask[]
}

export type ReplayTask = { ids: number[]; failed: boolean; failedAt: number; retried: boolean }

type EpisodeLimit = { ids: number; actions: number }
const noLimit: EpisodeLimit = { ids: Number.POSITIVE_INFINITY, actions: Number.POSITIVE_INFINITY }

/**
 * Executes the orchestrator's actions against the history. See the head of this file.
 * @throws NonDeterministicError when the history was not made by this code
 */
export function replay(input: ReplayInput): ReplayResult {
  return new Replay(input).run()
}

class Replay {
  private readonly input: ReplayInput
  private readonly sequence: CommandSequence
  private readonly entities: EntityRequests
  private readonly events = new EventDelivery()
  private readonly walked: Task[] = []
  private readonly tasks: ReplayTask[] = []
  /** All ids below were given out by earlier episodes. */
  private replayedIds = 0
  private nextAction = 0
  private current: Task | undefined
  private now = 0
  private position = 0
  private isLastEpisode = false
  /** What came after the event with which the orchestrator ended. */
  private unread: readonly HistoryEvent[] = []
  private lastStart = -1
  private ambiguous = false
  private started = false
  private continued: { input: string } | undefined

  constructor(input: ReplayInput) {
    this.input = input
    this.sequence = new CommandSequence(input.history)
    this.entities = new EntityRequests(input, this.sequence)
  }

  run(): ReplayResult {
    const { history } = this.input
    const episodes = this.pastEpisodes()
    let episode = 0
    let limit: EpisodeLimit = noLimit
    for (this.position = 0; this.position < history.length; this.position++) {
      const event = history[this.position] as HistoryEvent
      if (event.EventType === EventType.OrchestratorStarted) {
        limit = episodes[episode++] ?? noLimit
        this.isLastEpisode = limit === noLimit
        this.now = Math.max(this.now, Date.parse(event.Timestamp))
        continue
      }
      if (event.EventType === EventType.ExecutionStarted) {
        this.started = true
      } else {
        if (this.isLastEpisode && this.finished()) {
          this.unread = history.slice(this.position)
          break
        }
        this.events.deliver(event)
      }
      if (this.started) this.advance(limit)
    }
    // An episode without events: the first after a resume, or the one that a rewind begins with.
    if (this.started) this.advance(limit)
    if (this.input.ended) {
      this.current = undefined
      while (this.nextAction < this.input.actions.length) {
        this.start(this.input.actions[this.nextAction++] as Action)
      }
    }
    this.sequence.requireAllIssued(this.replayedIds)
    return {
      commands: this.sequence.commands,
      nextId: this.sequence.nextId,
      actionsStarted: this.nextAction,
      ambiguous: this.ambiguous,
      ...(this.continued ? { continueAsNew: this.continued } : {}),
      unclaimedEvents: this.unclaimedEvents(),
      heldLocks: this.entities.locks,
      tasks: this.tasks,
    }
  }

  /**
   * How far each past episode got. An action may only start in the episode that started it: when the
   * orchestrator waited once more for a task that it had scheduled before, the list shows nothing of that wait,
   * and the ids in between belong to that task.
   */
  private pastEpisodes(): EpisodeLimit[] {
    const limits: EpisodeLimit[] = []
    let ids = 0
    for (const event of this.input.history) {
      if (event.EventType === EventType.OrchestratorStarted)
        limits.push({ ids, actions: Number.POSITIVE_INFINITY })
      const limit = limits.at(-1) as EpisodeLimit
      if (isSchedulingEvent(event)) {
        ids = Math.max(ids, event.EventId + 1)
        limit.ids = ids
      } else if (event.EventType === EventType.OrchestratorCompleted && event.ActionsStarted !== undefined) {
        limit.actions = event.ActionsStarted
      }
    }
    limits.pop()
    this.replayedIds = limits.at(-1)?.ids ?? 0
    return limits
  }

  /** The library stops reading where the orchestrator returns. */
  private finished(): boolean {
    const { ended, actions } = this.input
    return ended && this.nextAction === actions.length && this.current?.outcome !== "running"
  }

  private advance(limit: EpisodeLimit): void {
    const { actions } = this.input
    while (this.nextAction < actions.length && this.current?.outcome !== "running") {
      const action = actions[this.nextAction] as Action
      if (this.nextAction >= limit.actions || (this.sequence.nextId >= limit.ids && takesIds(action))) return
      this.nextAction++
      this.current = this.start(action)
      if (this.isLastEpisode) this.lastStart = this.position
    }
  }

  /** Starts an action and everything below it; returns the task to wait for, undefined when there is none. */
  private start(action: Action): Task | undefined {
    if (action.repeats !== undefined) return this.walked[action.repeats]
    const slot = this.walked.length
    this.walked.push(undefined as unknown as Task)
    const node = this.startNew(action)
    this.walked[slot] = node as Task
    return node
  }

  private startNew(action: Action): Task | undefined {
    switch (action.actionType) {
      case ActionType.CallActivity:
        return this.asTask(false, () => this.activity(action))
      case ActionType.CallActivityWithRetry:
        return this.asTask(true, (task) => this.retried(action, task, () => this.activity(action)))
      case ActionType.CallSubOrchestrator:
        return this.asTask(false, () => this.subOrchestration(action))
      case ActionType.CallSubOrchestratorWithRetry:
        return this.asTask(true, (task) => this.retried(action, task, () => this.subOrchestration(action)))
      case ActionType.CallHttp:
        return this.asTask(true, (task) => this.http(action, task))
      case ActionType.CreateTimer:
        return this.timer(Date.parse(action.fireAt as string))
      case ActionType.WaitForExternalEvent:
        return this.events.externalEvent(action.externalEventName as string)
      case ActionType.WhenAll:
        return whenAll((action.compoundActions ?? []).map((child) => this.start(child)))
      case ActionType.WhenAny:
        return whenAny(action.compoundActions ?? [], (child) => this.start(child))
      case ActionType.CallEntity:
        return this.events.entityAnswer(this.entities.call(action))
      case ActionType.SignalEntity:
      case ActionType.ScheduledSignalEntity:
        this.entities.signal(action)
        return undefined
      case ActionType.LockEntities:
        return this.events.locksHeld(this.entities.lock(action))
      case ActionType.ReleaseEntities:
        this.entities.releaseLocks()
        return undefined
      case ActionType.ContinueAsNew:
        this.continued = { input: JSON.stringify(action.input ?? null) }
        return undefined
      default:
        throw new Error(
          `Received an unexpected action type from the orchestrator function: '${action.actionType}'.`,
        )
    }
  }

  private asTask(retried: boolean, start: (task: ReplayTask) => Task): Task {
    const task: ReplayTask = { ids: [], failed: false, failedAt: -1, retried }
    this.tasks.push(task)
    const first = this.sequence.nextId
    const node = start(task)
    if (!retried) task.ids.push(first)
    node.ended = (outcome) => {
      task.failed = outcome === "failed"
      if (task.failed) task.failedAt = this.position
    }
    return node
  }

  private activity(action: Action): Task {
    const name = action.functionName as string
    this.input.requireFunction?.("activity", name)
    return this.issueActivity(name, JSON.stringify([action.input ?? null]))
  }

  private issueActivity(name: string, input: string): Task {
    const id = this.sequence.takeId()
    this.sequence.issue(id, EventType.TaskScheduled, name, () => ({ kind: "activity", id, name, input }))
    return this.events.resultOf(id)
  }

  private subOrchestration(action: Action): Task {
    const name = action.functionName as string
    this.input.requireFunction?.("orchestrator", name)
    if (action.instanceId?.startsWith("@")) {
      throw new Error("Orchestration instance ids must not start with @")
    }
    if (action.instanceId === this.input.instanceId) {
      throw new Error(
        "The instance ID of a sub-orchestration must be different than the instance ID of a parent orchestration.",
      )
    }
    const id = this.sequence.takeId()
    this.sequence.issue(id, EventType.SubOrchestrationInstanceCreated, name, () => ({
      kind: "subOrchestration",
      id,
      name,
      ...(action.instanceId ? { instanceId: action.instanceId } : {}),
      ...(action.version ? { version: String(action.version) } : {}),
      input: JSON.stringify(action.input ?? null),
    }))
    return this.events.resultOf(id)
  }

  private timer(fireAt: number): Task {
    if (Number.isNaN(fireAt)) throw new Error("createTimer was called with an invalid date.")
    return fireAt - this.now > maximumShortTimer ? this.longTimer(fireAt) : this.shortTimer(fireAt)
  }

  private shortTimer(fireAt: number): Task {
    const id = this.sequence.takeId()
    this.sequence.issue(id, EventType.TimerCreated, undefined, () => ({ kind: "timer", id, fireAt }))
    return this.events.resultOf(id)
  }

  private longTimer(fireAt: number): Task {
    const node: Task = { outcome: "running" }
    const addPiece = (until: number): void => {
      this.noteContinuation()
      const piece = this.shortTimer(until)
      piece.parent = node
    }
    node.childEnded = () => {
      const remaining = fireAt - this.now
      if (remaining <= 0) end(node, "completed")
      else addPiece(remaining < longTimerInterval ? fireAt : this.now + longTimerInterval)
    }
    addPiece(this.now + longTimerInterval)
    return node
  }

  /** Attempts with a timer after every failure, the last one included. */
  private retried(action: Action, task: ReplayTask, attempt: () => Task): Task {
    const policy = action.retryOptions as RetryPolicy
    const node: Task = { outcome: "running" }
    let failures = 0
    let waiting = false
    const add = (next: () => Task): void => {
      task.ids.push(this.sequence.nextId)
      this.noteContinuation()
      const child = next()
      child.parent = node
      if (child.outcome !== "running") node.childEnded?.(child)
    }
    node.childEnded = (child) => {
      if (waiting) {
        waiting = false
        if (failures >= policy.maxNumberOfAttempts) end(node, "failed")
        else add(attempt)
      } else if (child.outcome === "completed") {
        end(node, "completed")
      } else {
        waiting = true
        const delay = retryDelay(policy, failures++)
        add(() => this.shortTimer(this.now + delay))
      }
    }
    add(attempt)
    return node
  }

  /** An HTTP call; a 202 answer is polled. The library takes the ids of timer and next request at once. */
  private http(action: Action, task: ReplayTask): Task {
    const request = action.httpRequest as DurableHttpRequest
    if (request.asynchronousPatternEnabled === false) {
      task.ids.push(this.sequence.nextId)
      return this.issueActivity(httpActivityName, JSON.stringify([request]))
    }
    const node: Task = { outcome: "running" }
    const answered = (child: Task): void => {
      const next = child.outcome === "completed" ? pollingRequest(request, child.event?.Result) : undefined
      if (!next) {
        end(node, child.outcome)
        return
      }
      const delay = next.retryAfter ?? this.input.httpPollingInterval
      task.ids.push(this.sequence.nextId, this.sequence.nextId + 1)
      this.noteContinuation()
      const timer = this.shortTimer(this.now + delay)
      const id = this.sequence.takeId()
      this.events.resultOf(id).parent = { outcome: "running", childEnded: answered }
      timer.parent = {
        outcome: "running",
        childEnded: () =>
          this.sequence.issue(id, EventType.TaskScheduled, httpActivityName, () => ({
            kind: "activity",
            id,
            name: httpActivityName,
            input: JSON.stringify([next.poll]),
          })),
      }
    }
    task.ids.push(this.sequence.nextId)
    const first = this.issueActivity(httpActivityName, JSON.stringify([request]))
    first.parent = { outcome: "running", childEnded: answered }
    return node
  }

  /** A task takes further ids in this episode; if an action started at an earlier event, the order is a guess. */
  private noteContinuation(): void {
    if (this.isLastEpisode && this.lastStart >= 0 && this.position > this.lastStart) this.ambiguous = true
  }

  private unclaimedEvents(): HistoryEvent[] {
    const { ids } = this.entities
    return [...this.events.unclaimed(ids), ...this.unread.filter((event) => isExternal(event, ids))]
  }
}

function takesIds(action: Action): boolean {
  if (action.repeats !== undefined) return false
  if (action.compoundActions) return action.compoundActions.some(takesIds)
  return (
    action.actionType !== ActionType.WaitForExternalEvent && action.actionType !== ActionType.ContinueAsNew
  )
}

/** Delay after the n-th failure (from 0): first interval × coefficient^n, at most the maximum. */
function retryDelay(policy: RetryPolicy, failure: number): number {
  const delay = policy.firstRetryIntervalInMilliseconds * (policy.backoffCoefficient ?? 1) ** failure
  return Math.min(delay, policy.maxRetryIntervalInMilliseconds ?? maximumShortTimer)
}
