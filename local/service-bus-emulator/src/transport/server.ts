import type { Socket } from "node:net"
import rhea from "rhea"
import type { MessageQueue } from "../broker/message-queue.ts"
import { type Connection, type Receiver, receiveUndecoded, type Sender, type Session } from "./amqp.ts"
import { type AttachmentOptions, Attachments } from "./attachments.ts"
import { Dispatcher } from "./dispatcher.ts"
import type { Listener } from "./listener.ts"

export interface ServerOptions extends AttachmentOptions {
  log: (message: string) => void
}

/**
 * How many unsettled deliveries a session may hold. rhea frees its buffer in order, so one message that a receiver
 * keeps for long holds back the places of all that came after it.
 */
const SESSION_BUFFER = 1 << 18

/** What rhea hands to its listeners; which parts are there depends on the event. */
interface Context {
  connection: Connection
  session: Session
  sender: Sender
  receiver: Receiver
  // biome-ignore lint/suspicious/noExplicitAny: the message is the undecoded data, the delivery as rhea types it
  [key: string]: any
}

/** Serves AMQP on the connections of a listener. */
export function serveAmqp(listener: Listener, options: ServerOptions): void {
  const dispatchers = new Map<MessageQueue, Dispatcher>()
  for (const { queue } of options.broker.sources()) dispatchers.set(queue, new Dispatcher(queue))
  const container = rhea.create_container({ id: "service-bus-emulator" })
  acceptAnonymous(container)
  const connections = new Map<Connection, Attachments>()
  const attachments = (context: Context): Attachments => {
    let known = connections.get(context.connection)
    if (!known) {
      known = new Attachments(options, dispatchers)
      connections.set(context.connection, known)
    }
    return known
  }
  // biome-ignore lint/suspicious/noExplicitAny: rhea types every listener's argument as any
  const on = (event: string, listener: (context: any) => void) => container.on(event, listener)
  on("session_open", ({ session }: Context) => receiveUndecoded(session))
  on("receiver_open", (context: Context) => attachments(context).receiverOpened(context.receiver))
  on("sender_open", (context: Context) => attachments(context).senderOpened(context.sender))
  on("message", (context: Context) =>
    attachments(context).message(context.receiver, context.message, context.delivery),
  )
  on("sender_flow", (context: Context) => attachments(context).flow(context.sender))
  for (const kind of ["accepted", "rejected", "released", "modified"] as const) {
    on(kind, (context: Context) => attachments(context).outcome(context.sender, context.delivery, kind))
  }
  on("sender_close", (context: Context) => attachments(context).closed(context.sender))
  on("receiver_close", (context: Context) => attachments(context).closed(context.receiver))
  on("session_close", (context: Context) => attachments(context).sessionClosed(context.session))
  const gone = (context: Context) => {
    connections.get(context.connection)?.allClosed()
    connections.delete(context.connection)
  }
  on("connection_close", gone)
  on("disconnected", gone)
  for (const event of [
    "error",
    "protocol_error",
    "connection_error",
    "session_error",
    "sender_error",
    "receiver_error",
  ]) {
    on(event, (context: Context | Error) => options.log(`AMQP ${event}: ${describe(context)}`))
  }
  const connectionOptions = {
    session_buffer_size: SESSION_BUFFER,
    max_frame_size: 65_536,
    receiver_options: { credit_window: 2000, autoaccept: false },
    sender_options: { autosettle: false, treat_modified_as_released: false },
  }
  listener.serve((socket) => {
    const connection = container.create_connection(connectionOptions as never)
    ;(connection as unknown as { accept(socket: Socket): void }).accept(socket)
  })
}

/** SASL: clients authenticate on $cbs, so the connection itself is anonymous (MSSBCBS is .NET's name for that). */
function acceptAnonymous(container: unknown): void {
  const mechanisms = (container as { sasl_server_mechanisms: Record<string, unknown> }).sasl_server_mechanisms
  ;(mechanisms.enable_anonymous as () => void).call(mechanisms)
  mechanisms.MSSBCBS = mechanisms.ANONYMOUS
}

function describe(context: Context | Error): string {
  if (context instanceof Error) return context.message
  const cause = context.error ?? context.receiver?.error ?? context.sender?.error ?? context.session?.error
  return cause?.description ?? cause?.message ?? "unknown"
}
