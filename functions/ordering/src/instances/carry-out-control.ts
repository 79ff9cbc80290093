import { command } from "@eshop/building-blocks/app/use-case"
import type { TaskHub } from "@eshop/building-blocks/durable/task-hub"
import { SagaControlRequested } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { Attention } from "../sagas/attention.ts"
import { fits } from "./control-instance.ts"

type Ports = {
  readonly taskHub: Pick<TaskHub, "find" | "control" | "purge">
  readonly attention: Pick<Attention, "strike">
}

/**
 * Does to an instance what an operator asked for. One that is gone, or that is in no state for it any more, is left alone:
 * it was in one when it was asked for, so it has been done, or something else has come before it.
 */
export const carryOutControl = command("ordering.carry-out-control", {
  input: SagaControlRequested.data,
  result: z.void(),
  handle:
    ({ taskHub, attention }: Ports) =>
    async ({ instanceId, control, reason }, call) => {
      const found = await taskHub.find(instanceId)
      if (found && fits(control, found.runtimeStatus)) {
        if (control === "purge") await taskHub.purge(instanceId)
        else await taskHub.control(instanceId, control, reason)
      }
      const isOver = control === "terminate" || control === "purge"
      return await call.commit(async (tx) => {
        if (isOver) await attention.strike(tx, instanceId)
      })
    },
})
