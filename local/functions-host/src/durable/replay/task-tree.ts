/** The tasks of an orchestrator as a tree: leaves are ended by events, the tasks above them by their children. */

import type { Action } from "../protocol/actions.ts"
import type { HistoryEvent } from "../protocol/events.ts"

export type Outcome = "running" | "completed" | "failed"

export type Task = {
  outcome: Outcome
  parent?: Task
  /** Called when a child ends; may end this task. */
  childEnded?: (child: Task) => void
  /** Called when this task ends, before its parent hears of it. */
  ended?: (outcome: Outcome) => void
  /** The event that ended a leaf. */
  event?: HistoryEvent
}

/** Ends a task and tells its parent. */
export function end(task: Task, outcome: Outcome): void {
  task.outcome = outcome
  task.ended?.(outcome)
  task.parent?.childEnded?.(task)
}

/** Completed when every child is, failed by the first that fails. Children without a task count as completed. */
export function whenAll(children: readonly (Task | undefined)[]): Task {
  const task: Task = { outcome: "running" }
  let pending = 0
  let failed = false
  for (const child of children) {
    if (!child) continue
    if (child.outcome === "failed") failed = true
    if (child.outcome !== "completed") pending++
    child.parent = task
  }
  task.childEnded = (child) => {
    if (child.outcome === "completed") {
      pending--
      if (pending === 0 && !failed) end(task, "completed")
    } else if (!failed) {
      failed = true
      end(task, "failed")
    }
  }
  if (failed) task.outcome = "failed"
  else if (pending === 0) task.outcome = "completed"
  return task
}

/**
 * Starts the actions one after the other. Won by the first task that ends from now on: the library does not look at
 * those that ended before.
 */
export function whenAny(actions: readonly Action[], start: (action: Action) => Task | undefined): Task {
  const task: Task = { outcome: "running" }
  for (const action of actions) {
    const child = start(action)
    if (!child) continue
    child.parent = task
    if (child.outcome !== "running" && action.repeats === undefined) task.outcome = "completed"
  }
  task.childEnded = () => {
    if (task.outcome === "running") end(task, "completed")
  }
  return task
}
