import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Saga } from "@eshop/building-blocks/durable/saga"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import { refund, refundIdOf } from "../refunds/refund-saga.ts"
import { fulfilment, fulfilmentIdOf } from "./fulfilment-saga.ts"
import { fulfilmentFactsOf, isInFulfilment } from "./order-steps.ts"
import type { UnfinishedOrders } from "./ports.ts"

/** Orders that one run looks at: so many questions to the task hub at the most, however many orders there are. */
const BATCH = 1_000
/** By then its event has long started the saga of what changed. */
const QUIET_MS = 10 * 60_000
/** Each unfinished order is looked at after each of its changes, and once in this time besides. */
const ROUND_MS = 24 * 60 * 60_000

type Ports = { readonly unfinished: UnfinishedOrders; readonly sagas: Sagas }
type Expected = {
  readonly orderId: string
  readonly saga: Saga
  readonly id: string
  readonly input: unknown
}

/** The sagas that should be leading the order. */
function expectedOf(order: Order): Expected[] {
  const { id: orderId } = order
  const refunds = isPaid(order) ? order.payment.refunds.filter(({ status }) => status === "requested") : []
  return [
    ...(isInFulfilment(order)
      ? [
          {
            orderId,
            saga: fulfilment as Saga,
            id: fulfilmentIdOf(orderId),
            input: { orderId, order: fulfilmentFactsOf(order) },
          },
        ]
      : []),
    ...refunds.map(({ refundId }) => ({
      orderId,
      saga: refund as Saga,
      id: refundIdOf(orderId, refundId),
      input: { orderId, refundId },
    })),
  ]
}

/**
 * Looks after paid orders and refunds whose saga is not there: one that never began is started, one that has ended
 * without ending its work (it failed, or was terminated from outside) is started anew and raises an alarm. Both sagas
 * begin with what the order says, and their steps are idempotent.
 */
export const watchUnfinishedOrders = useCase("ordering.watch-unfinished-orders", {
  input: z.strictObject({}),
  result: z.strictObject({ looked: z.int(), started: z.int(), restarted: z.int() }),
  handle:
    ({ unfinished, sagas }: Ports) =>
    async (_, call) => {
      const now = call.now.toISOString()
      const progress = (await unfinished.progress()) ?? { position: undefined, roundBeganAt: now }
      const orders = await unfinished.after(progress.position, new Date(call.now.getTime() - QUIET_MS), BATCH)
      let started = 0
      let restarted = 0
      for (const { saga, id, input, orderId } of orders.flatMap(expectedOf)) {
        const known = await sagas.status(id)
        if (known?.status === "running") continue
        await sagas.start(saga, id, input)
        if (!known) started++
        else {
          restarted++
          alarm(
            "abandoned-saga",
            `${saga.name} has ended (${known.status}) before its work: it begins anew`,
            { orderId, sagaId: id },
          )
        }
      }
      const last = orders.at(-1)
      const atEnd = orders.length < BATCH
      const roundIsOver = atEnd && call.now.getTime() - Date.parse(progress.roundBeganAt) >= ROUND_MS
      await unfinished.moveTo(
        roundIsOver
          ? { position: undefined, roundBeganAt: now }
          : {
              position: last ? { changedAt: last.changedAt, orderId: last.id } : progress.position,
              roundBeganAt: progress.roundBeganAt,
            },
      )
      return { looked: orders.length, started, restarted }
    },
})
