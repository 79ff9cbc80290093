/** What the engine asks of its storage. One store holds one task hub. */

export type RuntimeStatus = "Pending" | "Running" | "Suspended" | "Completed" | "Failed" | "Terminated"

/** The statuses of instances that run no more. */
export const endedStatuses: readonly RuntimeStatus[] = ["Completed", "Failed", "Terminated"]

export type ParentLink = { instanceId: string; executionId: string; eventId: number; name: string }

/** An orchestration instance: what the status API shows, and where its result goes. */
export type Instance = {
  id: string
  /** Changes with continueAsNew and with every new start under the same id. */
  executionId: string
  name: string
  version: string | null
  status: RuntimeStatus
  /** JSON text, like `customStatus`; `output` is JSON text or, after a failure or termination, plain text. */
  input: string | null
  output: string | null
  customStatus: string | null
  /** Milliseconds since 1970, like `updatedAt`. */
  createdAt: number
  updatedAt: number
  parent: ParentLink | null
}

/** A message that was accepted and not consumed yet. */
export type StoredMessage = { id: number; body: string }

export type Entity = {
  /** `@name@key`. */
  id: string
  /** JSON text; null when the entity does not exist. */
  state: string | null
  /** Instance that holds the lock. */
  lockedBy: string | null
  updatedAt: number
}

export type InstanceQuery = {
  idPrefix?: string
  createdFrom?: number
  createdTo?: number
  statuses?: readonly RuntimeStatus[]
  /** Page size. */
  top: number
  continuationToken?: string
}

export type EntityQuery = {
  /** Entity name in lower case. */
  name?: string
  updatedFrom?: number
  updatedTo?: number
  top: number
  continuationToken?: string
}

/** Collects the writes of one caller; those of several callers become one transaction. */
export type Writer = {
  /** Creates the instance; `replaces`: in place of one with the same id, its history and its messages. */
  createInstance(instance: Instance, replaces: boolean): void
  /** Writes the columns that an episode may change. */
  updateInstance(instance: Instance): void
  /** Writes the custom status alone. @param text JSON text, or null for none */
  setCustomStatus(instanceId: string, text: string | null): void
  /** Begins the next execution: writes the input and removes the history. */
  continueInstance(instance: Instance): void
  /** Appends events as comma-joined JSON texts; parts count up from 0 per instance. */
  appendHistory(instanceId: string, part: number, events: string): void
  deleteHistory(instanceId: string): void
  /** Removes the instance with history and messages, unless it runs (again) by the time of the write. */
  purgeEnded(instanceId: string): void
  /** Stores a message for an instance or entity; returns its id. */
  addMessage(target: string, body: string): number
  deleteMessage(id: number): void
  deleteMessages(target: string): void
  putEntity(entity: Entity): void
  deleteEntity(id: string): void
}

export type Store = {
  instance(id: string): Instance | undefined
  /** The comma-joined JSON texts of all events, and the number of parts they are stored in. */
  history(instanceId: string): { events: string; parts: number }
  messages(target: string): StoredMessage[]
  /** Ids of instances that are Pending, Running or Suspended, oldest first. */
  unfinishedInstances(): string[]
  /** Ids of at most `top` instances that ended before the time (milliseconds since 1970), longest ago first. */
  endedBefore(time: number, top: number): string[]
  listInstances(query: InstanceQuery): { instances: Instance[]; continuationToken?: string }
  entity(id: string): Entity | undefined
  listEntities(query: EntityQuery): { entities: Entity[]; continuationToken?: string }
  /** Entities that an orchestration has locked, with or without a state. */
  lockedEntities(): Entity[]
  /** Entities that have messages. */
  entitiesWithMessages(): string[]
  /**
   * Puts the writes, which `write` names at once, into the next group: one transaction, one flush to disk. Groups
   * are written in order. Resolves with what `write` returned when they are durable; until then reads do not see them.
   */
  commit<T>(write: (writer: Writer) => T): Promise<T>
  /** Commits what is ready and closes the file. */
  close(): Promise<void>
}
