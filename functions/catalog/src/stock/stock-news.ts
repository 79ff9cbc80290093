import type { Call } from "@eshop/building-blocks/app/call"
import { message, type OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import type { StockNews } from "@eshop/domain/catalog/reservation"
import {
  StockCommitted,
  StockRejected,
  StockReleased,
  StockReserved,
} from "@eshop/domain/contracts/catalog-events"

/** What other contexts hear of an order's stock. */
export function newsMessage(orderId: string, news: StockNews, call: Call): OutboxMessage {
  switch (news.type) {
    case "reserved":
      return message(StockReserved, orderId, { orderId, expiresAt: news.expiresAt.toISOString() }, call)
    case "rejected":
      return message(StockRejected, orderId, { orderId, shortages: [...news.shortages] }, call)
    case "committed":
      return message(StockCommitted, orderId, { orderId, lines: [...news.lines] }, call)
    case "released":
      return message(StockReleased, orderId, { orderId, lines: [...news.lines], reason: news.reason }, call)
  }
}
