import type { Broker } from "../broker/broker.ts"
import { BrokerError, notAllowed } from "../broker/errors.ts"
import type { MessageQueue } from "../broker/message-queue.ts"
import {
  type Delivery,
  linkAddress,
  type Receiver,
  type ReceiverLink,
  refuseLink,
  reportOutcomes,
  type Sender,
  type SenderLink,
  type Session,
  settle,
} from "./amqp.ts"
import { CbsNode } from "./cbs.ts"
import { ConsumerLink } from "./consumer-link.ts"
import type { Dispatcher } from "./dispatcher.ts"
import { ManagementNode } from "./management.ts"
import { ProducerLink } from "./producer-link.ts"
import { RequestLink } from "./request-link.ts"
import { checkSessionUse, requestedSession, SessionAttach } from "./session-attach.ts"
import { Claims } from "./shared-access.ts"

const CBS = "$cbs"
const MANAGEMENT = "/$management"

export interface AttachmentOptions {
  broker: Broker
  sharedAccessKey: string
  /** The largest message or batch in bytes. */
  maxMessageSize: number
}

/** The links of one connection, and what each is attached to. */
export class Attachments {
  readonly #options: AttachmentOptions
  readonly #dispatchers: Map<MessageQueue, Dispatcher>
  readonly #claims: Claims
  readonly #incoming = new Map<Receiver, ProducerLink | RequestLink>()
  readonly #outgoing = new Map<Sender, ConsumerLink | SessionAttach>()

  constructor(options: AttachmentOptions, dispatchers: Map<MessageQueue, Dispatcher>) {
    this.#options = options
    this.#dispatchers = dispatchers
    this.#claims = new Claims(options.sharedAccessKey)
  }

  /** A client attaches to send: to an entity, or requests to a node. */
  receiverOpened(receiver: Receiver): void {
    const { broker, maxMessageSize } = this.#options
    const link = receiver as ReceiverLink
    const address = linkAddress(link.target?.address)
    try {
      checkSupported(link)
      if (address === CBS)
        this.#incoming.set(receiver, new RequestLink(broker, link, new CbsNode(this.#claims)))
      else {
        this.#claims.require(address, Date.now())
        const entity = managedEntity(address)
        const handler =
          entity === undefined
            ? new ProducerLink(broker, broker.destination(address), maxMessageSize)
            : new RequestLink(broker, link, new ManagementNode(broker, entity, maxMessageSize))
        this.#incoming.set(receiver, handler)
      }
      link.set_target({ address: link.target?.address } as never)
      link.set_source({ address: link.source?.address } as never)
      link.local.attach.max_message_size = maxMessageSize
    } catch (error) {
      refuseLink(receiver, error)
    }
  }

  /** A client attaches to receive: from a queue, or the answers of a node. */
  senderOpened(sender: Sender): void {
    const link = sender as SenderLink
    const address = linkAddress(link.source?.address as string | undefined)
    try {
      if (address !== CBS) this.#claims.require(address, Date.now())
      link.local.attach.snd_settle_mode = link.snd_settle_mode
      link.local.attach.rcv_settle_mode = link.rcv_settle_mode
      link.local.attach.max_message_size = this.#options.maxMessageSize
      if (address === CBS || managedEntity(address) !== undefined) echoTermini(link)
      else this.#attachConsumer(link, address)
    } catch (error) {
      refuseLink(sender, error)
    }
  }

  message(receiver: Receiver, data: Buffer, delivery: Delivery): void {
    this.#incoming.get(receiver)?.onMessage(data, delivery)
  }

  flow(sender: Sender): void {
    const consumer = this.#outgoing.get(sender)
    const drain = (sender as unknown as { _draining: boolean })._draining
    if (consumer instanceof ConsumerLink) consumer.onFlow(drain)
  }

  outcome(sender: Sender, delivery: Delivery, kind: "accepted" | "rejected" | "released" | "modified"): void {
    const consumer = this.#outgoing.get(sender)
    if (consumer instanceof ConsumerLink) consumer.settle(delivery, kind)
    // An answer of $cbs or $management: nothing depends on its outcome.
    else settle(delivery)
  }

  closed(link: Sender | Receiver): void {
    reportOutcomes(link.session)
    this.#incoming.delete(link as Receiver)
    const outgoing = this.#outgoing.get(link as Sender)
    this.#outgoing.delete(link as Sender)
    if (outgoing instanceof ConsumerLink) outgoing.closed()
    else outgoing?.cancel()
  }

  sessionClosed(session: Session): void {
    for (const link of [...this.#incoming.keys(), ...this.#outgoing.keys()]) {
      if (link.session === session) this.closed(link)
    }
  }

  allClosed(): void {
    for (const link of [...this.#incoming.keys(), ...this.#outgoing.keys()]) this.closed(link)
  }

  #attachConsumer(link: SenderLink, address: string): void {
    const { broker } = this.#options
    const source = broker.source(address)
    if (source.queue === source.entity.main && source.entity.declaration.forwardTo !== undefined) {
      throw notAllowed(
        `'${address}' forwards its messages: receive from '${source.entity.declaration.forwardTo}'.`,
      )
    }
    const dispatcher = this.#dispatchers.get(source.queue) as Dispatcher
    const wanted = requestedSession(link)
    checkSessionUse(source, wanted !== undefined)
    if (!wanted) {
      echoTermini(link)
      this.#outgoing.set(link, new ConsumerLink(broker, source, link, dispatcher))
      return
    }
    let consumer: ConsumerLink | undefined
    const holder = {
      linkName: link.name,
      sessionLost: (sessionId: string) => consumer?.loseSession(sessionId),
    }
    const attach = new SessionAttach(source, link, dispatcher, wanted.sessionId, holder, (session) => {
      consumer = new ConsumerLink(broker, source, link, dispatcher, session)
      this.#outgoing.set(link, consumer)
    })
    if (!consumer) this.#outgoing.set(link, attach)
  }
}

/** The entity whose management node an address names, if it names one. */
function managedEntity(address: string): string | undefined {
  return address.toLowerCase().endsWith(MANAGEMENT) ? address.slice(0, -MANAGEMENT.length) : undefined
}

/** Refuses what would otherwise seem to work: transactions, and sending through another entity. */
function checkSupported(link: ReceiverLink): void {
  const via = link.properties?.["com.microsoft:transfer-destination-address"]
  // The target of a transaction's link is a coordinator, which rhea does not know and leaves empty.
  if (link.target === null || via !== undefined) {
    throw new BrokerError(
      "amqp:not-implemented",
      "Transactions and sending via another entity are not supported.",
    )
  }
}

function echoTermini(link: SenderLink): void {
  link.set_source({ address: link.source?.address } as never)
  link.set_target({ address: link.target?.address } as never)
}
