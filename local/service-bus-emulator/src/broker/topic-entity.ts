import { type CompiledRule, compileRule, type RuleDescription } from "../filters/rule.ts"
import { type MessageProperties, readProperties } from "../message/edit.ts"
import type { Journal, JournalRecord } from "../storage/record.ts"
import { argumentError, BrokerError } from "./errors.ts"
import { Intake } from "./intake.ts"
import type { IncomingMessage } from "./message.ts"
import { MessageQueue } from "./message-queue.ts"
import { key, type Origin, type QueueEntity } from "./queue-entity.ts"
import { pausesOf, type Repetition } from "./repetition.ts"

/** A topic as declared. Durations are milliseconds. */
export interface TopicDeclaration {
  name: string
  defaultTtl: number
  duplicateWindow?: number
}

/** A subscription: a queue fed through rules. */
export class Subscription {
  readonly entity: QueueEntity
  readonly #journal: Journal
  /** The declared rules as text: rules changed at run time are forgotten when the declaration changes. */
  readonly #declared: string
  #rules = new Map<string, CompiledRule>()

  constructor(entity: QueueEntity, rules: RuleDescription[], journal: Journal) {
    this.entity = entity
    this.#journal = journal
    this.#declared = JSON.stringify(rules)
    this.#setRules(rules)
  }

  /** The rules in the order they were added. */
  get rules(): RuleDescription[] {
    return [...this.#rules.values()].map((rule) => rule.description)
  }

  /** Adds a rule. Throws when the name is taken or the filter is wrong. */
  addRule(description: RuleDescription): void {
    if (this.#rules.has(key(description.name))) {
      throw new BrokerError(
        "com.microsoft:entity-already-exists",
        `The messaging entity '${this.entity.declaration.name}/Rules/${description.name}' already exists.`,
      )
    }
    const rule = compile(description)
    this.#rules.set(key(description.name), rule)
    this.#saveRules()
  }

  /** Removes a rule. Throws when there is none of that name. */
  removeRule(name: string): void {
    if (!this.#rules.delete(key(name))) {
      const address = `${this.entity.declaration.name}/Rules/${name}`
      throw new BrokerError("amqp:not-found", `The messaging entity '${address}' could not be found.`)
    }
    this.#saveRules()
  }

  /**
   * Offers a published message. Rules without an action share one copy; each matching rule with an action makes a
   * copy of its own. A filter or action that fails dead-letters the message.
   */
  offer(message: IncomingMessage, properties: () => MessageProperties, origin: Origin, now: number): void {
    let shared = false
    for (const rule of this.#rules.values()) {
      try {
        if (!rule.matches(properties)) continue
        if (rule.apply) this.entity.enqueue(rule.apply(message, properties()), origin, now)
        else shared = true
      } catch (error) {
        const description = `Rule '${rule.description.name}': ${(error as Error).message}`
        this.entity.reject(message, origin, now, { reason: "FilterEvaluationException", description })
      }
    }
    if (shared) this.entity.enqueue(message, origin, now)
  }

  snapshotRules(): JournalRecord {
    return {
      kind: "rules",
      entity: key(this.entity.declaration.name),
      declared: this.#declared,
      rules: this.rules,
    }
  }

  replayRules(record: JournalRecord & { kind: "rules" }): void {
    if (record.declared === this.#declared) this.#setRules(record.rules)
  }

  #setRules(rules: RuleDescription[]): void {
    this.#rules = new Map(rules.map((rule) => [key(rule.name), compileRule(rule)]))
  }

  #saveRules(): void {
    this.#journal.append(this.snapshotRules())
  }
}

/** A topic: fans messages out to its subscriptions and keeps those scheduled for later. */
export class TopicEntity {
  readonly declaration: TopicDeclaration
  readonly subscriptions = new Map<string, Subscription>()
  /** Holds scheduled messages only. */
  readonly waiting: MessageQueue
  readonly #intake: Intake
  readonly #repetition: () => Repetition | undefined

