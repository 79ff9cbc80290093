import { useCase } from "@eshop/building-blocks/use-case"
import { StockRejected, StockReserved } from "@eshop/domain/events/catalog-events"
import { STOCK_ANSWER, type StockAnswer } from "./checkout-saga.ts"
import type { Sagas } from "./ports.ts"

const tell = (sagas: Sagas, orderId: string, answer: StockAnswer) => sagas.tell(orderId, STOCK_ANSWER, answer)

/** Catalog has set the stock aside. */
export const hearStockReserved = ({ sagas }: { sagas: Sagas }) =>
  useCase("ordering.hear-stock-reserved", StockReserved.data, ({ orderId }, call) =>
    call.transact(() => tell(sagas, orderId, { outcome: "reserved" })),
  )

/** Catalog cannot serve the order. */
export const hearStockRejected = ({ sagas }: { sagas: Sagas }) =>
  useCase("ordering.hear-stock-rejected", StockRejected.data, ({ orderId, shortages }, call) =>
    call.transact(() => tell(sagas, orderId, { outcome: "rejected", shortages })),
  )
