import { useCase } from "@eshop/building-blocks/app/use-case"
import type { SagaStatus, Sagas } from "@eshop/building-blocks/durable/saga-client"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import * as z from "zod"
import type { Orders } from "../orders/ports.ts"
import type { Attention } from "../sagas/attention.ts"
import { strikeSettled } from "../sagas/strike-settled.ts"
import { abandonedCheckout } from "./abandoned-checkout.ts"
import { checkout } from "./checkout-saga.ts"

/** More than are ever under way for so long, so that none hides behind others. */
const BATCH = 1_000
/** A checkout that has not moved for this long is looked at. */
const QUIET_MS = 2 * 60_000

type Ports = { readonly orders: Orders; readonly sagas: Sagas; readonly attention: Attention }

/**
 * Looks after orders whose checkout does not move: a saga that never began is started, one that ended without ending
 * the order (it failed, or was terminated from outside) is led back by another one. The list of sagas that need
 * attention is looked after as well.
 */
export const watchCheckouts = useCase("ordering.watch-checkouts", {
  input: z.strictObject({}),
  result: z.strictObject({ started: z.int(), abandoned: z.int(), settled: z.int() }),
  handle:
    ({ orders, sagas, attention }: Ports) =>
    async (_, call) => {
      let started = 0
      let abandoned = 0
      const quiet = new Date(call.now.getTime() - QUIET_MS)
      for (const orderId of await orders.underWaySince(quiet, BATCH)) {
        const saga = await sagas.status(orderId)
        if (saga?.status === "running") continue
        const recovery = await sagas.status(recoveryOf(orderId))
        if (recovery?.status === "running") continue
        if (!saga && !recovery) {
          await sagas.start(checkout, orderId, { orderId })
          started++
          continue
        }
        alarm("abandoned-checkout", `the checkout ${ended(saga)} at ${positionOf(saga)}: it is led back`, {
          orderId,
          sagaId: orderId,
        })
        await sagas.start(abandonedCheckout, recoveryOf(orderId), { orderId })
        abandoned++
      }
      return { started, abandoned, settled: await strikeSettled({ attention, sagas }, call) }
    },
})

const recoveryOf = (orderId: string): string => `${orderId}-abandoned`
const ended = (saga: SagaStatus | undefined): string => (saga ? `has ended (${saga.status})` : "is gone")
const positionOf = (saga: SagaStatus | undefined): string =>
  JSON.stringify(saga?.position ?? "an unknown step")
