/** The numbers that DurableTask.Core gives its history events. */
const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventRaised: 15,
} as const

/** An event of an instance's history, as the durable library's orchestrator trigger gets it. */
export type HistoryRow = {
  readonly EventType: number
  /** The number of what was scheduled; -1 for what was not. */
  readonly EventId: number
  readonly IsPlayed: boolean
  readonly Timestamp: string
  readonly [member: string]: unknown
}

/**
 * Writes the history of an instance down while it is played: what it schedules gets the next number, in the order in
 * which the library counts.
 */
export function historyOf(
  instance: {
    readonly saga: string
    readonly instanceId: string
    readonly input: unknown
    readonly version: string | undefined
  },
  now: () => Date,
) {
  const rows: HistoryRow[] = []
  let scheduled = 0
  const add = (type: keyof typeof EventType, members: object = {}, id = -1) =>
    void rows.push({
      EventType: EventType[type],
      EventId: id,
      IsPlayed: false,
      Timestamp: now().toISOString(),
      ...members,
    })
  const next = (type: keyof typeof EventType, members: object): number => {
    add(type, members, scheduled)
    return scheduled++
  }
  add("OrchestratorStarted")
  add("ExecutionStarted", {
    Name: instance.saga,
    Version: instance.version ?? null,
    Input: JSON.stringify(instance.input),
    InstanceId: instance.instanceId,
  })
  return {
    rows,
    /** An episode ends: the instance waits. */
    sleep: () => add("OrchestratorCompleted"),
    /** Another begins. */
    wake: () => add("OrchestratorStarted"),
    scheduled: (activity: string, input: unknown) =>
      next("TaskScheduled", { Name: activity, Input: JSON.stringify(input) }),
    timer: (at: Date) => next("TimerCreated", { FireAt: at.toISOString() }),
    completed: (id: number, result: unknown) =>
      add("TaskCompleted", { TaskScheduledId: id, Result: JSON.stringify(result) }),
    failed: (id: number, { message }: Error) =>
      add("TaskFailed", { TaskScheduledId: id, Reason: message, Details: message }),
    fired: (id: number, at: Date) => add("TimerFired", { TimerId: id, FireAt: at.toISOString() }),
    raised: (name: string, data: unknown) => add("EventRaised", { Name: name, Input: JSON.stringify(data) }),
    end(status: "Completed" | "Failed", result: string) {
      const outcome = status === "Completed" ? JSON.stringify(result) : result
      next("ExecutionCompleted", { OrchestrationStatus: status, Result: outcome })
      add("OrchestratorCompleted")
    },
  }
}
