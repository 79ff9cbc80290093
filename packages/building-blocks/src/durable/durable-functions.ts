import type { FunctionInput } from "@azure/functions"
import * as df from "durable-functions"
import { DependencyUnavailableError } from "../failure.ts"
import { ambient, traceMember } from "../telemetry/ambient.ts"
import { type ClientCall, clientCall } from "../telemetry/client-call.ts"
import { httpCall } from "../telemetry/http-call.ts"
import { ATTR_HTTP_REQUEST_METHOD, ATTR_SERVICE_PEER_NAME } from "../telemetry/semantic-conventions.ts"
import type { Activity } from "./activity.ts"
import { orchestratorOf } from "./orchestrator.ts"
import type { SagaInput } from "./report-saga.ts"
import type { Saga } from "./saga.ts"
import type { SagaStatus, Sagas } from "./saga-client.ts"

/** What an app with sagas brings along to its start. */
export type Durable = {
  /** What a trigger needs among its inputs so that its use cases can reach the sagas. */
  readonly input: FunctionInput
  register(sagas: readonly Saga[], activities: readonly Activity[]): void
}

export const durableFunctions: Durable = {
  input: df.input.durableClient(),
  register(sagas, activities) {
    for (const saga of sagas) df.app.orchestration(saga.name, orchestratorOf(saga) as never)
    for (const { name, run } of activities)
      df.app.activity(name, { handler: (input, context) => run(input as never, context) })
  },
}

type Client = ReturnType<typeof df.getClient>

/** The client library tells a status only in the text of its errors. */
const answered = (error: unknown, pattern: RegExp): boolean =>
  error instanceof Error && pattern.test(error.message)

let known: Client | undefined

/** What the binding carries is the same for every invocation of a process, so one client serves them all. */
function client(): Client {
  const invocation = ambient()?.invocation
  if (!known && !invocation) throw new Error("sagas can be reached from a trigger only")
  known ??= df.getClient(invocation as never)
  return known
}

/** What is asked of the task hub, as a call: the span of a start is what shows of a saga until it ends. */
const hubCall = (method: string, name: string, attributes: Record<string, string>): ClientCall => ({
  // The client reaches the host that it runs in.
  ...httpCall("task hub", "http://localhost", { method }),
  name,
  attributes: { [ATTR_HTTP_REQUEST_METHOD]: method, [ATTR_SERVICE_PEER_NAME]: "task hub", ...attributes },
})

/** @throws DependencyUnavailableError for whatever else goes wrong: the task hub is out, or does not take it now */
async function reach<T>(describe: () => ClientCall, work: (client: Client) => Promise<T>): Promise<T> {
  const durable = client()
  try {
    return await clientCall(describe, () => work(durable))
  } catch (error) {
    throw new DependencyUnavailableError("task hub", error)
  }
}

const statusOf: Record<df.OrchestrationRuntimeStatus, SagaStatus["status"]> = {
  Running: "running",
  Pending: "running",
  Suspended: "running",
  ContinuedAsNew: "running",
  Completed: "completed",
  Failed: "failed",
  Canceled: "terminated",
  Terminated: "terminated",
}

const { Completed, Failed, Terminated } = df.OrchestrationRuntimeStatus
const endedStatuses = [Completed, Failed, Terminated]

/** The app's orchestrations, through the durable client of the trigger that is running. */
export const durableSagas: Sagas = {
  start(saga, instanceId, input) {
    const wrapped: SagaInput = { input: saga.input.parse(input), ...traceMember() }
    const about = { "eshop.saga": saga.name, "eshop.saga.id": instanceId }
    const describe = () => hubCall("POST", `start ${saga.name}`, about)
    return reach(describe, async (durable) => {
      try {
        await durable.startNew(saga.name, { instanceId, input: wrapped })
      } catch (error) {
        if (!answered(error, /status code: 409/)) throw error
      }
    })
  },

  raise: (id, event, data) =>
    reach(
      () => hubCall("POST", `raise ${event}`, { "eshop.saga.id": id }),
      async (durable) => {
        try {
          await durable.raiseEvent(id, event, data)
          return true
        } catch (error) {
          if (answered(error, /^No instance with ID/)) return false
          throw error
        }
      },
    ),

  status: (id) =>
    reach(
      () => hubCall("GET", "read saga", { "eshop.saga.id": id }),
      async (durable) => {
        try {
          const { runtimeStatus, customStatus } = await durable.getStatus(id)
          return { status: statusOf[runtimeStatus], position: customStatus }
        } catch (error) {
          if (answered(error, /replied with HTTP 404/)) return undefined
          throw error
        }
      },
    ),

  // A filter knows when an instance was created, not when it ended: those that ended are looked at one by one.
  purgeEnded: ({ startedFrom, startedTo, endedBefore }) =>
    reach(
      () => hubCall("POST", "purge sagas", {}),
      async (durable) => {
        const ended = await durable.getStatusBy({
          createdTimeFrom: startedFrom,
          createdTimeTo: startedTo,
          runtimeStatus: endedStatuses,
        })
        let purged = 0
        for (const { instanceId, lastUpdatedTime } of ended)
          if (new Date(lastUpdatedTime) < endedBefore)
            purged += (await durable.purgeInstanceHistory(instanceId)).instancesDeleted
        return purged
      },
    ),
}
