/** The routes below `instances/`: status, listing, purge, events, control. */

import { isFinished } from "../engine/live.ts"
import { rewind } from "../engine/rewind.ts"
import { EventType, type HistoryEvent, historyEvent } from "../protocol/events.ts"
import { isEntityId } from "../replay/command.ts"
import { type Entity, endedStatuses, type Instance } from "../store/store.ts"
import type { ApiContext } from "./context.ts"
import { type ApiRequest, type ApiResponse, error, json } from "./exchange.ts"
import { bool, isJson, pageSize, parseJson, type Query, statusFilter, time } from "./query.ts"
import { entityStatusPayload, historyPayload, statusPayload } from "./status.ts"

/** How long a first status query of the client library may wait for an end, in milliseconds. */
const longestRpcWait = 500

/** The status of one instance, or of an entity, which is an instance that never ends. */
export async function status(
  context: ApiContext,
  request: ApiRequest,
  id: string,
  query: Query,
): Promise<ApiResponse> {
  const { engine, store } = context
  if (isEntityId(id)) return entityStatus(request, store.entity(id), query)
  let instance = engine.instance(id)
  if (!instance) return { status: 404 }
  if (
    request.isRpc &&
    !isFinished(instance.status) &&
    Date.now() - instance.createdAt < 1000 &&
    engine.isMoving(id)
  ) {
    // waitForCompletionOrCreateCheckStatusResponse asks at once and then sleeps for its whole interval. A young
    // instance that is on the move gets a moment to end, so that short orchestrations are answered at once.
    const until = Date.now() + longestRpcWait
    while (
      !isFinished(instance.status) &&
      engine.isMoving(id) &&
      Date.now() < until &&
      !request.signal.aborted
    ) {
      instance = (await engine.waitForEnd(id, 20, request.signal)) ?? engine.instance(id) ?? instance
    }
  }
  return statusResponse(context, request, instance, query)
}

/** The answer that shows an instance: 202 while it runs. */
export function statusResponse(
  context: ApiContext,
  request: ApiRequest,
  instance: Instance,
  query: Query,
): ApiResponse {
  const showInput = bool(query("showInput")) ?? true
  const showHistory = bool(query("showHistory")) ?? false
  const history = showHistory
    ? historyPayload(context.engine.history(instance.id), {
        showInput,
        showHistoryOutput: bool(query("showHistoryOutput")) ?? false,
      })
    : undefined
  const payload = statusPayload(instance, showInput, history)
  if (!isFinished(instance.status)) return json(202, payload, { location: request.url, "retry-after": "5" })
  const failed = instance.status === "Failed" && bool(query("returnInternalServerErrorOnFailure")) === true
  return json(failed ? 500 : 200, payload)
}

function entityStatus(request: ApiRequest, entity: Entity | undefined, query: Query): ApiResponse {
  if (!entity) return { status: 404 }
  const payload = entityStatusPayload(entity, bool(query("showInput")) ?? true)
  return json(202, payload, { location: request.url, "retry-after": "5" })
}

/** The instances that match a filter, one page. */
export function list(context: ApiContext, request: ApiRequest, query: Query): ApiResponse {
  const prefix = query("instanceIdPrefix")
  const statuses = statusFilter(request.query)
  const from = time(query("createdTimeFrom"))
  const to = time(query("createdTimeTo"))
  const token = request.header("x-ms-continuation-token")
  const page = context.store.listInstances({
    ...(prefix ? { idPrefix: prefix } : {}),
    ...(from !== undefined ? { createdFrom: from } : {}),
    ...(to !== undefined ? { createdTo: to } : {}),
    ...(statuses ? { statuses } : {}),
    top: pageSize(query("top")),
    ...(token ? { continuationToken: token } : {}),
  })
  const showInput = bool(query("showInput")) ?? true
  return json(
    200,
    page.instances.map((instance) => statusPayload(instance, showInput)),
    { "x-ms-continuation-token": page.continuationToken ?? "" },
  )
}

