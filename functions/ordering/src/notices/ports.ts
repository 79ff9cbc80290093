import type { Tx } from "@eshop/building-blocks/app/call"
import type { Language } from "../locale.ts"
import type { NoticeKind, QueuedNotice } from "./notice.ts"

/** A notice as it leaves: to somebody, in their language. Nothing of it belongs in a log but `id`, `kind` and `language`. */
export type Notice = {
  /** The same when it is sent again: by it a provider recognises a repetition. */
  readonly id: string
  readonly orderId: string
  readonly kind: NoticeKind
  readonly language: Language
  readonly to: { readonly name: string; readonly address: string }
  readonly subject: string
  /** The same in two forms. */
  readonly text: string
  readonly html: string
}

/** Where notices to customers go. */
export type Notices = {
  /** Resolves once the notice is somebody else's to deliver. */
  send(notice: Notice): Promise<void>
  /** Its customer was forgotten: what is still ours of an order's notices goes. */
  forget(orderId: string): Promise<void>
}

/** Notices that wait for their sending. */
export type NoticeQueue = {
  /** They are due at once. */
  add(tx: Tx, notices: readonly QueuedNotice[]): Promise<void>
  /** Takes notices that are due, oldest first; nobody else gets them within `leaseSeconds`. */
  claim(limit: number, leaseSeconds: number): Promise<readonly ClaimedNotice[]>
  remove(ids: readonly string[]): Promise<void>
  /** It is due again after so long, with one more failed attempt. */
  postpone(id: string, delaySeconds: number): Promise<void>
}

export type ClaimedNotice = QueuedNotice & { readonly attempts: number }
