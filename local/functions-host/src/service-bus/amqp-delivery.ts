/**
 * Two things that the SDK knows of a received message and does not offer: whether the link it came on is still
 * open, and the AMQP outcome "released", which gives a message back without counting a failed delivery. Both are
 * read from the rhea delivery that the SDK keeps with the message; where it is missing, the answer is the safe one.
 */
import type { ServiceBusReceivedMessage } from "@azure/service-bus"

type Delivery = { link?: { is_open?(): boolean }; release?(): void }

const deliveryOf = (message: ServiceBusReceivedMessage) => (message as { delivery?: Delivery }).delivery

/** Whether the message's lock can still be used over its own link. */
export function isLinkOpen(message: ServiceBusReceivedMessage): boolean {
  return deliveryOf(message)?.link?.is_open?.() ?? true
}

/** Gives the message back uncounted; false when that is not possible. */
export function release(message: ServiceBusReceivedMessage): boolean {
  const delivery = deliveryOf(message)
  if (delivery?.release === undefined || !isLinkOpen(message)) return false
  delivery.release()
  return true
}
