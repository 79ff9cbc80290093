import type { CommandCall } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { decideReservation, holdChanges } from "@eshop/domain/catalog/stock"
import { StockRejected, StockReserved } from "@eshop/domain/contracts/catalog-events"
import { OrderCreated } from "@eshop/domain/contracts/ordering-events"
import { mergeLines } from "@eshop/domain/contracts/stock-lines"
import * as z from "zod"
import { type Stock, StockOvertakenError } from "./ports.ts"

/** After so many decisions in vain the message is handled anew. */
const ATTEMPTS = 20

type Ports = { readonly stock: Stock; readonly outbox: Outbox }

/** Sets stock aside for an order, all lines or none, and answers with StockReserved or StockRejected. */
export const reserveStock = command("catalog.reserve-stock", {
  input: OrderCreated.data,
  result: z.void(),
  handle: (ports: Ports) => (order, call) =>
    unlessOvertaken(() => call.commit((tx) => reserve(ports, tx, order, call))),
})

async function reserve(
  { stock, outbox }: Ports,
  tx: Parameters<Stock["levels"]>[0],
  { orderId, lines }: z.output<typeof OrderCreated.data>,
  call: CommandCall,
): Promise<void> {
  // The cancellation may have overtaken the creation: then nobody waits for an answer.
  if (await stock.lockReservation(tx, orderId)) return
  const skus = mergeLines(lines).map(({ sku }) => sku)
  const decision = decideReservation(await stock.levels(tx, skus), lines, call.now)
  if (decision.type === "rejected") {
    const shortages = [...decision.shortages]
    await stock.addReservation(tx, { orderId, status: "rejected", lines: [], expiresAt: call.now })
    await outbox.add(tx, [message(StockRejected, orderId, { orderId, shortages }, call)])
    return
  }
  const { expiresAt } = decision
  const reserved = { orderId, expiresAt: expiresAt.toISOString() }
  await stock.addReservation(tx, { orderId, status: "held", lines: decision.lines, expiresAt })
  await outbox.add(tx, [message(StockReserved, orderId, reserved, call)])
  await stock.change(tx, holdChanges(decision.lines))
}

/** Decides anew when others took units between the decision and the change; each time somebody got on. */
async function unlessOvertaken<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StockOvertakenError) || attempt === ATTEMPTS) throw error
    }
  }
}
