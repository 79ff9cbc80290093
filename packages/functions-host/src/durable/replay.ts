/**
 * The event-id simulation. An out-of-process orchestrator returns only the list of actions it took; which of
 * them are new, and under which EventId, the host finds out by executing that list against the history in the
 * order in which the library saw the events. The library counts the same ids on its own, so both counts must
 * agree: activity, timer, sub-orchestration and entity message take one id each, external events none, a timer
 * follows every failed attempt of a retried task (the last one included), timers beyond six days are split.
 *
 * Pure: no clock, no storage, no randomness of its own.
 */

import { type Action, ActionType, type DurableHttpRequest, type RetryPolicy } from "./actions.ts"
import { EventType, type EventTypeNumber, type HistoryEvent, isSchedulingEvent } from "./events.ts"

const day = 24 * 60 * 60 * 1000
/** Longest timer that storage providers take in one piece, and the pieces of longer ones. */
export const maximumShortTimer = 6 * day
export const longTimerInterval = 3 * day
/** Name of the activity that the host runs itself for `context.df.callHttp`. */
export const httpActivityName = "BuiltIn::HttpActivity"

export type Command =
  | { kind: "activity"; id: number; name: string; input: string }
  | { kind: "timer"; id: number; fireAt: number }
  | {
      kind: "subOrchestration"
      id: number
      name: string
      instanceId?: string
      version?: string
      input: string
    }
  | { kind: "entityMessage"; id: number; target: string; eventName: string; message: EntityMessage }

/** The request that travels to an entity, with the field names of the extension's wire format. */
export type EntityMessage = {
  id: string
  op?: string
  signal?: boolean
  /** JSON text. */
  input?: string
  parent?: string
  parentExecution?: string
  /** ISO time before which a scheduled signal is not delivered. */
  due?: string
  lockset?: { name: string; key: string }[]
  pos?: number
}

export type ReplayInput = {
  /** All events of this execution, the new ones included; begins with OrchestratorStarted. */
  history: readonly HistoryEvent[]
  actions: readonly Action[]
  /** The orchestrator returned or threw: what the list still holds is issued without waiting. */
  ended: boolean
  instanceId: string
  executionId: string
  /** Delay before the next poll of an HTTP 202 answer without Retry-After, in milliseconds. */
  httpPollingInterval: number
  newGuid(): string
  /** Throws when there is no such function; the orchestration then fails with that message. */
  requireFunction?(kind: "activity" | "orchestrator" | "entity", name: string): void
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
  heldLocks: { name: string; key: string }[]
  /** Every task that was started, in order of its first id; rewinding reads which of them failed. */
  tasks: ReplayTask[]
}

export type ReplayTask = { ids: number[]; failed: boolean; failedAt: number; retried: boolean }

/** The history does not fit the orchestrator's code any more (it was changed while instances were running). */
export class NonDeterministicError extends Error {
  override readonly name = "NonDeterministicOrchestrationException"
}

type EpisodeLimit = { ids: number; actions: number }
const noLimit: EpisodeLimit = { ids: Number.POSITIVE_INFINITY, actions: Number.POSITIVE_INFINITY }

type Outcome = "running" | "completed" | "failed"

type Node = {
  outcome: Outcome
  parent?: Node
  /** Called when a child ends; may complete this node. */
  childEnded?: (child: Node) => void
  /** The event that ended a leaf. */
  event?: HistoryEvent
  task?: ReplayTask
  isEntityCall?: boolean
}

/**
 * Executes the orchestrator's actions against the history. See the head of this file.
 * @throws NonDeterministicError when the history was not made by this code
 */
export function replay(input: ReplayInput): ReplayResult {
  return new Replay(input).run()
}

class Replay {
  private readonly input: ReplayInput
  private readonly scheduled = new Map<number, HistoryEvent>()
  private readonly commands: Command[] = []
  private readonly open = new Map<string, Node>()
  private readonly openEvents = new Map<string, Node[]>()
  private readonly deferred = new Map<string, HistoryEvent[]>()
  private readonly walked: Node[] = []
  /** Ids of entity requests: their answers are no external events. */
  private readonly requests = new Set<string>()
  private readonly tasks: ReplayTask[] = []
  private nextId = 0
  /** All ids below were given out by earlier episodes. */
  private replayedIds = 0
  private nextAction = 0
  private current: Node | undefined
  private now = 0
  private position = 0
  private isLastEpisode = false
  /** What came after the event with which the orchestrator ended. */
  private unread: readonly HistoryEvent[] = []
  private lastStart = -1
  private ambiguous = false
  private started = false
  private locks: { name: string; key: string }[] = []
  private continued: { input: string } | undefined

