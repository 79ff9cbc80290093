/**
 * The HTTP API of the task hub: below `/runtime/webhooks/durabletask/` for everybody, and the same routes on a
 * local port for the client library. Routes, status codes and bodies are those of the extension's HttpApiHandler.
 */

import { randomUUID } from "node:crypto"
import { type ApiRequest, type ApiResponse, error, json } from "./api-types.ts"
import type { DurableConfig } from "./config.ts"
import { type Engine, InstanceExistsError } from "./engine.ts"
import type { EntityEngine } from "./entities.ts"
import { EventType, type HistoryEvent, historyEvent } from "./events.ts"
import type { DurableFunctions } from "./functions.ts"
import { isFinished } from "./live.ts"
import { rewind } from "./rewind.ts"
import { historyPayload, jsonOrText, statusPayload } from "./status.ts"
import type { Instance, RuntimeStatus, Store } from "./store.ts"
import { type Endpoints, managementUrls } from "./urls.ts"

export type ApiContext = {
  engine: Engine
  entities: EntityEngine
  store: Store
  config: DurableConfig
  functions: DurableFunctions
  endpoints: Endpoints
}

/** The caller's fault; answered with 400. */
class BadRequestError extends Error {}

const maxInstanceIdLength = 100
const longestRpcWait = 500

/** Handles one request. */
export async function handleApi(context: ApiContext, request: ApiRequest): Promise<ApiResponse> {
  const segments = request.path
    .split("/")
    .filter((segment) => segment !== "")
    .map(decode)
  const query = caseless(request.query)
  const hub = query("taskHub")
  if (hub && hub.toLowerCase() !== context.config.hubName.toLowerCase()) {
    return error(400, `This host serves the task hub '${context.config.hubName}', not '${hub}'.`)
  }
  try {
    return (await route(context, request, segments, query)) ?? { status: 404 }
  } catch (thrown) {
    if (thrown instanceof BadRequestError) return error(400, thrown.message)
    return error(500, "Something went wrong while processing your request", thrown as Error)
  }
}

type Query = (name: string) => string | undefined

async function route(
  context: ApiContext,
  request: ApiRequest,
  segments: readonly string[],
  query: Query,
): Promise<ApiResponse | undefined> {
  const [area, first, second, third] = segments
  const { method } = request
  switch (area?.toLowerCase()) {
    case "orchestrators":
      if (method !== "POST" || !first || segments.length > 3) return undefined
      return await start(context, request, first, second, query)
    case "entities":
      if (segments.length > 3) return undefined
      return await context.entities.handle({ ...request, name: first, key: second, query })
    case "instances":
      break
    default:
      return undefined
  }
  if (!first) {
    if (method === "GET") return list(context, request, query)
    return method === "DELETE" ? await purgeByFilter(context, query) : undefined
  }
  if (!second) {
    if (method === "GET") return await status(context, request, first, query)
    return method === "DELETE" ? await purgeOne(context, first) : undefined
  }
  if (method !== "POST") return undefined
  switch (second.toLowerCase()) {
    case "raiseevent":
      return third && segments.length === 4 ? await raiseEvent(context, request, first, third) : undefined
    case "terminate":
      return await control(context, first, EventType.ExecutionTerminated, query)
    case "suspend":
      return await control(context, first, EventType.ExecutionSuspended, query)
    case "resume":
      return await control(context, first, EventType.ExecutionResumed, query)
    case "rewind":
      return await rewindInstance(context, first, query)
    case "restart":
      return await restart(context, request, first, query)
    default:
      return undefined
  }
}

async function start(
  context: ApiContext,
  request: ApiRequest,
  functionName: string,
  instanceId: string | undefined,
  query: Query,
): Promise<ApiResponse> {
  let input: string | null = null
  if (request.body !== "") {
    const parsed = parseJson(request.body)
    if (!parsed.ok) return error(400, "Invalid JSON content", parsed.error)
    input = request.body
  }
  requireFunction(context, functionName)
  const version = query("version") ?? context.config.defaultVersion
  return await create(context, request, query, {
    id: instanceId ? checkedId(instanceId) : newInstanceId(),
    name: context.functions.orchestrator(functionName)?.name ?? functionName,
    version,
    input,
  })
}

