import type { Call } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { isUnavailable } from "@eshop/building-blocks/failure"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { pseudonymOf } from "@eshop/building-blocks/telemetry/pseudonym"
import { defineRefusal, isRefusal } from "@eshop/domain/kernel/refusal"
import type { Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import { forgetCustomer } from "./forget-customer.ts"
import { personOf } from "./person.ts"
import type { ErasurePorts, ErasureRequest } from "./ports.ts"

/** Requests that a run looks at. */
const BATCH = 100

/** Rolls back. */
const erasureWaits = defineRefusal(
  "erasure.waits",
  "conflict",
  "An order of the customer's is still under way.",
)

/** Whether an order's address is still needed. */
export const isOpen = ({ status }: Order): boolean => status !== "Closed" && status !== "Cancelled"

/**
 * Forgets a customer who asked for it, with the guests that they were before, unless something of any of them is under
 * way that needs its address. Who orders meanwhile waits for the transaction, and has a key of their own then.
 * @returns whether it is done
 */
async function eraseOne(ports: ErasurePorts, request: ErasureRequest, call: Call): Promise<boolean> {
  const { ids, onTheirWay } = await personOf(ports, request.customerId)
  if (onTheirWay.length > 0) return false
  const until = request.requestedAt.toISOString()
  const done = await call.transact(async (tx) => {
    if (!(await ports.erasureRequests.remove(tx, request))) return
    for (const customerId of ids) {
      await ports.personalData.lock(tx, customerId)
      if ((await ports.customerOrders.keptBy(tx, { customerId, until })).some(isOpen)) return erasureWaits()
    }
    for (const customerId of ids)
      await forgetCustomer(ports, tx, { by: request.customerId, erased: { customerId, until } }, call)
  })
  return !isRefusal(done)
}

/** Forgets those who asked for it as soon as their orders have ended. One that fails holds no other up. */
export const eraseWhenPossible = useCase("ordering.erase-when-possible", {
  input: z.strictObject({}),
  result: z.strictObject({ erased: z.int(), waiting: z.int() }),
  handle: (ports: ErasurePorts) => async (_, call) => {
    let erased = 0
    let waiting = 0
    for (const request of await ports.erasureRequests.due(BATCH)) {
      const isDone = await eraseOne(ports, request, call).catch((error: Error) => {
        if (!isUnavailable(error))
          alarm("erasure-failed", "a customer could not be forgotten", {
            customer: pseudonymOf(request.customerId),
            error,
          })
        return false
      })
      if (isDone) erased++
      else {
        await ports.erasureRequests.postpone(request.customerId)
        waiting++
      }
    }
    return { erased, waiting }
  },
})
