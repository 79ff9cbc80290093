import type { Journal, JournalRecord } from "../storage/record.ts"

/** Duplicate detection: the message ids that an entity saw within a time window (milliseconds). */
export class DuplicateHistory {
  readonly #entity: string
  readonly #window: number
  readonly #journal: Journal
  /** In the order they were seen. */
  readonly #seen = new Map<string, number>()

  constructor(entity: string, window: number, journal: Journal) {
    this.#entity = entity
    this.#window = window
    this.#journal = journal
  }

  /** Remembers an id. Returns false when it was already seen within the window. */
  admit(messageId: string, now: number): boolean {
    this.#forgetOld(now)
    if (this.#seen.has(messageId)) return false
    this.#seen.set(messageId, now)
    this.#journal.append({ kind: "seen", entity: this.#entity, messageId, at: now })
    return true
  }

  restore(messageId: string, at: number): void {
    // Deleted first, so that the order stays that of the times.
    this.#seen.delete(messageId)
    this.#seen.set(messageId, at)
  }

  /** The facts that rebuild the history. */
  *snapshot(now: number): Generator<JournalRecord> {
    this.#forgetOld(now)
    for (const [messageId, at] of this.#seen) yield { kind: "seen", entity: this.#entity, messageId, at }
  }

  #forgetOld(now: number): void {
    for (const [messageId, at] of this.#seen) {
      if (at + this.#window > now) return
      this.#seen.delete(messageId)
    }
  }
}
