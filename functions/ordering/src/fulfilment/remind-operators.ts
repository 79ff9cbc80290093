import { step } from "@eshop/building-blocks/durable/step"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { OrderId } from "@eshop/domain/kernel/ids"
import * as z from "zod"

/** Tells operators that an order waits for them: an alarm, by its name. */
export const operatorsReminded = step("remind-operators", {
  input: z.object({
    orderId: OrderId,
    alarm: z.enum(["fulfilment-stalled", "refund-stalled", "refund-failed"]),
    detail: z.string(),
  }),
  output: z.void(),
  run:
    () =>
    async ({ orderId, alarm: name, detail }) =>
      alarm(name, detail, { orderId }),
})
