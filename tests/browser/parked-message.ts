import { randomUUID } from "node:crypto"
import { ServiceBusClient } from "@azure/service-bus"
import { toCloudEvent } from "@eshop/domain/contracts/event"
import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { shopClient } from "@eshop/local-cloud/shop/shop-client"

/** Tells Catalog that one unit more was paid than there is: the message waits for a person. */
export async function sellTooMany({ connections }: Cloud, sku: string): Promise<void> {
  const { onHand } = await shopClient(connections).stock(sku)
  const orderId = randomUUID()
  const data = { customerId: "of-a-test", orderId, total: usd(1_00), lines: [{ sku, quantity: onHand + 1 }] }
  const event = toCloudEvent(OrderPaid, { id: randomUUID(), time: new Date(), subject: orderId }, data)
  const bus = new ServiceBusClient(connections.serviceBus)
  await bus
    .createSender(OrderPaid.topic)
    .sendMessages({ body: event, messageId: event.id, subject: event.type })
  await bus.close()
}

/** Takes in the unit that was missing. */
export async function takeInOne({ connections }: Cloud, sku: string): Promise<void> {
  const shop = shopClient(connections)
  const headers = { "idempotency-key": randomUUID() }
  const body = { type: "change", quantity: 1, reason: "goods.received" }
  const path = `/catalog/stock/${sku}/adjustments`
  shop.expect(await shop.send(await shop.roleToken("inventory.write"), "POST", path, { body, headers }), 200)
}
