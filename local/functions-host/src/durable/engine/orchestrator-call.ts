/** One call of an orchestrator function on the worker. */

import { FunctionFailedError, type HostRuntime, type RegisteredFunction } from "../../contract.ts"
import type { DurableConfig } from "../config.ts"
import type { OrchestratorState } from "../protocol/actions.ts"
import { failureOf, stateOf } from "../protocol/orchestrator-result.ts"
import { withWorker } from "../tasks/worker-call.ts"
import type { Live } from "./live.ts"

/**
 * Replays the orchestrator with the instance's history and the new events (JSON texts). Waits for a worker that is
 * restarting, unless `draining` says that the host stops; then it throws WorkerGoneError.
 */
export async function invokeOrchestrator(
  host: HostRuntime,
  config: DurableConfig,
  live: Live,
  fn: RegisteredFunction,
  newTexts: readonly string[],
  draining: () => boolean,
): Promise<OrchestratorState> {
  const { instance, played } = live
  const trigger = `{"history":[${played}${played && ","}${newTexts.join(",")}],"input":${instance.input ?? "null"},"instanceId":${JSON.stringify(instance.id)},"isReplaying":${live.parts > 0},"parentInstanceId":${JSON.stringify(instance.parent?.instanceId ?? null)},"upperSchemaVersion":1,"upperSchemaVersionNew":3,"longRunningTimerIntervalDuration":"3.00:00:00","maximumShortTimerDuration":"6.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":${config.httpPollingInterval}}`
  try {
    const { returnValue } = await withWorker(
      () =>
        host.invoke({
          function: fn,
          triggerValue: { string: trigger },
          reason: "(null)",
          quiet: live.parts > 0,
        }),
      draining,
    )
    return stateOf(returnValue?.json ?? returnValue?.string ?? "null")
  } catch (error) {
    if (error instanceof FunctionFailedError) return failureOf(error.exception.message)
    throw error
  }
}
