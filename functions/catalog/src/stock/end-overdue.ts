import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { decideReservation } from "@eshop/domain/catalog/reservation"
import { expireHold } from "@eshop/domain/catalog/stock-hold"
import { changeStock } from "./change-stock.ts"
import type { StockPorts } from "./ports.ts"
import { newsMessage } from "./stock-news.ts"

/** So many end in one transaction. */
const BATCH = 100

/** Gives back the units of all holds and reservations past their end, in short transactions. @returns how many ended */
export async function endOverdue(ports: StockPorts, call: Call): Promise<number> {
  let ended = 0
  for (const endSome of [endReservations, endHolds])
    for (let some = BATCH; some === BATCH; ended += some)
      some = await call.transact((tx) => endSome(ports, tx, call))
  return ended
}

/** Gives back some of the overdue units of these variants, or waits for who is doing it. */
export async function endSomeOverdueOf(
  ports: StockPorts,
  call: Call,
  skus: readonly string[],
): Promise<void> {
  for (const endSome of [endReservations, endHolds])
    await call.transact((tx) => endSome(ports, tx, call, skus))
}

type EndSome = (ports: StockPorts, tx: Tx, call: Call, skus?: readonly string[]) => Promise<number>

const endReservations: EndSome = async (ports, tx, call, skus) => {
  const { stock, outbox } = ports
  const overdue = skus
    ? await stock.reservations.lockOverdueOf(tx, skus, call.now, BATCH)
    : await stock.reservations.lockOverdue(tx, call.now, BATCH)
  const decisions = overdue.map((reservation) =>
    decideReservation(reservation, { type: "timeUp" }, { levels: [], now: call.now }),
  )
  await stock.reservations.save(
    tx,
    decisions.map(({ reservation }) => reservation),
  )
  const messages = decisions.flatMap(({ reservation: { orderId }, news }) =>
    news.map((one) => newsMessage(orderId, one, call)),
  )
  await outbox.add(tx, messages)
  const changes = decisions.flatMap((decision) => decision.changes)
  await changeStock(ports, tx, changes, call)
  return overdue.length
}

const endHolds: EndSome = async (ports, tx, call, skus) => {
  const { holds } = ports.stock
  const overdue = skus
    ? await holds.lockOverdueOf(tx, skus, call.now, BATCH)
    : await holds.lockOverdue(tx, call.now, BATCH)
  const decisions = overdue.map((hold) => expireHold(hold, call.now))
  await holds.save(
    tx,
    decisions.map(({ hold }) => hold),
  )
  const changes = decisions.flatMap((decision) => decision.changes)
  await changeStock(ports, tx, changes, call)
  return overdue.length
}
