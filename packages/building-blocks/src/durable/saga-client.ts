import type { Saga } from "./saga.ts"

/** How an orchestration stands. */
export type SagaStatus = {
  readonly status: "running" | "completed" | "failed" | "terminated"
  /** What it was doing last. */
  readonly position: unknown
}

/** The orchestrations of an app. No transaction may be open while it is used. */
export type Sagas = {
  /**
   * Starts a saga under the id; does nothing while it runs. One that has ended would begin again: look first whether
   * there is still something to do.
   */
  start(saga: Saga, id: string, input: unknown): Promise<void>
  /**
   * Hands an event to an orchestration; one that has ended does not hear it.
   * @returns false when there is none under this id (yet, or any more)
   */
  raise(id: string, event: string, data: unknown): Promise<boolean>
  /** @returns undefined when there is none under this id */
  status(id: string): Promise<SagaStatus | undefined>
  /** Removes the histories of sagas that started and ended within these times. @returns how many */
  purgeEnded(of: { startedFrom: Date; startedTo: Date; endedBefore: Date }): Promise<number>
}
