import type { Journal, JournalRecord } from "../storage/record.ts"
import { DuplicateHistory } from "./duplicate-history.ts"

/** What an entity knows of the messages it took: the next sequence number and, with duplicate detection, their ids. */
export class Intake {
  readonly #entity: string
  /** Absent: no duplicate detection. */
  readonly #history: DuplicateHistory | undefined
  #next = 1

  /** `duplicateWindow` in milliseconds; without it every message is new. */
  constructor(entity: string, duplicateWindow: number | undefined, journal: Journal) {
    this.#entity = entity
    if (duplicateWindow !== undefined) this.#history = new DuplicateHistory(entity, duplicateWindow, journal)
  }

  /** Gives out the next sequence number. */
  takeSequenceNumber(): number {
    return this.#next++
  }

  /** Remembers a message id. Returns false when it is a duplicate. */
  admit(messageId: string, now: number): boolean {
    return this.#history?.admit(messageId, now) ?? true
  }

  /** The facts that rebuild it. */
  *snapshot(now: number): Generator<JournalRecord> {
    yield { kind: "sequence", entity: this.#entity, next: this.#next }
    if (this.#history) yield* this.#history.snapshot(now)
  }

  /** Applies a fact of the journal, as far as it says something about what was taken. */
  replay(record: JournalRecord): void {
    if (record.kind === "put") this.#next = Math.max(this.#next, record.message.sequenceNumber + 1)
    else if (record.kind === "sequence") this.#next = Math.max(this.#next, record.next)
    else if (record.kind === "seen") this.#history?.restore(record.messageId, record.at)
  }
}