  /** @param repetition of what is published from now on, asked at every message */
  constructor(
    declaration: TopicDeclaration,
    journal: Journal,
    repetition: () => Repetition | undefined = () => undefined,
  ) {
    this.declaration = declaration
    this.#repetition = repetition
    this.#intake = new Intake(key(declaration.name), declaration.duplicateWindow, journal)
    const settings = {
      name: key(declaration.name),
      lockDuration: 0,
      maxDeliveryCount: Number.POSITIVE_INFINITY,
      requiresSession: false,
    }
    this.waiting = new MessageQueue(settings, journal, {
      deadLetter: () => {},
      expired: () => {},
      due: (message, now) => {
        this.publish(message, { enqueuedSequenceNumber: message.sequenceNumber, hops: message.hops }, now)
      },
    })
  }

  /** Takes messages from a sender, as a queue does. */
  submit(messages: IncomingMessage[], now: number): number[] {
    return messages.map((message) => this.#submitOne(message, now))
  }

  /** Takes a message that another entity forwards. */
  takeForwarded(message: IncomingMessage, origin: Origin, now: number): void {
    if (!this.#intake.admit(message.messageId, now)) return
    this.publish(message, origin, now)
  }

  /** Withdraws scheduled messages. Throws when one is not scheduled any more. */
  cancelScheduled(sequenceNumbers: number[], now: number): void {
    this.waiting.cancelScheduled(sequenceNumbers, now)
  }

  /** Fans a message out to the subscriptions whose rules match. */
  publish(message: IncomingMessage, origin: Origin, now: number): number {
    const sequenceNumber = origin.enqueuedSequenceNumber || this.#intake.takeSequenceNumber()
    const ttl = Math.min(message.ttl ?? Number.POSITIVE_INFINITY, this.declaration.defaultTtl)
    const published = Number.isFinite(ttl) ? { ...message, ttl } : message
    let decoded: MessageProperties | undefined
    const properties = () => {
      decoded ??= readProperties(message.content)
      return decoded
    }
    const next = { ...origin, enqueuedSequenceNumber: sequenceNumber }
    for (const subscription of this.subscriptions.values())
      subscription.offer(published, properties, next, now)
    return sequenceNumber
  }

  expire(now: number): void {
    this.waiting.expire(now)
  }

  *snapshot(now: number): Generator<JournalRecord> {
    const entity = this.waiting.settings.name
    yield* this.#intake.snapshot(now)
    for (const item of this.waiting.contents()) {
      if ("sequenceNumber" in item) yield { kind: "put", entity, message: item }
    }
  }

  replay(record: JournalRecord): void {
    this.#intake.replay(record)
    if (record.kind === "put") this.waiting.restore(record.message)
    else if (record.kind === "remove") this.waiting.restoreRemoval(record.sequenceNumber)
  }

  #submitOne(message: IncomingMessage, now: number): number {
    if (!this.#intake.admit(message.messageId, now)) return 0
    const dueAt = message.scheduledAt ?? 0
    const repetition = this.#repetition()
    if (repetition) {
      const pauses = pausesOf(repetition, message.messageId)
      const numbers = pauses.map((pause) => this.#schedule(message, Math.max(dueAt, now) + pause, now))
      return numbers[0] ?? 0
    }
    if (dueAt <= now) return this.publish(message, { enqueuedSequenceNumber: 0, hops: 0 }, now)
    return this.#schedule(message, dueAt, now)
  }

  #schedule(message: IncomingMessage, scheduledAt: number, now: number): number {
    const sequenceNumber = this.#intake.takeSequenceNumber()
    this.waiting.put({
      ...message,
      scheduledAt,
      sequenceNumber,
      enqueuedSequenceNumber: 0,
      enqueuedAt: now,
      expiresAt: Number.POSITIVE_INFINITY,
      state: "scheduled",
      deliveryCount: 0,
      hops: 0,
    })
    return sequenceNumber
  }
}

function compile(description: RuleDescription): CompiledRule {
  try {
    return compileRule(description)
  } catch (error) {
    throw argumentError((error as Error).message)
  }
}
