import { idOfCaller } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import { RuntimeStatus, type TaskHub } from "@eshop/building-blocks/durable/task-hub"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { scrubbed } from "@eshop/building-blocks/telemetry/redaction"
import { SagaControl, SagaControlRequested } from "@eshop/domain/contracts/ordering-events"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { withoutCardNumber } from "@eshop/domain/kernel/text"
import * as z from "zod"
import { isUnderWay } from "../checkout/order-steps.ts"
import type { Orders } from "../orders/ports.ts"
import { InstanceId, orderIdOf } from "../sagas/instance-id.ts"
import { instanceUnknown } from "./instance.ts"

export const instanceElsewhere = defineRefusal(
  "instance.elsewhere",
  "conflict",
  "The saga is in no state for this, or not any more.",
  z.object({ runtimeStatus: RuntimeStatus }),
)

export const instanceNeeded = defineRefusal(
  "instance.needed",
  "conflict",
  "Its order is still under way, and would be led by another saga as if this one had never been.",
)

const moving: readonly RuntimeStatus[] = ["Pending", "Running", "ContinuedAsNew"]
const ended: readonly RuntimeStatus[] = ["Completed", "Failed", "Canceled", "Terminated"]
const statesFor: Readonly<Record<SagaControl, readonly RuntimeStatus[]>> = {
  suspend: moving,
  resume: ["Suspended"],
  terminate: [...moving, "Suspended"],
  purge: ended,
}

/** Whether this can be done to an instance in this state. */
export const fits = (control: SagaControl, status: RuntimeStatus): boolean =>
  statesFor[control].includes(status)

const Asked = z.strictObject({
  instanceId: InstanceId,
  reason: withoutCardNumber(z.string().trim().min(3).max(200)).describe(
    "Why, for the history and the audit trail. Never personal data",
  ),
})

type Ports = {
  readonly taskHub: Pick<TaskHub, "find">
  readonly orders: Pick<Orders, "find">
  readonly outbox: Outbox
  readonly audit: Pick<Audit, "add">
}

/** What an operator wants done to an instance goes its way as an event, in the transaction that audits it. */
const controlled = (control: SagaControl) =>
  command(`ordering.${control}-instance`, {
    input: Asked,
    result: z.strictObject({ instanceId: InstanceId, control: SagaControl }),
    refusals: [instanceUnknown, instanceElsewhere, instanceNeeded],
    handle:
      ({ taskHub, orders, outbox, audit }: Ports) =>
      async ({ instanceId, reason: given }, call) => {
        const found = await taskHub.find(instanceId)
        if (!found) return instanceUnknown()
        const { runtimeStatus } = found
        if (!fits(control, runtimeStatus)) return instanceElsewhere({ runtimeStatus })
        const orderId = orderIdOf(instanceId)
        if (control === "purge") {
          const stored = await orders.find(orderId)
          if (stored && isUnderWay(stored.order)) return instanceNeeded()
        }
        const reason = scrubbed(given).slice(0, 200)
        const data = { orderId, instanceId, control, reason, by: idOfCaller(call.caller) ?? call.caller.kind }
        return await call.commit(async (tx) => {
          await outbox.add(tx, [message(SagaControlRequested, orderId, data, call)])
          const change = { reason, saga: found.name }
          await audit.add(tx, call, [{ subject: `saga ${instanceId}`, action: `saga.${control}`, change }])
          return { instanceId, control }
        })
      },
  })

/** Keeps an instance from going on; what reaches it meanwhile waits. */
export const suspendInstance = controlled("suspend")
export const resumeInstance = controlled("resume")
/** Ends an instance where it stands: nothing is taken back. A checkout's order is led back by another saga after that. */
export const terminateInstance = controlled("terminate")
/** Removes an ended instance and its history from the task hub. */
export const purgeInstance = controlled("purge")
