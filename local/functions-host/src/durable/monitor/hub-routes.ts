/** What the Durable Functions Monitor changes in a task hub as a whole. */

import type { WebhookRequest, WebhookResponse } from "../../contract.ts"
import { sent } from "./answers.ts"
import type { MonitorContext } from "./context.ts"
import { callDurable } from "./durable-call.ts"

/** `POST /{hub}/…`. @returns undefined for what there is not. @throws Error in words where it is refused */
export async function changeHub(
  context: MonitorContext,
  request: WebhookRequest,
  rest: string,
): Promise<WebhookResponse | undefined> {
  const body = request.body.toString() || "{}"
  switch (rest) {
    case "orchestrations":
      return sent(await startOne(context, request, JSON.parse(body)))
    case "purge-history":
      return sent(await purge(context, request, JSON.parse(body)))
    case "clean-entity-storage":
      return sent(await cleanEntities(context, JSON.parse(body)))
    case "delete-task-hub":
      await context.erase()
      return { status: 200 }
    default:
      return undefined
  }
}

async function startOne(
  context: MonitorContext,
  request: WebhookRequest,
  { id, name, data }: { id?: string; name: string; data?: unknown },
): Promise<object> {
  const path = `orchestrators/${encodeURIComponent(name)}${id ? `/${encodeURIComponent(id)}` : ""}`
  const body = data === undefined ? "" : JSON.stringify(data)
  const started = await callDurable<{ id: string }>(context, request, { method: "POST", path, body })
  return { instanceId: started?.id }
}

async function purge(
  context: MonitorContext,
  request: WebhookRequest,
  given: { entityType?: string; timeFrom: string; timeTill: string; statuses?: string[] },
): Promise<object> {
  const [from, till] = [Date.parse(given.timeFrom), Date.parse(given.timeTill)]
  if (Number.isNaN(from) || Number.isNaN(till)) throw new Error("timeFrom and timeTill must be times.")
  if (given.entityType === "DurableEntity")
    return { instancesDeleted: await purgeEntities(context, from, till) }
  const query = {
    createdTimeFrom: new Date(from).toISOString(),
    createdTimeTo: new Date(till).toISOString(),
    ...(given.statuses && { runtimeStatus: given.statuses.join() }),
  }
  const call = { method: "DELETE", path: "instances", query }
  return (await callDurable(context, request, call, { instancesDeleted: 0 })) ?? {}
}

async function purgeEntities({ store, entities }: MonitorContext, from: number, till: number) {
  let deleted = 0
  for (;;) {
    const page = store.listEntities({ updatedFrom: from, updatedTo: till, top: 500 })
    if (page.entities.length === 0) return deleted
    for (const { id } of page.entities) if (await entities.purge(id)) deleted++
  }
}

/** Empty entities leave nothing behind in this task hub; locks outlive the orchestration that held them. */
async function cleanEntities(
  { store, engine, entities }: MonitorContext,
  { releaseOrphanedLocks }: { releaseOrphanedLocks?: boolean },
): Promise<object> {
  let released = 0
  for (const { id, lockedBy } of releaseOrphanedLocks ? store.lockedEntities() : []) {
    const status = engine.instance(lockedBy as string)?.status
    if (status === "Pending" || status === "Running" || status === "Suspended") continue
    await entities.release(id, lockedBy as string)
    released++
  }
  return { numberOfEmptyEntitiesRemoved: 0, numberOfOrphanedLocksRemoved: released }
}
