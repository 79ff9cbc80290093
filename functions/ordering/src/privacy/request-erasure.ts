import { type CommandCall, customerOf } from "@eshop/building-blocks/app/call"
import { change, useCase } from "@eshop/building-blocks/app/use-case"
import { CustomerId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { ErasureStatus, erasureStatus } from "./erasure-status.ts"
import type { ErasurePorts } from "./ports.ts"

async function request(ports: ErasurePorts, customerId: string, call: CommandCall): Promise<ErasureStatus> {
  await call.commit(async (tx) => {
    await ports.erasureRequests.put(tx, customerId)
    await ports.audit.add(tx, call, [
      { subject: `customer ${customerId}`, action: "erasure.requested", change: {} },
    ])
  })
  return await erasureStatus(ports, customerId, call)
}

const nothing = z.strictObject({})
const ofCustomer = z.strictObject({ customerId: CustomerId })

/** The customer, or the guest, wants to be forgotten: with everything that the shop knew of them until now. */
export const requestMyErasure = change("ordering.request-my-erasure", {
  input: nothing,
  result: ErasureStatus,
  handle: (ports: ErasurePorts) => (_, call) => request(ports, customerOf(call), call),
})

/** The same on behalf of a customer who asked for it in another way. */
export const requestErasure = change("ordering.request-erasure", {
  input: ofCustomer,
  result: ErasureStatus,
  handle:
    (ports: ErasurePorts) =>
    ({ customerId }, call) =>
      request(ports, customerId, call),
})

/** How the caller's own erasure stands. */
export const getMyErasure = useCase("ordering.get-my-erasure", {
  input: nothing,
  result: ErasureStatus,
  handle: (ports: ErasurePorts) => (_, call) => erasureStatus(ports, customerOf(call), call),
})

/** How the erasure of a customer stands. */
export const getErasure = useCase("ordering.get-erasure", {
  input: ofCustomer,
  result: ErasureStatus,
  handle:
    (ports: ErasurePorts) =>
    ({ customerId }, call) =>
      erasureStatus(ports, customerId, call),
})
