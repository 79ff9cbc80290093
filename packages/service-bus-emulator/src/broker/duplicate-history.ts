/** The message ids seen within a time window (milliseconds), in the order they came. */
export class DuplicateHistory {
  readonly #seen = new Map<string, number>()
  readonly #window: number

  constructor(window: number) {
    this.#window = window
  }

  /** Whether the id was seen within the window. */
  has(messageId: string, now: number): boolean {
    this.#forgetOld(now)
    return this.#seen.has(messageId)
  }

  add(messageId: string, at: number): void {
    this.#seen.set(messageId, at)
  }

  /** The ids still in the window and when each was seen. */
  entries(now: number): IterableIterator<[string, number]> {
    this.#forgetOld(now)
    return this.#seen.entries()
  }

  #forgetOld(now: number): void {
    for (const [messageId, at] of this.#seen) {
      if (at + this.#window > now) return
      this.#seen.delete(messageId)
    }
  }
}
