import type { HistoryEvent } from "@eshop/functions-host/durable/protocol/events"

/**
 * The JSON text that an orchestrator function is called with.
 * @param input JSON text
 */
export const orchestrationTrigger = (
  instanceId: string,
  input: string | null | undefined,
  history: readonly HistoryEvent[],
): string =>
  JSON.stringify({
    history,
    input: JSON.parse(input ?? "null"),
    instanceId,
    isReplaying: history.some(({ IsPlayed }) => IsPlayed),
    parentInstanceId: null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: "3.00:00:00",
    maximumShortTimerDuration: "6.00:00:00",
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  })
