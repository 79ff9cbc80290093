import type { OrchestrationContext, Task } from "durable-functions"
import type { z } from "zod"
import { warnOfSaga } from "./report-saga.ts"
import type { Steps } from "./saga.ts"

/** An event that has reached a saga. */
export type Arrived = { readonly event: string; readonly data: unknown }

/** The events that a wait is for, by name. */
export type Schemas = Readonly<Record<string, z.ZodType>>

export type Waits = {
  /** Waits for the first of some events; undefined when the moment comes first. */
  next(schemas: Schemas, until: Date): Steps<Arrived | undefined>
  /** The first of them that has come and that nobody has taken; waits for nothing. */
  heard(schemas: Schemas): Steps<Arrived | undefined>
}

/**
 * Waits for events. A task may be given to one `Task.any` only, so every wait is a new one. The library gives an event
 * to the newest open wait of its name: one that comes while nobody waits lands in a wait which an earlier one has left
 * open, and is found there by the next.
 */
export function waitsOf(saga: string, context: OrchestrationContext): Waits {
  const { df } = context
  const left = new Map<string, Task[]>()

  function arrivedAt(names: readonly string[]): { name: string; task: Task } | undefined {
    for (const name of names) {
      const waits = left.get(name) ?? []
      const index = waits.findLastIndex(({ isCompleted }) => isCompleted)
      if (index >= 0) return { name, task: waits.splice(index, 1)[0] as Task }
    }
    return undefined
  }

  function read({ name, task }: { name: string; task: Task }, schemas: Schemas): Arrived | undefined {
    const { success, data } = (schemas[name] as z.ZodType).safeParse(task.result)
    if (success) return { event: name, data }
    if (!df.isReplaying) warnOfSaga(saga, context, `an event '${name}' is malformed`)
    return undefined
  }

  function taken(schemas: Schemas): Arrived | undefined {
    const names = Object.keys(schemas)
    for (let found = arrivedAt(names); found; found = arrivedAt(names)) {
      const arrived = read(found, schemas)
      if (arrived) return arrived
    }
    return undefined
  }

  function* next(schemas: Schemas, until: Date): Steps<Arrived | undefined> {
    if (Object.keys(schemas).length === 0) {
      yield df.createTimer(until)
      return undefined
    }
    for (;;) {
      const before = taken(schemas)
      if (before) return before
      const ends = df.createTimer(until)
      const waits = Object.keys(schemas).map((name) => ({ name, task: df.waitForExternalEvent(name) }))
      const winner = (yield df.Task.any([...waits.map(({ task }) => task), ends])) as Task
      for (const { name, task } of waits)
        if (task !== winner) left.set(name, [...(left.get(name) ?? []), task])
      if (winner === ends) return undefined
      // A timer that is left running keeps the instance from its end.
      ends.cancel()
      const arrived = read(waits.find(({ task }) => task === winner) as { name: string; task: Task }, schemas)
      if (arrived) return arrived
    }
  }

  return {
    next,
    *heard(schemas) {
      const before = taken(schemas)
      if (before) return before
      // The library keeps an event back that nobody has ever waited for: a wait that ends at once fetches it.
      const isOpen = Object.keys(schemas).every((name) => left.get(name)?.length)
      return isOpen ? undefined : yield* next(schemas, df.currentUtcDateTime)
    },
  }
}
