import rhea from "rhea"
import type { Broker, Source } from "../broker/broker.ts"
import { argumentError, BrokerError, messageLockLost, messageTooLarge } from "../broker/errors.ts"
import type { PropertyChanges } from "../broker/message.ts"
import type { Settlement } from "../broker/queue-contract.ts"
import type { SessionLane } from "../broker/session-lane.ts"
import { parseMessage } from "../message/parse.ts"
import { encodeForDelivery } from "../message/wire.ts"
import type { Message } from "./amqp.ts"
import { addRule, enumerateRules, removeRule } from "./management-rules.ts"
import type { Body, Reply, RequestNode } from "./request-link.ts"

/** AMQP type codes for arrays. */
const LONG = 0x81
const TIMESTAMP = 0x83
const MAX_MANAGEMENT_ITEMS = 250

/**
 * The management node of an entity:
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response
 */
export class ManagementNode implements RequestNode {
  readonly keys = { status: "statusCode", description: "statusDescription", condition: "errorCondition" }
  readonly #broker: Broker
  readonly #address: string
  readonly #maxMessageSize: number

  /** Throws when the entity does not exist. */
  constructor(broker: Broker, address: string, maxMessageSize: number) {
    this.#broker = broker
    this.#address = address
    this.#maxMessageSize = maxMessageSize
    if (!broker.topic(address)) broker.source(address)
  }

  handle(request: Message): Reply {
    const properties = request.application_properties ?? {}
    const body = (request.body ?? {}) as Body
    const linkName = properties["associated-link-name"] as string | undefined
    const now = Date.now()
    const operation = String(properties.operation)
    switch (operation.replace("com.microsoft:", "")) {
      case "peek-message":
        return this.#peek(body, now)
      case "schedule-message":
        return this.#schedule(body, now)
      case "cancel-scheduled-message":
        this.#broker.destination(this.#address).cancelScheduled(numbers(body["sequence-numbers"]), now)
        return { status: 200 }
      case "renew-lock":
        return this.#renewLocks(body, now)
      case "receive-by-sequence-number":
        return this.#receiveDeferred(body, linkName, now)
      case "update-disposition":
        return this.#updateDisposition(body, now)
      case "batch-delete-messages":
        return this.#deleteBatch(body, now)
      case "renew-session-lock": {
        const lane = this.#session(body, linkName, now)
        return { status: 200, body: { expiration: new Date(this.#source().queue.renewSession(lane, now)) } }
      }
      case "get-session-state":
        return { status: 200, body: { "session-state": this.#session(body, linkName, now).state ?? null } }
      case "set-session-state": {
        const state = body["session-state"]
        const lane = this.#session(body, linkName, now)
        this.#source().queue.setSessionState(lane, Buffer.isBuffer(state) ? state : undefined, now)
        return { status: 200 }
      }
      case "get-message-sessions":
        return this.#listSessions(body)
      case "add-rule":
        addRule(this.#broker.subscription(this.#address), body)
        return { status: 200 }
      case "remove-rule":
        removeRule(this.#broker.subscription(this.#address), body)
        return { status: 200 }
      case "enumerate-rules":
        return enumerateRules(this.#broker.subscription(this.#address), body)
      default:
        throw new BrokerError("amqp:not-implemented", `The operation '${operation}' is not supported.`)
    }
  }

  #source(): Source {
    return this.#broker.source(this.#address)
  }

  #peek(body: Body, now: number): Reply {
    const from = number(body["from-sequence-number"])
    const count = Math.min(number(body["message-count"]), MAX_MANAGEMENT_ITEMS)
    const queue = this.#broker.topic(this.#address)?.waiting ?? this.#source().queue
    const messages = queue.peek(from, count, body["session-id"] as string | undefined, now)
    if (messages.length === 0) return { status: 204, body: { messages: [] } }
    const omitBody = body["omit-message-body"] === true
    const encoded = messages.map((message) => ({ message: encodeForDelivery(message, { omitBody }) }))
    return { status: 200, body: { messages: encoded } }
  }

  #schedule(body: Body, now: number): Reply {
    const encoded = list(body.messages).map((item) => (item as Body).message as Buffer)
    const size = encoded.reduce((sum, { length }) => sum + length, 0)
    if (size > this.#maxMessageSize) throw messageTooLarge(size, this.#maxMessageSize)
    const sequenceNumbers = this.#broker.destination(this.#address).submit(encoded.map(parseMessage), now)
    return {
      status: 200,
      body: { "sequence-numbers": rhea.types.wrap_array(sequenceNumbers, LONG, undefined) },
    }
  }

  #renewLocks(body: Body, now: number): Reply {
    const { queue } = this.#source()
    const expirations = tokens(body).map((token) => queue.renew(token, now))
    return { status: 200, body: { expirations: rhea.types.wrap_array(expirations, TIMESTAMP, undefined) } }
  }

  #receiveDeferred(body: Body, linkName: string | undefined, now: number): Reply {
    const { queue } = this.#source()
    const sessionId = body["session-id"] as string | undefined
    if (queue.settings.requiresSession) queue.lockedSession(sessionId ?? "", linkName, now)
    const messages = queue.deferred(numbers(body["sequence-numbers"]), sessionId, now)
    const destructive = number(body["receiver-settle-mode"] ?? 1) === 0
    const items = messages.map((message) => {
      if (destructive) {
        queue.take(message)
        return { message: encodeForDelivery(message) }
      }
      const lock = queue.lock(message, now)
      const lockToken = swapGuid(Buffer.from(lock.token, "hex"))
      const encoded = encodeForDelivery(message, { lockedUntil: lock.until, lockToken })
      return { message: encoded, "lock-token": rhea.types.wrap_uuid(lockToken as never) }
    })
    return { status: 200, body: { messages: items } }
  }

  #updateDisposition(body: Body, now: number): Reply {
    const { queue } = this.#source()
    const settlement = settlementOf(body)
    const all = tokens(body)
    if (!all.every((token) => queue.owns(token))) throw messageLockLost()
    for (const token of all) queue.settle(token, settlement, now)
    return { status: 200 }
  }

  #deleteBatch(body: Body, now: number): Reply {
    const before = body["enqueued-time-utc"]
    const until = before instanceof Date ? before.getTime() : now
    const count = this.#source().queue.deleteBatch(number(body["message-count"]), until, now)
    return { status: count > 0 ? 200 : 204, body: { "message-count": rhea.types.wrap_int(count) } }
  }

  #session(body: Body, linkName: string | undefined, now: number): SessionLane {
    return this.#source().queue.lockedSession(String(body["session-id"]), linkName, now)
  }

  #listSessions(body: Body): Reply {
    const updated = body["last-updated-time"]
    // The largest date asks for the sessions with messages, any other for those whose state changed since.
    const after =
      updated instanceof Date && updated.getTime() < Date.UTC(9999, 11, 31) ? updated.getTime() : undefined
    const skip = number(body.skip ?? 0)
    const ids = this.#source()
      .queue.sessionIds(after)
      .slice(skip, skip + number(body.top ?? 100))
    if (ids.length === 0) return { status: 204, body: { skip, "sessions-ids": [] } }
    return { status: 200, body: { skip: rhea.types.wrap_int(skip), "sessions-ids": ids } }
  }
}

