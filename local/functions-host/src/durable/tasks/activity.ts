/** Running one activity: input and result as the extension converts them, failures as the orchestrator sees them. */

import {
  FunctionFailedError,
  type HostRuntime,
  type RegisteredFunction,
  type TypedData,
  WorkerGoneError,
} from "../../contract.ts"
import { EventType, type FailureDetails, type HistoryEvent, historyEvent } from "../protocol/events.ts"
import { callHttp, httpActivityName } from "./call-http.ts"

export type ActivityTask = {
  instanceId: string
  eventId: number
  name: string /** `[argument]` */
  input: string
}

/**
 * Runs the activity and returns the event for its orchestration, TaskCompleted or TaskFailed.
 * @throws WorkerGoneError when the worker died first: run it again later
 */
export async function runActivity(
  host: HostRuntime,
  fn: RegisteredFunction | undefined,
  task: ActivityTask,
): Promise<HistoryEvent> {
  try {
    const argument = (JSON.parse(task.input) as [unknown])[0]
    const result =
      task.name === httpActivityName ? await callHttp(argument) : await invoke(host, fn, task, argument)
    return historyEvent(EventType.TaskCompleted, new Date().toISOString(), {
      TaskScheduledId: task.eventId,
      Result: result,
    })
  } catch (error) {
    if (error instanceof WorkerGoneError) throw error
    return historyEvent(EventType.TaskFailed, new Date().toISOString(), {
      TaskScheduledId: task.eventId,
      ...failureFields(task.name, error as Error),
    })
  }
}

async function invoke(
  host: HostRuntime,
  fn: RegisteredFunction | undefined,
  task: ActivityTask,
  argument: unknown,
): Promise<string> {
  if (!fn) throw new Error(`Activity function '${task.name}' does not exist.`)
  const { returnValue } = await host.invoke({
    function: fn,
    triggerValue: triggerValue(argument),
    // As JSON: the library tries to parse a string, and an exception for every id that is no JSON costs.
    triggerMetadata: { instanceId: { json: JSON.stringify(task.instanceId) } },
    reason: "(null)",
  })
  return resultText(returnValue)
}

/** A string is handed over as it is (the library made it JSON text), everything else as JSON text. */
export function triggerValue(argument: unknown): TypedData {
  if (argument === null || argument === undefined) return {}
  return { string: typeof argument === "string" ? argument : JSON.stringify(argument) }
}

/** What a function returned, as JSON text. */
export function resultText(value: TypedData | null | undefined): string {
  if (value?.json !== undefined) return value.json
  if (value?.string !== undefined) return JSON.stringify(value.string)
  if (value?.int !== undefined) return String(value.int)
  if (value?.double !== undefined) return numberText(value.double)
  if (value?.bytes !== undefined) return JSON.stringify(Buffer.from(value.bytes).toString("base64"))
  return "null"
}

/** JSON has no NaN and no infinity; the extension's serialiser (Newtonsoft.Json) writes their names as strings. */
function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value))
}

function failureFields(
  name: string,
  error: Error,
): { Reason: string; Details: string; FailureDetails?: FailureDetails } {
  if (name === httpActivityName) {
    return {
      Reason: error.message,
      Details: JSON.stringify({ ClassName: error.name, Message: error.message }),
    }
  }
  const thrown =
    error instanceof FunctionFailedError ? error.exception : { message: error.message, stack: error.stack }
  const details = describedFailure(thrown.message)
  const message = details?.ErrorMessage ?? thrown.message
  return {
    // Two spaces, as the extension cuts the worker's exception text.
    Reason: `Activity function '${name}' failed:  ${message}`,
    Details: JSON.stringify({
      ClassName: "System.Exception",
      Message: message,
      StackTraceString: thrown.stack ?? null,
    }),
    ...(details ? { FailureDetails: details } : {}),
  }
}

/** `setExceptionPropertiesProvider` makes the library throw its failure details as JSON text. */
function describedFailure(message: string): FailureDetails | undefined {
  if (!message.startsWith('{"errorType":')) return undefined
  const given = JSON.parse(message) as {
    errorType: string
    errorMessage: string
    stackTrace?: string
    isNonRetriable?: boolean
    properties?: Record<string, unknown>
  }
  return {
    ErrorType: given.errorType,
    ErrorMessage: given.errorMessage,
    ...(given.stackTrace ? { StackTrace: given.stackTrace } : {}),
    IsNonRetriable: given.isNonRetriable ?? false,
    ...(given.properties ? { Properties: given.properties } : {}),
  }
}
