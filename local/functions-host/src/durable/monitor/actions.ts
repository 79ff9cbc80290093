/** `POST …/orchestrations('{id}')/{action}` of the Durable Functions Monitor. */

import type { WebhookRequest, WebhookResponse } from "../../contract.ts"
import { jsonOrText } from "../http-api/status.ts"
import { entityName, isEntityId } from "../replay/command.ts"
import type { MonitorContext } from "./context.ts"
import { callDurable, type DurableCall } from "./durable-call.ts"
import { rowOf } from "./rows.ts"

const done: WebhookResponse = { status: 200 }
const values = { input: "input", output: "output", "custom-status": "customStatus" } as const

/** Carries an action out. @returns undefined for one that there is not. @throws Error in words where it is refused */
export async function act(
  context: MonitorContext,
  request: WebhookRequest,
  id: string,
  action: string,
): Promise<WebhookResponse | undefined> {
  const body = request.body.toString()
  if (action in values) return download(context, id, values[action as keyof typeof values])
  if (action === "set-custom-status") return await setCustomStatus(context, id, body)
  const call = callOf(id, action, body)
  if (call === undefined) return undefined
  // A purge of what is not there has nothing to do.
  await callDurable(context, request, call, action === "purge" ? {} : undefined)
  return done
}

function callOf(id: string, action: string, body: string): DurableCall | undefined {
  const instance = `instances/${encodeURIComponent(id)}`
  switch (action) {
    case "suspend":
    case "resume":
    case "terminate":
    case "rewind":
      return { method: "POST", path: `${instance}/${action}`, query: { reason: reasonIn(body) } }
    case "purge":
      return { method: "DELETE", path: instance }
    case "restart": {
      const { restartWithNewInstanceId } = JSON.parse(body) as { restartWithNewInstanceId?: boolean }
      const query = { restartWithNewInstanceId: String(restartWithNewInstanceId === true) }
      return { method: "POST", path: `${instance}/restart`, query }
    }
    case "raise-event": {
      const { name, data } = JSON.parse(body) as { name: string; data?: unknown }
      const content = { method: "POST", body: JSON.stringify(data ?? null) }
      if (!isEntityId(id))
        return { ...content, path: `${instance}/raiseEvent/${encodeURIComponent(String(name))}` }
      const entity = entityName(id)
      const path = `entities/${encodeURIComponent(entity.name)}/${encodeURIComponent(entity.key || "$")}`
      return { ...content, path, query: { op: String(name) } }
    }
    default:
      return undefined
  }
}

/** A reason comes as JSON or as plain text. */
const reasonIn = (body: string): string => {
  const reason = jsonOrText(body)
  return typeof reason === "string" ? reason : body
}

async function setCustomStatus(
  { engine }: MonitorContext,
  id: string,
  body: string,
): Promise<WebhookResponse> {
  if (body !== "") JSON.parse(body)
  if (!engine.instance(id)) throw new Error(`Instance ${id} doesn't exist`)
  await engine.setCustomStatus(id, body === "" ? null : body)
  return done
}

/** A large value, which Azure keeps in a blob; here it is where the others are. */
function download(
  { engine, store }: MonitorContext,
  id: string,
  field: "input" | "output" | "customStatus",
): WebhookResponse {
  const value = rowOf(store, id, engine.instance(id))?.[field]
  if (value === undefined) return { status: 404, body: `Instance ${id} doesn't exist` }
  const isText = typeof value === "string"
  return {
    status: 200,
    headers: { "content-type": isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8" },
    body: isText ? value : JSON.stringify(value),
  }
}