function settlementOf(body: Body): Settlement {
  const properties = (body["properties-to-modify"] ?? {}) as PropertyChanges
  switch (body["disposition-status"]) {
    case "completed":
      return { kind: "complete" }
    case "abandoned":
      return { kind: "abandon", properties }
    case "defered":
      return { kind: "defer", properties }
    case "suspended": {
      const settlement: Settlement = { kind: "deadLetter", properties }
      if (body["deadletter-reason"] != null) settlement.reason = String(body["deadletter-reason"])
      if (body["deadletter-description"] != null)
        settlement.description = String(body["deadletter-description"])
      return settlement
    }
    default:
      throw argumentError(`The disposition status '${String(body["disposition-status"])}' is not known.`)
  }
}

/** Lock tokens travel as UUIDs in network order, delivery tags in .NET's order. */
const tokens = (body: Body): string[] =>
  list(body["lock-tokens"]).map((token) => swapGuid(token as Buffer).toString("hex"))

/** Swaps a GUID between .NET's byte order and that of RFC 9562: the first three groups are reversed. */
function swapGuid(bytes: Buffer): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  return Buffer.from(order.map((index) => bytes[index] ?? 0))
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  throw argumentError("A list is missing in the request.")
}

function number(value: unknown): number {
  if (typeof value === "number") return value
  // Integers beyond 2^53 arrive as eight bytes.
  if (Buffer.isBuffer(value) && value.length === 8) return Number(value.readBigInt64BE())
  throw argumentError("A number is missing in the request.")
}

const numbers = (value: unknown): number[] => list(value).map(number)