/** Deletes an ended instance with its history, or an entity. */
export async function purgeOne(context: ApiContext, id: string): Promise<ApiResponse> {
  if (isEntityId(id)) {
    return (await context.entities.purge(id)) ? json(200, { instancesDeleted: 1 }) : { status: 404 }
  }
  const instance = context.engine.instance(id)
  if (!instance) return { status: 404 }
  if (!isFinished(instance.status)) {
    throw new Error(
      `Cannot purge the orchestration instance ${id} because instance is in the ${instance.status} state.`,
    )
  }
  await context.store.commit((writer) => writer.purgeEnded(id))
  return json(200, { instancesDeleted: 1 })
}

/** Deletes the ended instances that match a filter. */
export async function purgeByFilter(
  context: ApiContext,
  request: ApiRequest,
  query: Query,
): Promise<ApiResponse> {
  const from = time(query("createdTimeFrom"))
  if (from === undefined) return json(400, "Please provide value for 'createdTimeFrom' parameter.")
  const to = time(query("createdTimeTo")) ?? Date.now()
  const wanted = statusFilter(request.query)
  const statuses = endedStatuses.filter((status) => wanted?.includes(status) ?? true)
  let deleted = 0
  for (;;) {
    const { instances } = context.store.listInstances({
      createdFrom: from,
      createdTo: to,
      statuses,
      top: 500,
    })
    if (instances.length === 0) break
    await context.store.commit((writer) => {
      for (const { id } of instances) writer.purgeEnded(id)
    })
    deleted += instances.length
  }
  return deleted === 0 ? { status: 404 } : json(200, { instancesDeleted: deleted })
}

/** Sends an external event to a running instance. */
export async function raiseEvent(
  context: ApiContext,
  request: ApiRequest,
  id: string,
  name: string,
): Promise<ApiResponse> {
  const instance = context.engine.instance(id)
  if (!instance) return { status: 404 }
  if (isFinished(instance.status)) return { status: 410 }
  if (!isJson(request)) return error(400, "Only application/json request content is supported")
  const text = request.body === "" ? "null" : request.body
  const parsed = parseJson(text)
  if (!parsed.ok) return error(400, "Invalid JSON content", parsed.error)
  await context.engine.send(id, event(EventType.EventRaised, { Name: name, Input: text }))
  return { status: 202 }
}

/** Terminates, suspends or resumes. */
export async function control(
  context: ApiContext,
  id: string,
  type:
    | typeof EventType.ExecutionTerminated
    | typeof EventType.ExecutionSuspended
    | typeof EventType.ExecutionResumed,
  query: Query,
): Promise<ApiResponse> {
  const instance = context.engine.instance(id)
  if (!instance) return { status: 404 }
  if (isFinished(instance.status)) return { status: 410 }
  if (type !== EventType.ExecutionTerminated) {
    const suspends = type === EventType.ExecutionSuspended
    if (suspends === (instance.status === "Suspended")) {
      throw new Error(
        `Cannot ${suspends ? "suspend" : "resume"} the orchestration instance ${id} because instance is in the ${instance.status} state.`,
      )
    }
  }
  await context.engine.send(id, event(type, { Input: query("reason") ?? null }))
  return { status: 202 }
}

/** Lets a failed instance try again what failed. */
export async function rewindInstance(context: ApiContext, id: string, query: Query): Promise<ApiResponse> {
  const instance = context.engine.instance(id)
  if (!instance) return json(404, `No orchestration with instance ID "${id}" found.`)
  if (instance.status !== "Failed") {
    return json(
      412,
      `This orchestration has status ${instance.status}, but only orchestrations in the "Failed" state can be rewound.`,
    )
  }
  const rewound = await rewind(context.store, id, query("reason") ?? null)
  for (const instanceId of rewound) context.engine.wake(instanceId)
  return { status: 202 }
}

function event(
  type: HistoryEvent["EventType"],
  fields: { Name?: string; Input: string | null },
): HistoryEvent {
  return historyEvent(type, new Date().toISOString(), fields)
}
