import * as z from "zod"

/** How an orchestration stands, as the task hub calls it. */
export const RuntimeStatus = z.enum([
  "Pending",
  "Running",
  "Suspended",
  "ContinuedAsNew",
  "Completed",
  "Failed",
  "Canceled",
  "Terminated",
])
export type RuntimeStatus = z.infer<typeof RuntimeStatus>

/** An orchestration as the task hub shows it. */
export const Instance = z.object({
  instanceId: z.string(),
  /** Of its orchestrator function. */
  name: z.string(),
  runtimeStatus: RuntimeStatus,
  input: z.unknown().optional(),
  customStatus: z.unknown().optional(),
  output: z.unknown().optional(),
  /** Whole seconds. */
  createdTime: z.iso.datetime(),
  lastUpdatedTime: z.iso.datetime(),
})
export type Instance = z.infer<typeof Instance>

/**
 * One line of an instance's history as the HTTP API tells it: a task's answer together with its schedule, timers, events,
 * and what was done to the instance; the episodes of the orchestrator are not in it.
 */
export const HistoryLine = z.object({
  EventType: z.string(),
  Timestamp: z.iso.datetime(),
  /** Of a task: when it was scheduled. */
  ScheduledTime: z.iso.datetime().optional(),
  /** Of an event; of a task that nobody has answered yet. */
  Name: z.string().nullish(),
  /** Of a task that was answered, and of the instance's start. */
  FunctionName: z.string().nullish(),
  /** JSON, or text that holds JSON. */
  Input: z.unknown().optional(),
  Result: z.unknown().optional(),
  Reason: z.string().nullish(),
  FireAt: z.iso.datetime().optional(),
})
export type HistoryLine = z.infer<typeof HistoryLine>

/** What narrows a list: all that the HTTP API can be asked for. */
export type InstanceFilter = {
  readonly runtimeStatus?: readonly RuntimeStatus[] | undefined
  readonly createdFrom?: string | undefined
  readonly createdTo?: string | undefined
  readonly idPrefix?: string | undefined
}

/** What is done to an instance from outside. */
export type Control = "suspend" | "resume" | "terminate"

/**
 * The task hub of an app, whichever storage is behind it: what is not about one saga but about all of them. No
 * transaction may be open while it is used. Every call fails with DependencyUnavailableError when the hub is out.
 */
export type TaskHub = {
  /**
   * A page, in the hub's own order, without inputs. @param top how many at the most
   * @param token of the page before
   */
  page(
    filter: InstanceFilter,
    top: number,
    token?: string,
  ): Promise<{ readonly instances: readonly Instance[]; readonly token?: string }>
  /** @returns undefined when there is none under this id */
  find(id: string): Promise<Instance | undefined>
  /** With its input and its history, oldest line first. */
  findWithHistory(id: string): Promise<(Instance & { readonly history: readonly HistoryLine[] }) | undefined>
  /** @returns accepted: it will come about; ended: it is too late; unknown: there is none under this id */
  control(id: string, control: Control, reason: string): Promise<"accepted" | "ended" | "unknown">
  /** Removes an instance that has ended, with its history. @returns false when there is none under this id */
  purge(id: string): Promise<boolean>
}
