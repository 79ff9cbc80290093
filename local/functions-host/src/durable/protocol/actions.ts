/** What an orchestrator function returns: the actions it took since its start, as `durable-functions` 3.x serialises them. */

import type { FailureDetails } from "./events.ts"

export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  ScheduledSignalEntity: 10,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const

export type RetryPolicy = {
  firstRetryIntervalInMilliseconds: number
  maxNumberOfAttempts: number
  backoffCoefficient?: number
  maxRetryIntervalInMilliseconds?: number
}

export type DurableHttpRequest = {
  method: string
  uri: string
  content?: string
  headers?: Record<string, string>
  tokenSource?: unknown
  asynchronousPatternEnabled?: boolean
}

export type Action = {
  actionType: number
  functionName?: string
  input?: unknown
  retryOptions?: RetryPolicy
  instanceId?: string
  version?: string
  fireAt?: string
  isCanceled?: boolean
  externalEventName?: string
  compoundActions?: Action[]
  operation?: string
  httpRequest?: DurableHttpRequest
  lockSet?: { name: string; key: string }[]
  lockRequestId?: string
  /** Set by `markRepeatedActions`: this action object stands for the one that came at this position before. */
  repeats?: number
}

export type OrchestratorState = {
  isDone: boolean
  actions: Action[][]
  output?: unknown
  error?: string
  customStatus?: unknown
  failureDetails?: FailureDetails
  schemaVersion?: number
}

/**
 * Tells the host which tasks of a compound were scheduled before. The library yields `Task.any([a, b])` and
 * later `Task.any([b, c])` as two lists that both contain b's action; once they are JSON, b looks like a new
 * task and would run twice. Called in the worker, while the two are still the same object: every repeated
 * object is replaced by `{ actionType, repeats: n }`, n being the position of the first one in a depth-first
 * walk over the actions that are no repetition.
 * @returns the state itself when nothing repeats
 */
export function markRepeatedActions<T extends { actions: Action[][] }>(state: T): T {
  const positions = new Map<Action, number>()
  let repeated = false
  const mark = (action: Action): Action => {
    const seen = positions.get(action)
    if (seen !== undefined) {
      repeated = true
      return { actionType: action.actionType, repeats: seen }
    }
    positions.set(action, positions.size)
    if (action.compoundActions === undefined) return action
    return { ...action, compoundActions: action.compoundActions.map(mark) }
  }
  const actions = state.actions.map((list) => list.map(mark))
  return repeated ? Object.assign(Object.create(Object.getPrototypeOf(state)), state, { actions }) : state
}
