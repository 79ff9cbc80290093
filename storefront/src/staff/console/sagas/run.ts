import { useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { newKey } from "../../../api/api.ts"
import { type Action, perform } from "./actions.ts"
import type { Instance } from "./instance.ts"
import { SAGAS } from "./sagas.ts"

/** What came of an action on one saga: accepted where there is no error. */
export type Outcome = { readonly instance: Instance; readonly error?: unknown }

/** An action on one saga or on many, as far as it has come. */
export type Run = {
  readonly action: Action
  readonly count: number
  readonly outcomes: readonly Outcome[]
}

/** So many requests are under way at a time. */
const AT_ONCE = 4

/** What is accepted comes about by a message: what is shown is asked for again then, in milliseconds. */
const COMES_ABOUT_MS = 700

/** Does an action to sagas, one request each, and keeps what came of each. */
export function useRun() {
  const client = useQueryClient()
  const [run, setRun] = useState<Run>()

  async function start(action: Action, instances: readonly Instance[], reason: string): Promise<void> {
    setRun({ action, count: instances.length, outcomes: [] })
    const add = (outcome: Outcome) =>
      setRun((before) => before && { ...before, outcomes: [...before.outcomes, outcome] })
    const waiting = instances.values()
    const worker = async () => {
      for (const instance of waiting)
        await perform(action, instance, reason, newKey()).then(
          () => add({ instance }),
          (error: unknown) => add({ instance, error }),
        )
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    const lookAnew = () => client.invalidateQueries({ queryKey: [SAGAS] })
    await lookAnew()
    setTimeout(() => void lookAnew(), COMES_ABOUT_MS)
  }

  return { run, start, close: () => setRun(undefined) }
}
