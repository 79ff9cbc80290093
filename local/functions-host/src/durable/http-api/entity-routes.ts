/** The routes below `entities/`: state, signals, listing. */

import { randomUUID } from "node:crypto"
import { entityName, schedulerId } from "../replay/command.ts"
import type { ApiContext } from "./context.ts"
import { type ApiRequest, type ApiResponse, error, json } from "./exchange.ts"
import { bool, isJson, pageSize, parseJson, type Query, time } from "./query.ts"
import { jsonOrText } from "./status.ts"

/** `entities/{name?}/{key?}`. */
export async function entityRequest(
  context: ApiContext,
  request: ApiRequest,
  name: string | undefined,
  key: string | undefined,
  query: Query,
): Promise<ApiResponse> {
  const { method } = request
  if (method === "GET" && !key) return listEntities(context, request, name, query)
  if (!name) return { status: 404 }
  const target = schedulerId({ name, key: key === "$" ? "" : (key ?? "") })
  if (method === "GET") {
    const state = context.store.entity(target)?.state ?? null
    return state === null ? { status: 404 } : json(200, jsonOrText(state))
  }
  if (method !== "POST" && method !== "DELETE") return { status: 404 }
  return await signal(context, request, name, target, method === "DELETE" ? "delete" : (query("op") ?? ""))
}

async function signal(
  context: ApiContext,
  request: ApiRequest,
  name: string,
  target: string,
  op: string,
): Promise<ApiResponse> {
  try {
    context.functions.require("entity", name)
  } catch (thrown) {
    return error(400, (thrown as Error).message)
  }
  const text = request.body
  if (text !== "" && isJson(request)) {
    const parsed = parseJson(text)
    if (!parsed.ok) return error(400, `Could not parse JSON content: ${parsed.error.message}`)
  }
  const input = text === "" ? {} : { input: isJson(request) ? text : JSON.stringify(text) }
  await context.entities.signal(target, { id: randomUUID(), op, signal: true, ...input })
  return { status: 202 }
}

function listEntities(
  { store }: ApiContext,
  request: ApiRequest,
  name: string | undefined,
  query: Query,
): ApiResponse {
  const from = time(query("lastOperationTimeFrom"))
  const to = time(query("lastOperationTimeTo"))
  const token = request.header("x-ms-continuation-token")
  const page = store.listEntities({
    ...(name ? { name: name.toLowerCase() } : {}),
    ...(from !== undefined ? { updatedFrom: from } : {}),
    ...(to !== undefined ? { updatedTo: to } : {}),
    top: pageSize(query("top")),
    ...(token ? { continuationToken: token } : {}),
  })
  const fetchState = bool(query("fetchState")) ?? false
  const entities = page.entities.map((entity) => ({
    entityId: entityName(entity.id),
    lastOperationTime: new Date(entity.updatedAt).toISOString(),
    state: fetchState ? jsonOrText(entity.state) : null,
  }))
  return json(200, entities, { "x-ms-continuation-token": page.continuationToken ?? "" })
}
