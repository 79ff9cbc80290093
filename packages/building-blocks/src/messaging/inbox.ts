import type { Tx } from "../use-case.ts"

/** The ids of handled messages. The claim commits with the effect: a redelivery finds it and does nothing. */
export type Inbox = {
  /** @returns false when the message was handled before */
  claim(tx: Tx, messageId: string): Promise<boolean>
}