  constructor(input: ReplayInput) {
    this.input = input
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
        this.deliver(event)
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
    this.requireAllScheduled()
    return {
      commands: this.commands,
      nextId: this.nextId,
      actionsStarted: this.nextAction,
      ambiguous: this.ambiguous,
      ...(this.continued ? { continueAsNew: this.continued } : {}),
      unclaimedEvents: this.unclaimedEvents(),
      heldLocks: this.locks,
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
        this.scheduled.set(event.EventId, event)
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
      if (this.nextAction >= limit.actions || (this.nextId >= limit.ids && takesIds(action))) return
      this.nextAction++
      this.current = this.start(action)
      if (this.isLastEpisode) this.lastStart = this.position
    }
  }

  /** Hands an event to the task that waits for it, as the library does: by id, by event name, or later. */
  private deliver(event: HistoryEvent): void {
    const key = deliveryKey(event)
    if (key === undefined) return
    const task = this.open.get(key)
    if (task) {
      this.open.delete(key)
      this.finish(task, event)
      return
    }
    const waiting = this.openEvents.get(key)
    const listener = waiting?.pop()
    if (listener) {
      this.finish(listener, event)
      return
    }
    const queue = this.deferred.get(key)
    if (queue) queue.push(event)
    else this.deferred.set(key, [event])
  }

  private finish(leaf: Node, event: HistoryEvent): void {
    leaf.event = event
    this.end(leaf, succeeded(event, leaf.isEntityCall ?? false) ? "completed" : "failed")
  }

  private end(node: Node, outcome: Outcome): void {
    node.outcome = outcome
    if (node.task) {
      node.task.failed = outcome === "failed"
      if (outcome === "failed") node.task.failedAt = this.position
    }
    node.parent?.childEnded?.(node)
  }

  /** Starts an action and everything below it; returns the task to wait for, undefined when there is none. */
  private start(action: Action): Node | undefined {
    if (action.repeats !== undefined) return this.walked[action.repeats]
    const slot = this.walked.length
    this.walked.push(undefined as unknown as Node)
    const node = this.startNew(action)
    this.walked[slot] = node as Node
    return node
  }

