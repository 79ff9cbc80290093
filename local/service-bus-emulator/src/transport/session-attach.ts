import rhea from "rhea"
import type { Source } from "../broker/broker.ts"
import { BrokerError, notAllowed } from "../broker/errors.ts"
import type { SessionHolder } from "../broker/session-lane.ts"
import { refuseLink, type SenderLink } from "./amqp.ts"
import type { AcceptedSession } from "./consumer-link.ts"
import type { Dispatcher, SessionWaiter } from "./dispatcher.ts"

const SESSION_FILTER = "com.microsoft:session-filter"
/** How long a receiver waits for any session when it names no timeout, in milliseconds. */
const DEFAULT_WAIT = 60_000
/** .NET ticks (100 ns since the year 1) at the Unix epoch. */
const EPOCH_TICKS = 621_355_968_000_000_000n

/** What a receiver asks for in its source filter: nothing, a named session, or any (`undefined` as id). */
export function requestedSession(sender: SenderLink): { sessionId: string | undefined } | undefined {
  const filter = sender.source?.filter as Record<string, unknown> | undefined
  if (!filter || !(SESSION_FILTER in filter)) return undefined
  const wanted = filter[SESSION_FILTER] as string | { value?: unknown } | null | undefined
  const sessionId = typeof wanted === "object" && wanted !== null ? wanted.value : wanted
  return { sessionId: typeof sessionId === "string" ? sessionId : undefined }
}

/** Throws unless the receiver's wish fits the queue: sessions exactly where they are required. */
export function checkSessionUse(source: Source, wantsSession: boolean): void {
  const { requiresSession } = source.queue.settings
  if (requiresSession && !wantsSession) {
    throw notAllowed(
      "It is not possible for an entity that requires sessions to create a non-sessionful message receiver.",
    )
  }
  if (!requiresSession && wantsSession) {
    throw notAllowed(
      "A sessionful message receiver cannot be created on an entity that does not require sessions.",
    )
  }
}

/**
 * Answers a receiver that wants a session, at once or when one becomes available. The attach that rhea is about to
 * send is held back until then, because it must carry the session's id and the end of its lock.
 */
export class SessionAttach implements SessionWaiter {
  readonly #source: Source
  readonly #sender: SenderLink
  readonly #dispatcher: Dispatcher
  readonly #sessionId: string | undefined
  readonly #onAccepted: (session: AcceptedSession) => void
  readonly #timer: NodeJS.Timeout
  readonly #holder: SessionHolder

  constructor(
    source: Source,
    sender: SenderLink,
    dispatcher: Dispatcher,
    sessionId: string | undefined,
    holder: SessionHolder,
    onAccepted: (session: AcceptedSession) => void,
  ) {
    this.#source = source
    this.#sender = sender
    this.#dispatcher = dispatcher
    this.#sessionId = sessionId
    this.#holder = holder
    this.#onAccepted = onAccepted
    sender.state.local_open = false
    sender.state.open_requests = 0
    const timeout = Number(sender.properties?.["com.microsoft:timeout"] ?? DEFAULT_WAIT)
    this.#timer = setTimeout(() => this.#timedOut(), timeout)
    if (!this.tryAccept(Date.now())) dispatcher.wait(this)
  }

  tryAccept(now: number): boolean {
    try {
      const lane = this.#source.queue.acceptSession(this.#sessionId, this.#holder, now)
      if (!lane) return false
      clearTimeout(this.#timer)
      const { address, filter } = this.#sender.source
      this.#sender.set_source({ address, filter: { ...filter, [SESSION_FILTER]: lane.sessionId } } as never)
      this.#sender.set_target({ address: this.#sender.target?.address } as never)
      this.#sender.local.attach.properties = {
        ...this.#sender.local.attach.properties,
        "com.microsoft:locked-until-utc": ticks(lane.lockedUntil),
      }
      this.#onAccepted({ lane, holder: this.#holder })
      this.#sender.open()
    } catch (error) {
      clearTimeout(this.#timer)
      refuseLink(this.#sender, error)
    }
    return true
  }

  /** The receiver stopped waiting. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#dispatcher.stopWaiting(this)
  }

  #timedOut(): void {
    this.#dispatcher.stopWaiting(this)
    const message = "No session with messages became available within the timeout."
    refuseLink(this.#sender, new BrokerError("com.microsoft:timeout", message))
  }
}

function ticks(milliseconds: number) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(Math.floor(milliseconds)) * 10_000n + EPOCH_TICKS)
  return rhea.types.wrap_long(bytes as never)
}
