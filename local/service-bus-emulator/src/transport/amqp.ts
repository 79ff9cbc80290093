import rhea, {
  type Connection,
  type Delivery,
  type Message,
  type Receiver,
  type Sender,
  type Session,
} from "rhea"
import { BrokerError } from "../broker/errors.ts"

/** The parts of rhea that its published types leave out and the emulator needs. */
export interface LinkInternals {
  credit: number
  delivery_count: number
  issue_flow: boolean
  state: { local_open: boolean; open_requests: number }
  local: {
    attach: {
      source?: unknown
      target?: unknown
      snd_settle_mode?: number
      rcv_settle_mode?: number
      max_message_size?: number
      properties?: Record<string, unknown>
    }
  }
  _get_drain(): boolean
}
export interface SessionInternals {
  outgoing: { available(): number; process(): void }
  on_transfer(frame: { performative: { message_format: number | null } }): void
}
export type SenderLink = Sender & LinkInternals
export type ReceiverLink = Receiver & LinkInternals

/** rhea's outcomes, which its published types leave out. */
const outcomes = rhea.message as unknown as {
  accepted(): { described(): unknown }
  rejected(fields: { error: { condition: string; description: string } }): { described(): unknown }
}

/** Any format that is not 0 makes rhea hand over a message as it came, without decoding it. */
const UNDECODED = 0x7fffffff
/** The message format of a batch: each data section is an encoded message. */
export const BATCH_FORMAT = 0x80013700

/** Keeps rhea from decoding the messages of a session, so that their encoding survives to the receiver. */
export function receiveUndecoded(session: Session): void {
  const internals = session as unknown as SessionInternals
  const onTransfer = internals.on_transfer
  internals.on_transfer = (frame) => {
    frame.performative.message_format ||= UNDECODED
    onTransfer.call(session, frame)
  }
}

/**
 * Reports the outcomes that came before what is being handled now. rhea reports a close at once and outcomes at the
 * end of the turn, so a settlement in the same read as its link's detach would come too late.
 */
export function reportOutcomes(session: Session): void {
  ;(session as unknown as SessionInternals).outgoing.process()
}

/** Decodes a message that rhea handed over undecoded. */
export const decodeMessage = (data: Buffer): Message => rhea.message.decode(data) as unknown as Message

/** A link address without scheme, host and surrounding slashes. */
export function linkAddress(address: string | undefined): string {
  return (address ?? "").replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/^\/+|\/+$/g, "")
}

/** Answers a delivery with `accepted` and settles it. */
export function accept(delivery: Delivery): void {
  settle(delivery, outcomes.accepted().described())
}

/** Answers a delivery with an error and settles it. */
export function reject(delivery: Delivery, error: BrokerError): void {
  const { condition, message: description } = error
  settle(delivery, outcomes.rejected({ error: { condition, description } }).described())
}

/** Settles a delivery, with an outcome if it needs one. */
export function settle(delivery: Delivery, outcome?: unknown): void {
  delivery.update(true, outcome)
  // Clients of Service Bus never send settled=true: without this the delivery would stay in rhea's buffer for ever.
  ;(delivery as { remote_settled: boolean }).remote_settled = true
}

/** Refuses a link: an attach without terminus, then a detach with the error. */
export function refuseLink(link: Sender | Receiver, error: unknown): void {
  const { condition, message: description } = asBrokerError(error)
  link.open()
  link.close({ condition, description } as never)
}

/** Any failure as one that a client can be told. */
export function asBrokerError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error
  if (error instanceof RangeError) return new BrokerError("amqp:decode-error", error.message)
  return new BrokerError("amqp:internal-error", error instanceof Error ? error.message : String(error))
}

export type { Connection, Delivery, Message, Receiver, Sender, Session }
