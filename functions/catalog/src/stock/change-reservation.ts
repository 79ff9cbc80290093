import type { CommandCall, Committed } from "@eshop/building-blocks/app/call"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import { count } from "@eshop/building-blocks/telemetry/metrics"
import {
  awaitedReservation,
  decideReservation,
  linesToTake,
  type ReservationEvent,
  type stockGone,
} from "@eshop/domain/catalog/reservation"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { changeStock } from "./change-stock.ts"
import { StockOvertakenError, type StockPorts } from "./ports.ts"
import { newsMessage } from "./stock-news.ts"
import { unlessOvertaken } from "./unless-overtaken.ts"

type Answer<Event extends ReservationEvent> =
  | Committed<void>
  | (Event["type"] extends "paid" ? RefusalOf<[typeof stockGone]> : never)

/**
 * The one way in which an event changes an order's reservation: lock it, decide, write its state, the news and the
 * stock in one transaction; again when others were faster.
 * @param holdId the hold that the order names
 */
export const changeReservation = <Event extends ReservationEvent>(
  ports: StockPorts,
  call: CommandCall,
  orderId: string,
  event: Event,
  holdId?: string,
): Promise<Answer<Event>> => {
  const { stock, outbox } = ports
  return unlessOvertaken(ports, call, () =>
    call.commit(async (tx) => {
      const known = await stock.reservations.lock(tx, orderId)
      const before = known ?? awaitedReservation(orderId, call.now)
      const toTake = linesToTake(before, event)
      const hold = toTake.length > 0 && holdId !== undefined ? await stock.holds.lock(tx, holdId) : undefined
      const levels = toTake.length > 0 ? await stock.levels(tx, toTake, call.now) : []
      const decision = decideReservation(before, event, { levels, now: call.now, ...(hold && { hold }) })
      if (isRefusal(decision)) return decision
      if ("type" in decision) throw new StockOvertakenError(decision.skus)
      const { reservation, changes, news, taken } = decision
      if (!known) await stock.reservations.add(tx, reservation)
      else if (reservation !== known) await stock.reservations.save(tx, [reservation])
      if (taken) await stock.holds.save(tx, [taken])
      await outbox.add(
        tx,
        news.map((one) => newsMessage(orderId, one, call)),
      )
      await changeStock(ports, tx, changes, call)
      if (news.some(({ type }) => type === "rejected"))
        afterCommit(tx, () => count("eshop.stock.refusals", 1, { "eshop.reason": "reservation" }))
    }),
  ) as Promise<Answer<Event>>
}
