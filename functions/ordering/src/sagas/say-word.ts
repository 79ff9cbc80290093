import { command } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import { SagaPosition, Word } from "@eshop/building-blocks/durable/position"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { SagaWordSpoken } from "@eshop/domain/contracts/ordering-events"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { InstanceId, orderIdOf } from "./instance-id.ts"
import { standingOf } from "./position.ts"

export const sagaUnknown = defineRefusal("saga.unknown", "not-found", "No such saga is running.")
export const sagaElsewhere = defineRefusal(
  "saga.elsewhere",
  "conflict",
  "The saga does not wait for this word on this step and attempt, or not any more.",
  z.object({ position: SagaPosition.optional() }),
)

const Said = z.strictObject({
  instanceId: InstanceId,
  word: Word,
  step: z.string().min(1).max(100).describe("The activity, as the saga's position names it"),
  attempt: z.int().min(1).describe("Its failed attempt, as the saga's position counts it"),
})

type Ports = { readonly sagas: Sagas; readonly outbox: Outbox; readonly audit: Pick<Audit, "add"> }

/**
 * An operator speaks to a saga that needs attention. The word goes to the saga as an event; the saga decides whether it
 * fits by then, what is refused here is only what fits no longer at this moment.
 */
export const sayWord = command("ordering.say-word", {
  input: Said,
  result: z.strictObject({ instanceId: InstanceId, said: Said.omit({ instanceId: true }) }),
  refusals: [sagaUnknown, sagaElsewhere],
  handle:
    ({ sagas, outbox, audit }: Ports) =>
    async ({ instanceId, ...said }, call) => {
      const standing = await standingOf(sagas, instanceId)
      if (standing?.status !== "running") return sagaUnknown()
      const { position } = standing
      const fits =
        position?.step === said.step &&
        position.attempt === said.attempt &&
        position.hears?.includes(said.word)
      if (!fits) return sagaElsewhere({ ...(position && { position }) })
      const orderId = orderIdOf(instanceId)
      const by = "id" in call.caller ? call.caller.id : call.caller.kind
      return await call.commit(async (tx) => {
        await outbox.add(tx, [message(SagaWordSpoken, orderId, { orderId, instanceId, ...said, by }, call)])
        await audit.add(tx, call, [
          { subject: `saga ${instanceId}`, action: `saga.${said.word}`, change: said },
        ])
        return { instanceId, said }
      })
    },
})
