/**
 * The HTTP API of the task hub: below `/runtime/webhooks/durabletask/` for everybody, and the same routes on a
 * local port for the client library. Routes, status codes and bodies are those of the extension's HttpApiHandler.
 */

import { EventType } from "../protocol/events.ts"
import type { ApiContext } from "./context.ts"
import { entityRequest } from "./entity-routes.ts"
import { type ApiRequest, type ApiResponse, BadRequestError, error } from "./exchange.ts"
import {
  control,
  list,
  purgeByFilter,
  purgeOne,
  raiseEvent,
  rewindInstance,
  status,
} from "./instance-routes.ts"
import { caseless, type Query } from "./query.ts"
import { restart, start } from "./start-routes.ts"

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
      return await entityRequest(context, request, first, second, query)
    case "instances":
      break
    default:
      return undefined
  }
  if (!first) {
    if (method === "GET") return list(context, request, query)
    return method === "DELETE" ? await purgeByFilter(context, request, query) : undefined
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

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
