import { SagaPosition } from "@eshop/building-blocks/durable/position"
import { type Instance, RuntimeStatus } from "@eshop/building-blocks/durable/task-hub"
import { OrderId } from "@eshop/domain/kernel/ids"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { orderIdOf } from "../sagas/instance-id.ts"

export const instanceUnknown = defineRefusal("instance.unknown", "not-found", "There is no such saga.")

/** An orchestration as operators see it. */
export const InstanceSummary = z.strictObject({
  instanceId: z.string(),
  orderId: OrderId.optional().describe("The order that it leads"),
  saga: z.string(),
  runtimeStatus: RuntimeStatus,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime().describe("When it moved last"),
  position: SagaPosition.optional().describe("Where it stands, as it says itself"),
})
export type InstanceSummary = z.infer<typeof InstanceSummary>

export function summaryOf(instance: Instance): InstanceSummary {
  const { instanceId, name, runtimeStatus, createdTime, lastUpdatedTime, customStatus } = instance
  const order = OrderId.safeParse(orderIdOf(instanceId))
  const position = SagaPosition.safeParse(customStatus)
  return {
    instanceId,
    ...(order.success && { orderId: order.data }),
    saga: name,
    runtimeStatus,
    createdAt: createdTime,
    updatedAt: lastUpdatedTime,
    ...(position.success && { position: position.data }),
  }
}
