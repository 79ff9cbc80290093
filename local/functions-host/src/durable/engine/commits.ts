/** The transactions of an instance: an episode, termination, suspension and resumption. */

import { EventType, historyEvent, playedText } from "../protocol/events.ts"
import { type EpisodeEnd, terminated } from "../replay/episode.ts"
import type { Instance, RuntimeStatus, Store } from "../store/store.ts"
import { type Arrived, episodeHead, isControl, isTaskResult, type Live } from "./live.ts"
import { concludeMessages, storeEntityMessage, storeMessage, tellParent } from "./messages.ts"
import type { SubOrchestrations } from "./sub-orchestrations.ts"

/** What the transaction of an episode stored besides the instance. */
export type EpisodeMessages = {
  /** Refused sub-orchestrations, for the instance itself. */
  conflicts: Arrived[]
  /** External events for the next execution. */
  carried: Arrived[]
  /** The result, for the parent. */
  parent: ReturnType<typeof tellParent>
}

/** Commits what came of an episode: the messages it took, history, new instances, messages to others. */
export function commitEpisode(
  store: Store,
  live: Live,
  episode: {
    outcome: EpisodeEnd
    taken: readonly Arrived[]
    /** What stays in the inbox. */
    rest: readonly Arrived[]
    children: SubOrchestrations
    /** The events to append, as JSON texts. */
    texts: readonly string[]
  },
  statusOf: (id: string) => RuntimeStatus | undefined,
): Promise<EpisodeMessages> {
  const { outcome, taken, rest, children, texts } = episode
  const { id } = live.instance
  return store.commit((writer) => {
    for (const { messageId } of taken) if (messageId !== undefined) writer.deleteMessage(messageId)
    for (const { live: child, replaces } of children.started) writer.createInstance(child.instance, replaces)
    const conflicts = children.conflicts.map((arrived) => storeMessage(writer, id, arrived))
    if (outcome.kind === "continued") writer.continueInstance(outcome.instance)
    else {
      writer.updateInstance(outcome.instance)
      writer.appendHistory(id, live.parts, texts.join(","))
    }
    const carried = outcome.carriedEvents.map((event) => storeMessage(writer, id, { event }))
    for (const command of outcome.commands) {
      if (command.kind === "entityMessage")
        storeEntityMessage(writer, command.target, command.eventName, command.message)
    }
    if (outcome.kind === "ended") concludeMessages(writer, outcome.instance, rest)
    const parent = outcome.kind === "ended" ? tellParent(writer, outcome, statusOf) : undefined
    return { conflicts, carried, parent }
  })
}

/** Ends an instance by terminate. Returns it, and what its parent gets if it has one. */
export function commitTermination(
  store: Store,
  live: Live,
  termination: Arrived,
  statusOf: (id: string) => RuntimeStatus | undefined,
): Promise<{ instance: Instance; parent: ReturnType<typeof tellParent> }> {
  const { timestamp, events } = episodeHead(live, [termination])
  const ended = terminated(live.instance, timestamp, termination.event.Input ?? null)
  const texts = [...events, ...ended.events].map((event) => JSON.stringify(event))
  return store.commit((writer) => {
    writer.updateInstance(ended.instance)
    writer.appendHistory(live.instance.id, live.parts, texts.join(","))
    writer.deleteMessages(live.instance.id)
    return { instance: ended.instance, parent: tellParent(writer, ended, statusOf) }
  })
}

/**
 * Suspends or resumes. While suspended, results are stored, because no episode takes them; `saveUnread` does so with
 * those that came meanwhile, before anything else can happen to them.
 */
export async function commitControl(
  store: Store,
  live: Live,
  saveUnread: (arrived: Arrived) => void,
): Promise<void> {
  const taken = live.inbox.filter(({ event }) => isControl(event))
  const { timestamp, events } = episodeHead(live, taken)
  const status = statusAfter(live, (taken.at(-1) as Arrived).event)
  const instance = { ...live.instance, status, updatedAt: Date.parse(timestamp) }
  const fields = live.actionsStarted === undefined ? {} : { ActionsStarted: live.actionsStarted }
  const appended = [...events, historyEvent(EventType.OrchestratorCompleted, timestamp, fields)]
  const texts = appended.map((event) => JSON.stringify(event))
  const unsaved = live.inbox.filter(({ event, messageId }) => messageId === undefined && isTaskResult(event))
  await store.commit((writer) => {
    writer.updateInstance(instance)
    writer.appendHistory(instance.id, live.parts, texts.join(","))
    for (const { messageId } of taken) if (messageId !== undefined) writer.deleteMessage(messageId)
    if (status === "Suspended") {
      for (const arrived of unsaved)
        arrived.messageId = storeMessage(writer, instance.id, arrived).messageId as number
    }
  })
  live.instance = instance
  live.inbox = live.inbox.filter((arrived) => !taken.includes(arrived))
  live.history.push(...appended)
  live.played += (live.played && ",") + playedText(texts)
  live.parts++
  if (status === "Suspended") for (const arrived of live.inbox) saveUnread(arrived)
}

function statusAfter(live: Live, last: Arrived["event"]): RuntimeStatus {
  if (last.EventType === EventType.ExecutionSuspended) return "Suspended"
  return live.actionsStarted === undefined ? "Pending" : "Running"
}
