import { SagaPosition } from "@eshop/building-blocks/durable/position"
import type { SagaStatus, Sagas } from "@eshop/building-blocks/durable/saga-client"

/** How an instance stands. */
export type Standing = { readonly status: SagaStatus["status"]; readonly position?: SagaPosition }

/** @returns undefined when there is none under this id */
export async function standingOf(sagas: Sagas, instanceId: string): Promise<Standing | undefined> {
  const found = await sagas.status(instanceId)
  if (!found) return undefined
  const { success, data } = SagaPosition.safeParse(found.position)
  return { status: found.status, ...(success && { position: data }) }
}

/** How an instance stands that needs attention: a step of it keeps failing, or it has failed as a whole. */
export async function needsAttention(
  sagas: Sagas,
  instanceId: string,
): Promise<{ status: "running" | "failed"; position: SagaPosition } | undefined> {
  const standing = await standingOf(sagas, instanceId)
  const { status, position } = standing ?? {}
  return (status === "running" || status === "failed") && position?.needsAttention
    ? { status, position }
    : undefined
}

/**
 * Where an order's checkout saga stands, for whoever reads the order: undefined when it has ended, when there is none,
 * and when the task hub does not tell.
 */
export async function sagaPosition(sagas: Sagas, orderId: string): Promise<SagaPosition | undefined> {
  const standing = await standingOf(sagas, orderId).catch(() => undefined)
  return standing?.status === "running" ? standing.position : undefined
}
