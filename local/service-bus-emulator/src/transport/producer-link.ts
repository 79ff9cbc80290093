import type { Broker, Destination } from "../broker/broker.ts"
import { messageTooLarge } from "../broker/errors.ts"
import { parseBatch, parseMessage } from "../message/parse.ts"
import { accept, asBrokerError, BATCH_FORMAT, type Delivery, reject } from "./amqp.ts"

/** A sender's link to a queue or topic. A message is accepted once it is durable. */
export class ProducerLink {
  readonly #broker: Broker
  readonly #destination: Destination
  readonly #maxMessageSize: number

  constructor(broker: Broker, destination: Destination, maxMessageSize: number) {
    this.#broker = broker
    this.#destination = destination
    this.#maxMessageSize = maxMessageSize
  }

  onMessage(data: Buffer, delivery: Delivery): void {
    try {
      if (data.length > this.#maxMessageSize) throw messageTooLarge(data.length, this.#maxMessageSize)
      const messages = delivery.format === BATCH_FORMAT ? parseBatch(data) : [parseMessage(data)]
      this.#destination.submit(messages, Date.now())
      this.#broker.journal.afterCommit(() => accept(delivery))
    } catch (error) {
      reject(delivery, asBrokerError(error))
    }
  }
}
