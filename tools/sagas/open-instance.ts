import type { HistoryEvent } from "@eshop/functions-host/durable/protocol/events"

/** An orchestration that has not ended, with its raw history as the task hub keeps it. */
export type OpenInstance = {
  readonly id: string
  /** The orchestrator's name. */
  readonly name: string
  /** The version that it was started under; null before there were versions. */
  readonly version: string | null
  /** Whole episodes, oldest event first; empty before the first one. */
  readonly history: readonly HistoryEvent[]
}

/** What a reader took from a task hub. */
export type Reading = {
  /** Which task hub it was, for people. */
  readonly from: string
  readonly instances: AsyncIterable<OpenInstance> | Iterable<OpenInstance>
  /** Set where the histories are not raw: what the check then means. */
  readonly reservation?: string
}
