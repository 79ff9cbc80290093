import rhea from "rhea"
import type { Broker } from "../broker/broker.ts"
import {
  accept,
  asBrokerError,
  type Delivery,
  decodeMessage,
  linkAddress,
  type Message,
  type ReceiverLink,
  type Sender,
} from "./amqp.ts"

/** The body of a request to a management node. */
export type Body = Record<string, unknown>

/** What a request is answered with. */
export interface Reply {
  status: number
  body?: unknown
}

/** Answers the requests to one node ($cbs or an entity's $management). Throws a BrokerError to refuse. */
export interface RequestNode {
  /** How the answer names its status: `status-code` on $cbs, `statusCode` on $management. */
  keys: { status: string; description: string; condition: string }
  handle(request: Message): Reply
}

/** HTTP status codes for error conditions, as Azure's management nodes answer them. */
const statusOf: Record<string, number> = {
  "amqp:unauthorized-access": 401,
  "amqp:not-found": 404,
  "com.microsoft:message-not-found": 404,
  "com.microsoft:entity-already-exists": 409,
  "com.microsoft:message-lock-lost": 410,
  "com.microsoft:session-lock-lost": 410,
  "com.microsoft:session-cannot-be-locked": 410,
  "amqp:not-implemented": 501,
  "amqp:internal-error": 500,
}

/** A status code. An AMQP int as the specification says: uAMQP does not take the uint that rhea would choose. */
const int = (status: number) => rhea.types.wrap_int(status)

/** A client's request link: takes requests and answers on the response link that the request names in reply-to. */
export class RequestLink {
  readonly #broker: Broker
  readonly #receiver: ReceiverLink
  readonly #node: RequestNode

  constructor(broker: Broker, receiver: ReceiverLink, node: RequestNode) {
    this.#broker = broker
    this.#receiver = receiver
    this.#node = node
  }

  onMessage(data: Buffer, delivery: Delivery): void {
    const request = decodeMessage(data)
    const reply = this.#answer(request)
    this.#broker.journal.afterCommit(() => {
      accept(delivery)
      // After the disposition, or the SDK takes the reply for that of another request.
      setImmediate(() => this.#responseLink(request)?.send(reply as never))
    })
  }

  #answer(request: Message): Message {
    const { keys } = this.#node
    const properties: Record<string, unknown> = {}
    let body: unknown
    try {
      const reply = this.#node.handle(request)
      properties[keys.status] = int(reply.status)
      properties[keys.description] = reply.status === 204 ? "No Content" : "OK"
      body = reply.body
    } catch (error) {
      const { condition, message } = asBrokerError(error)
      properties[keys.status] = int(statusOf[condition] ?? 400)
      properties[keys.description] = message
      properties[keys.condition] = condition
    }
    return { correlation_id: request.message_id, application_properties: properties, body } as Message
  }

  #responseLink(request: Message): Sender | undefined {
    const node = linkAddress(this.#receiver.target?.address).toLowerCase()
    let found: Sender | undefined
    const isNode = (link: Sender) => linkAddress(link.source?.address as string).toLowerCase() === node
    this.#receiver.connection.each_sender?.((link: Sender) => {
      if (!link.is_open() || !isNode(link)) return
      const named = link.target?.address === request.reply_to || link.name === request.reply_to
      if (named || (!found && link.session === this.#receiver.session)) found = link
    })
    return found
  }
}