  private startNew(action: Action): Node | undefined {
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
        return this.externalEvent(action.externalEventName as string)
      case ActionType.WhenAll:
        return this.whenAll((action.compoundActions ?? []).map((child) => this.start(child)))
      case ActionType.WhenAny:
        return this.whenAny(action.compoundActions ?? [])
      case ActionType.CallEntity:
        return this.callEntity(action)
      case ActionType.SignalEntity:
      case ActionType.ScheduledSignalEntity:
        this.signalEntity(action)
        return undefined
      case ActionType.LockEntities:
        return this.lockEntities(action)
      case ActionType.ReleaseEntities:
        this.releaseEntities()
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

  private asTask(retried: boolean, start: (task: ReplayTask) => Node): Node {
    const task: ReplayTask = { ids: [], failed: false, failedAt: -1, retried }
    this.tasks.push(task)
    const first = this.nextId
    const node = start(task)
    if (!retried) task.ids.push(first)
    node.task = task
    return node
  }

  /** Opens a leaf under the next id; an event that came too early for it ends it at once. */
  private leaf(key: string): Node {
    const node: Node = { outcome: "running" }
    this.open.set(key, node)
    return node
  }

  private takeDeferred(key: string): void {
    const queue = this.deferred.get(key)
    const event = queue?.shift()
    if (!event) return
    if (queue?.length === 0) this.deferred.delete(key)
    this.deliver(event)
  }

  private activity(action: Action): Node {
    const name = action.functionName as string
    this.input.requireFunction?.("activity", name)
    return this.issueActivity(name, JSON.stringify([action.input ?? null]))
  }

  private issueActivity(name: string, input: string): Node {
    const id = this.nextId++
    this.issue(id, EventType.TaskScheduled, name, () => ({ kind: "activity", id, name, input }))
    return this.tracked(id)
  }

  private subOrchestration(action: Action): Node {
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
    const id = this.nextId++
    this.issue(id, EventType.SubOrchestrationInstanceCreated, name, () => ({
      kind: "subOrchestration",
      id,
      name,
      ...(action.instanceId ? { instanceId: action.instanceId } : {}),
      ...(action.version ? { version: action.version } : {}),
      input: JSON.stringify(action.input ?? null),
    }))
    return this.tracked(id)
  }

  private timer(fireAt: number): Node {
    return fireAt - this.now > maximumShortTimer ? this.longTimer(fireAt) : this.shortTimer(fireAt)
  }

  private shortTimer(fireAt: number): Node {
    const id = this.nextId++
    this.issue(id, EventType.TimerCreated, undefined, () => ({ kind: "timer", id, fireAt }))
    return this.tracked(id)
  }

  private longTimer(fireAt: number): Node {
    const node: Node = { outcome: "running" }
    const addPiece = (until: number): void => {
      this.noteContinuation()
      const piece = this.shortTimer(until)
      piece.parent = node
    }
    node.childEnded = () => {
      const remaining = fireAt - this.now
      if (remaining <= 0) this.end(node, "completed")
      else addPiece(remaining < longTimerInterval ? fireAt : this.now + longTimerInterval)
    }
    addPiece(this.now + longTimerInterval)
    return node
  }

  private tracked(id: number): Node {
    const key = String(id)
    const node = this.leaf(key)
    this.takeDeferred(key)
    return node
  }

  private externalEvent(name: string): Node {
    const node: Node = { outcome: "running" }
    const waiting = this.openEvents.get(name)
    if (waiting) waiting.push(node)
    else this.openEvents.set(name, [node])
    this.takeDeferred(name)
    return node
  }

  private whenAll(children: readonly (Node | undefined)[]): Node {
    const node: Node = { outcome: "running" }
    let pending = 0
    let failed = false
    for (const child of children) {
      if (!child) continue
      if (child.outcome === "failed") failed = true
      if (child.outcome !== "completed") pending++
      child.parent = node
    }
    node.childEnded = (child) => {
      if (child.outcome === "completed") {
        pending--
        if (pending === 0 && !failed) this.end(node, "completed")
      } else if (!failed) {
        failed = true
        this.end(node, "failed")
      }
    }
    if (failed) node.outcome = "failed"
    else if (pending === 0) node.outcome = "completed"
    return node
  }

  /** Won by the first task that ends from now on: the library does not look at those that ended before. */
  private whenAny(actions: readonly Action[]): Node {
    const node: Node = { outcome: "running" }
    for (const action of actions) {
      const child = this.start(action)
      if (!child) continue
      child.parent = node
      if (child.outcome !== "running" && action.repeats === undefined) node.outcome = "completed"
    }
    node.childEnded = () => {
      if (node.outcome === "running") this.end(node, "completed")
    }
    return node
  }

  /** Attempts with a timer after every failure, the last one included. */
  private retried(action: Action, task: ReplayTask, attempt: () => Node): Node {
    const policy = action.retryOptions as RetryPolicy
    const node: Node = { outcome: "running" }
    let failures = 0
    let waiting = false
    const add = (next: () => Node): void => {
      task.ids.push(this.nextId)
      this.noteContinuation()
      const child = next()
      child.parent = node
      if (child.outcome !== "running") node.childEnded?.(child)
    }
    node.childEnded = (child) => {
      if (waiting) {
        waiting = false
        if (failures >= policy.maxNumberOfAttempts) this.end(node, "failed")
        else add(attempt)
      } else if (child.outcome === "completed") {
        this.end(node, "completed")
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
  private http(action: Action, task: ReplayTask): Node {
    const request = action.httpRequest as DurableHttpRequest
    if (request.asynchronousPatternEnabled === false) {
      task.ids.push(this.nextId)
      return this.issueActivity(httpActivityName, JSON.stringify([request]))
    }
    const node: Node = { outcome: "running" }
    const answered = (child: Node): void => {
      const location =
        child.outcome === "completed" ? pollingTarget(child.event?.Result, request.uri) : undefined
      if (!location) {
        this.end(node, child.outcome)
        return
      }
      const delay = location.retryAfter ?? this.input.httpPollingInterval
      task.ids.push(this.nextId, this.nextId + 1)
      this.noteContinuation()
      const timer = this.shortTimer(this.now + delay)
      const id = this.nextId++
      const next = this.tracked(id)
      next.parent = { outcome: "running", childEnded: answered }
      const poll: DurableHttpRequest = {
        ...request,
        method: "GET",
        uri: location.uri,
        headers: withoutKey(request),
      }
      delete poll.content
      timer.parent = {
        outcome: "running",
        childEnded: () =>
          this.issue(id, EventType.TaskScheduled, httpActivityName, () => ({
            kind: "activity",
            id,
            name: httpActivityName,
            input: JSON.stringify([poll]),
          })),
      }
    }
    task.ids.push(this.nextId)
    const first = this.issueActivity(httpActivityName, JSON.stringify([request]))
    first.parent = { outcome: "running", childEnded: answered }
    return node
  }

  /** A task takes further ids in this episode; if an action started at an earlier event, the order is a guess. */
  private noteContinuation(): void {
    if (this.isLastEpisode && this.lastStart >= 0 && this.position > this.lastStart) this.ambiguous = true
  }

  private callEntity(action: Action): Node {
    const id = this.sendToEntity(action.instanceId as string, "op", {
      id: this.input.newGuid(),
      op: action.operation as string,
      ...entityInput(action.input),
      parent: this.input.instanceId,
      parentExecution: this.input.executionId,
    })
    const node = this.leaf(id)
    node.isEntityCall = true
    return node
  }

  private signalEntity(action: Action): void {
    this.sendToEntity(action.instanceId as string, action.fireAt ? `op@${action.fireAt}` : "op", {
      id: this.input.newGuid(),
      op: action.operation as string,
      signal: true,
      ...entityInput(action.input),
      parent: this.input.instanceId,
      parentExecution: this.input.executionId,
      ...(action.fireAt ? { due: action.fireAt } : {}),
    })
  }

  private lockEntities(action: Action): Node {
    const lockset = action.lockSet as { name: string; key: string }[]
    const first = lockset[0] as { name: string; key: string }
    const id = this.sendToEntity(schedulerId(first), "op", {
      id: action.lockRequestId as string,
      lockset,
      pos: 0,
      parent: this.input.instanceId,
      parentExecution: this.input.executionId,
    })
    this.locks = lockset
    return this.leaf(id)
  }

  private releaseEntities(): void {
    for (const entity of this.locks) {
      this.sendToEntity(schedulerId(entity), "release", {
        id: this.input.newGuid(),
        parent: this.input.instanceId,
        parentExecution: this.input.executionId,
      })
    }
    this.locks = []
  }

  /** Sends under the next id; returns the request id, which is the name of the event that brings the answer. */
  private sendToEntity(target: string, eventName: string, message: EntityMessage): string {
    this.input.requireFunction?.("entity", target.slice(1, target.indexOf("@", 1)))
    const id = this.nextId++
    const sent = this.issue(id, EventType.EventSent, undefined, () => ({
      kind: "entityMessage",
      id,
      target,
      eventName,
      message,
    }))
    const request = sent ? (JSON.parse(sent.Input as string) as EntityMessage).id : message.id
    this.requests.add(request)
    return request
  }

  /** Emits the command unless the history has it; returns the event of the history, if any. */
  private issue(
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
      throw new NonDeterministicError(
        `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${described(event)} with sequence ID ${id}, but the current replay execution scheduled ${described({ EventType: type, Name: name })} with the same ID. Was a change made to the orchestrator code after this instance had already started running?`,
      )
    }
    this.scheduled.delete(id)
    return event
  }

  private requireAllScheduled(): void {
    for (const [id, event] of this.scheduled) {
      if (id >= this.replayedIds) continue
      throw new NonDeterministicError(
        `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${described(event)} with sequence ID ${id}, but the current replay execution hasn't (yet?) scheduled this task. Was a change made to the orchestrator code after this instance had already started running?`,
      )
    }
  }

  private unclaimedEvents(): HistoryEvent[] {
    const events: HistoryEvent[] = []
    for (const [name, queue] of this.deferred) {
      if (this.requests.has(name)) continue
      for (const event of queue) if (event.EventType === EventType.EventRaised) events.push(event)
    }
    for (const event of this.unread) {
      if (event.EventType === EventType.EventRaised && !this.requests.has(event.Name as string))
        events.push(event)
    }
    return events
  }
}

/** The id of an entity's scheduler instance, `@name@key` with the name in lower case. */
export function schedulerId(entity: { name: string; key: string }): string {
  return `@${entity.name.toLowerCase()}@${entity.key}`
}

function entityInput(input: unknown): { input?: string } {
  return input === undefined || input === null ? {} : { input: JSON.stringify(input) }
}

function takesIds(action: Action): boolean {
  if (action.repeats !== undefined) return false
  if (action.compoundActions) return action.compoundActions.some(takesIds)
  return (
    action.actionType !== ActionType.WaitForExternalEvent && action.actionType !== ActionType.ContinueAsNew
  )
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

/** Delay after the n-th failure (from 0): first interval × coefficient^n, at most the maximum. */
function retryDelay(policy: RetryPolicy, failure: number): number {
  const delay = policy.firstRetryIntervalInMilliseconds * (policy.backoffCoefficient ?? 1) ** failure
  return Math.min(delay, policy.maxRetryIntervalInMilliseconds ?? maximumShortTimer)
}

function pollingTarget(
  result: string | null | undefined,
  base: string,
): { uri: string; retryAfter?: number } | undefined {
  const answer = JSON.parse(result ?? "null") as {
    statusCode?: number
    headers?: Record<string, string>
  } | null
  if (answer?.statusCode !== 202) return undefined
  const header = (name: string): string | undefined => {
    const key = Object.keys(answer.headers ?? {}).find((candidate) => candidate.toLowerCase() === name)
    return key === undefined ? undefined : answer.headers?.[key]
  }
  const location = header("location")
  if (!location) return undefined
  const seconds = Number(header("retry-after"))
  return { uri: new URL(location, base).href, ...(seconds > 0 ? { retryAfter: seconds * 1000 } : {}) }
}

/** The function key of the first request does not fit the status endpoint and is not sent there. */
function withoutKey(request: DurableHttpRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers ?? {}).filter(([name]) => name.toLowerCase() !== "x-functions-key"),
  )
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
