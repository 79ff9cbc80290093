/** What somebody wrote to the shop. Nothing of it belongs in a log but `id`. */
export type ContactMessage = {
  readonly id: string
  readonly at: string
  readonly name: string
  /** Where the answer goes. */
  readonly email: string
  /** As they wrote it. */
  readonly order?: string
  readonly text: string
}

/** Where people of the shop read what comes. */
export type ShopMailbox = {
  /**
   * Resolves once the message is the mailbox's; one that comes again takes its own place.
   * @throws Error where it could not be taken
   */
  take(message: ContactMessage): Promise<void>
}
