/** The routes that start an orchestration: `orchestrators/{function}/{id?}`, and `restart` of an instance. */

import { randomUUID } from "node:crypto"
import { InstanceExistsError } from "../engine/engine.ts"
import type { Instance } from "../store/store.ts"
import type { ApiContext } from "./context.ts"
import { type ApiRequest, type ApiResponse, BadRequestError, error, json } from "./exchange.ts"
import { statusResponse } from "./instance-routes.ts"
import { bool, number, parseJson, type Query } from "./query.ts"
import { jsonOrText } from "./status.ts"
import { managementUrls } from "./urls.ts"

const maxInstanceIdLength = 100

/** Starts an instance of an orchestrator function. */
export async function start(
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

/** Starts an instance anew with its input, under a new id unless asked for otherwise. */
export async function restart(
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

function checkStatus(context: ApiContext, request: ApiRequest, id: string): ApiResponse {
  const { rewindPostUri: _, ...urls } = managementUrls(
    context.config,
    context.endpoints,
    id,
    new URL(request.url).origin,
  )
  return json(202, urls, { location: urls.statusQueryGetUri, "retry-after": "10" })
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