/** Creates an instance and answers: at once with the management URLs, or when it has ended if the caller waits. */
async function create(
  context: ApiContext,
  request: ApiRequest,
  query: Query,
  given: Pick<Instance, "id" | "name" | "version" | "input">,
): Promise<ApiResponse> {
  try {
    await context.engine.create(given)
  } catch (thrown) {
    if (thrown instanceof InstanceExistsError) return error(409, thrown.message)
    throw thrown
  }
  const timeout = number(query("timeout"))
  const pollingInterval = number(query("pollingInterval"))
  if (timeout === undefined || pollingInterval === undefined) return checkStatus(context, request, given.id)
  if (pollingInterval > timeout) {
    throw new BadRequestError(
      `Total timeout ${timeout} should be bigger than retry timeout ${pollingInterval}`,
    )
  }
  const ended = await context.engine.waitForEnd(given.id, timeout * 1000, request.signal)
  if (!ended) return checkStatus(context, request, given.id)
  if (ended.status === "Completed") return json(200, jsonOrText(ended.output))
  return statusResponse(context, request, ended, query)
}

function checkStatus(context: ApiContext, request: ApiRequest, id: string): ApiResponse {
  const { rewindPostUri: _, ...urls } = managementUrls(
    context.config,
    context.endpoints,
    id,
    new URL(request.url).origin,
  )
  return json(202, urls, { location: urls.statusQueryGetUri, "retry-after": "10" })
}

