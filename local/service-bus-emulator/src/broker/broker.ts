import type { Topology } from "../config.ts"
import type { Journal, JournalRecord } from "../storage/record.ts"
import { entityNotFound, notAllowed } from "./errors.ts"
import type { MessageQueue } from "./message-queue.ts"
import { deadLetterKey, type EntityCounts, type Forward, key, QueueEntity } from "./queue-entity.ts"
import type { Repetition } from "./repetition.ts"
import { Subscription, TopicEntity } from "./topic-entity.ts"

/** What messages can be sent to. */
export type Destination = QueueEntity | TopicEntity

/** What messages can be received from. */
export interface Source {
  queue: MessageQueue
  entity: QueueEntity
}

/** A namespace: its queues, topics and subscriptions by address, case-insensitive as in Azure. */
export class Broker {
  readonly journal: Journal
  readonly #queues = new Map<string, QueueEntity>()
  readonly #topics = new Map<string, TopicEntity>()
  readonly #subscriptions = new Map<string, Subscription>()
  #repetition: Repetition | undefined

  /** @param repetition of what is published to topics */
  constructor(topology: Topology, journal: Journal, repetition?: Repetition) {
    this.#repetition = repetition
    this.journal = journal
    const forward: Forward = (target, message, origin, now) => {
      const destination = this.#queues.get(key(target)) ?? this.#topics.get(key(target))
      destination?.takeForwarded(message, origin, now)
    }
    for (const queue of topology.queues)
      this.#queues.set(key(queue.name), new QueueEntity(queue, journal, forward))
    for (const { subscriptions, ...topic } of topology.topics) {
      const entity = new TopicEntity(topic, journal, () => this.#repetition)
      this.#topics.set(key(topic.name), entity)
      for (const { rules, ...declaration } of subscriptions) {
        const subscription = new Subscription(new QueueEntity(declaration, journal, forward), rules, journal)
        entity.subscriptions.set(key(declaration.name), subscription)
        this.#subscriptions.set(key(declaration.name), subscription)
      }
    }
  }

  /** What is published to topics from now on comes like this; as it is sent without one. */
  repeat(repetition: Repetition | undefined): void {
    this.#repetition = repetition
  }

  /** The entity that a sender addresses. Throws when there is none. */
  destination(address: string): Destination {
    const name = key(address)
    const destination = this.#queues.get(name) ?? this.#topics.get(name)
    if (destination) return destination
    if (this.#find(name)) throw notAllowed(`Messages cannot be sent to '${address}'.`)
    throw entityNotFound(address)
  }

  /** The queue that a receiver addresses: a queue, a subscription, or the dead-letter queue of one. */
  source(address: string): Source {
    const found = this.#find(key(address))
    if (found) return found
    if (this.#topics.has(key(address))) {
      throw notAllowed(`'${address}' is a topic: messages are received from its subscriptions.`)
    }
    throw entityNotFound(address)
  }

  /** The topic at an address, if it is one. */
  topic(address: string): TopicEntity | undefined {
    return this.#topics.get(key(address))
  }

  /** The subscription at an address. Throws when it is not one. */
  subscription(address: string): Subscription {
    const subscription = this.#subscriptions.get(key(address))
    if (!subscription) throw notAllowed(`'${address}' is not a subscription and has no rules.`)
    return subscription
  }

  /** Every queue, subscription and dead-letter queue. */
  *sources(): Generator<Source> {
    for (const entity of this.#entities()) {
      yield { queue: entity.main, entity }
      yield { queue: entity.deadLetters, entity }
    }
  }

  /** The counts of every queue, subscription and topic by name. */
  counts(): Record<string, EntityCounts> {
    const counts: Record<string, EntityCounts> = {}
    for (const entity of this.#entities()) counts[entity.declaration.name] = entity.counts
    for (const topic of this.#topics.values()) {
      const { scheduled } = topic.waiting.counts
      counts[topic.declaration.name] = { active: 0, deadLetter: 0, deferred: 0, scheduled }
    }
    return counts
  }

  /** Ends what is over at `now`: locks, times to live, waiting times. */
  expire(now: number): void {
    for (const topic of this.#topics.values()) topic.expire(now)
    for (const entity of this.#entities()) entity.expire(now)
  }

  /** The facts that rebuild the namespace, for a compacted journal. */
  *snapshot(now: number): Generator<JournalRecord> {
    for (const topic of this.#topics.values()) yield* topic.snapshot(now)
    for (const entity of this.#entities()) yield* entity.snapshot(now)
    for (const subscription of this.#subscriptions.values()) yield subscription.snapshotRules()
  }

  /** Applies a fact of the journal. Returns false when its entity is no longer declared. */
  replay(record: JournalRecord): boolean {
    if (record.kind === "rules") {
      this.#subscriptions.get(record.entity)?.replayRules(record)
      return true
    }
    const entity = this.#find(record.entity)?.entity ?? this.#topics.get(record.entity)
    entity?.replay(record)
    return entity !== undefined
  }

  *#entities(): Generator<QueueEntity> {
    yield* this.#queues.values()
    for (const subscription of this.#subscriptions.values()) yield subscription.entity
  }

  #find(name: string): Source | undefined {
    const suffix = deadLetterKey("")
    const dead = name.endsWith(suffix)
    const owner = dead ? name.slice(0, -suffix.length) : name
    const entity = this.#queues.get(owner) ?? this.#subscriptions.get(owner)?.entity
    return entity && { entity, queue: dead ? entity.deadLetters : entity.main }
  }
}
