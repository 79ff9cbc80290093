import type { ServiceBusClient } from "@azure/service-bus"
import { type HeldMessage, type ListenerContext, whenLetGo } from "./listener.ts"

/** How many messages are looked at: what is deferred or scheduled lies between those that wait. */
const PEEK_COUNT = 100

export type SilenceWatch = {
  /** Counts a message that was received; to be handed on in place of it. */
  follow(held: HeldMessage): HeldMessage
  stop(): void
}

/**
 * Looks once per `silenceMs` whether a listener that has nothing in hand and took nothing all the while has messages
 * waiting, and reports that as an error. Each look goes on where the one before ended, as a peek does. A lock does not show in a peek: messages that another host holds wait too.
 */
export function watchForSilence(context: ListenerContext, client: () => ServiceBusClient): SilenceWatch {
  const { trigger, host, silenceMs } = context
  let inHand = 0
  let silentSince = Date.now()

  async function look(): Promise<void> {
    if (inHand > 0 || Date.now() - silentSince < silenceMs) return
    const messages = await client().createReceiver(trigger.entityPath).peekMessages(PEEK_COUNT)
    const [first] = messages.filter(({ state }) => state === "active")
    if (first === undefined || inHand > 0 || Date.now() - silentSince < silenceMs) return
    host.log.log(
      "error",
      `Function '${trigger.fn.name}' has taken no message of '${trigger.entityPath}' for ` +
        `${Math.round((Date.now() - silentSince) / 1000)} s although messages wait there, the first since ` +
        `${first.enqueuedTimeUtc?.toISOString()} (MessageId=${first.messageId}). Unless another host holds them, ` +
        "this listener is deaf: restart the host.",
    )
  }

  // The broker's absence is reported where messages are received.
  const timer = setInterval(() => void look().catch(() => {}), silenceMs)
  return {
    follow(held) {
      inHand++
      return {
        ...whenLetGo(held, () => {
          inHand--
          silentSince = Date.now()
        }),
        leave() {
          held.leave()
          inHand--
          // What is left to its lock comes back only when that is over.
          silentSince = Math.max(Date.now(), held.message.lockedUntilUtc?.getTime() ?? 0)
        },
      }
    },
    stop: () => clearInterval(timer),
  }
}