async function status(
  context: ApiContext,
  request: ApiRequest,
  id: string,
  query: Query,
): Promise<ApiResponse> {
  const { engine } = context
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

function statusResponse(
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

function list(context: ApiContext, request: ApiRequest, query: Query): ApiResponse {
  const prefix = query("instanceIdPrefix")
  const statuses = statusFilter(request.query)
  const from = time(query("createdTimeFrom"))
  const to = time(query("createdTimeTo"))
  const token = request.header("x-ms-continuation-token")
  const page = context.store.listInstances({
    ...(prefix ? { idPrefix: prefix } : {}),
    ...(from !== undefined ? { createdFrom: from } : {}),
    ...(to !== undefined ? { createdTo: to } : {}),
    ...(statuses.length > 0 ? { statuses } : {}),
    top: pageSize(query("top")),
    ...(token ? { continuationToken: token } : {}),
  })
  // Unlike the query of one instance, inputs are left out unless asked for.
  const showInput = bool(query("showInput")) ?? true
  return json(
    200,
    page.instances.map((instance) => statusPayload(instance, showInput)),
    { "x-ms-continuation-token": page.continuationToken ?? "" },
  )
}

async function purgeOne(context: ApiContext, id: string): Promise<ApiResponse> {
  const instance = context.engine.instance(id)
  if (!instance) return { status: 404 }
  if (!isFinished(instance.status)) {
    throw new Error(
      `Cannot purge the orchestration instance ${id} because instance is in the ${instance.status} state.`,
    )
  }
  await context.store.commit((writer) => writer.purgeInstance(id))
  return json(200, { instancesDeleted: 1 })
}

async function purgeByFilter(context: ApiContext, query: Query): Promise<ApiResponse> {
  const from = time(query("createdTimeFrom"))
  if (from === undefined) return json(400, "Please provide value for 'createdTimeFrom' parameter.")
  const to = time(query("createdTimeTo")) ?? Date.now()
  const wanted = (query("runtimeStatus") ?? "").split(",").map(statusName)
  const chosen = wanted.filter((name) => name !== undefined && isFinished(name)) as RuntimeStatus[]
  const given = wanted.some((name) => name !== undefined)
  const statuses: RuntimeStatus[] = given ? chosen : ["Completed", "Failed", "Terminated"]
  let deleted = 0
  while (statuses.length > 0) {
    const { instances } = context.store.listInstances({
      createdFrom: from,
      createdTo: to,
      statuses,
      top: 500,
    })
    if (instances.length === 0) break
    await context.store.commit((writer) => {
      for (const { id } of instances) writer.purgeInstance(id)
    })
    deleted += instances.length
  }
  return deleted === 0 ? { status: 404 } : json(200, { instancesDeleted: deleted })
}

async function raiseEvent(
  context: ApiContext,
  request: ApiRequest,
  id: string,
  name: string,
): Promise<ApiResponse> {
  const instance = context.engine.instance(id)
  if (!instance) return { status: 404 }
  if (isFinished(instance.status)) return { status: 410 }
  const mediaType = request.header("content-type")?.split(";")[0]?.trim().toLowerCase()
  if (mediaType !== "application/json")
    return error(400, "Only application/json request content is supported")
  const text = request.body === "" ? "null" : request.body
  const parsed = parseJson(text)
  if (!parsed.ok) return error(400, "Invalid JSON content", parsed.error)
  await context.engine.send(id, event(EventType.EventRaised, { Name: name, Input: text }))
  return { status: 202 }
}

async function control(
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

async function rewindInstance(context: ApiContext, id: string, query: Query): Promise<ApiResponse> {
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

async function restart(
  context: ApiContext,
  request: ApiRequest,
  id: string,
  query: Query,
): Promise<ApiResponse> {
  const instance = context.engine.instance(id)
  if (!instance) {
    return error(
      400,
      "InstanceId does not match a valid orchestration instance.",
      new Error(`An orchestrator with the instanceId ${id} was not found.`),
    )
  }
  requireFunction(context, instance.name)
  const asNew = bool(query("restartWithNewInstanceId")) ?? true
  const { name, version, input } = instance
  return await create(context, request, query, { id: asNew ? newInstanceId() : id, name, version, input })
}

function event(
  type: HistoryEvent["EventType"],
  fields: { Name?: string; Input: string | null },
): HistoryEvent {
  return historyEvent(type, new Date().toISOString(), fields)
}

function requireFunction(context: ApiContext, name: string): void {
  try {
    context.functions.require("orchestrator", name)
  } catch (thrown) {
    throw new BadRequestError((thrown as Error).message)
  }
}

/** 32 hexadecimal digits, as .NET's Guid.ToString("N"). */
function newInstanceId(): string {
  return randomUUID().replaceAll("-", "")
}

function checkedId(id: string): string {
  if (id.startsWith("@")) throw new BadRequestError("Orchestration instance ids must not start with @.")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
  if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(id)) {
    throw new BadRequestError(
      "Orchestration instance ids must not contain /, \\, #, ?, or control characters.",
    )
  }
  if (id.length > maxInstanceIdLength) {
    throw new BadRequestError(`Instance ID lengths must not exceed ${maxInstanceIdLength} characters.`)
  }
  return id
}

const statusNames: readonly RuntimeStatus[] = [
  "Pending",
  "Running",
  "Suspended",
  "Completed",
  "Failed",
  "Terminated",
]

function statusName(given: string): RuntimeStatus | undefined {
  return statusNames.find((name) => name === given.trim())
}

function statusFilter(query: URLSearchParams): RuntimeStatus[] {
  const names: RuntimeStatus[] = []
  for (const [key, value] of query) {
    if (key.toLowerCase() !== "runtimestatus") continue
    for (const part of value.split(",")) {
      const name = statusName(part)
      if (name) names.push(name)
    }
  }
  return names
}

function caseless(query: URLSearchParams): Query {
  const values = new Map<string, string>()
  for (const [key, value] of query) {
    const name = key.toLowerCase()
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before},${value}`)
  }
  return (name) => values.get(name.toLowerCase())
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function bool(text: string | undefined): boolean | undefined {
  const value = text?.trim().toLowerCase()
  return value === "true" ? true : value === "false" ? false : undefined
}

function number(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

function pageSize(text: string | undefined): number {
  const value = number(text)
  return value === undefined || value < 1 ? 100 : Math.min(Math.floor(value), 1000)
}

function time(text: string | undefined): number | undefined {
  // A plus sign of a time zone arrives as a space.
  const value = text === undefined ? Number.NaN : Date.parse(text.replace(/ (\d\d:\d\d)$/, "+$1"))
  return Number.isNaN(value) ? undefined : value
}

function parseJson(text: string): { ok: true } | { ok: false; error: Error } {
  try {
    JSON.parse(text)
    return { ok: true }
  } catch (thrown) {
    return { ok: false, error: thrown as Error }
  }
}
