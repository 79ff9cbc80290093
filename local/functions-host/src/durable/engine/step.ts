/**
 * One step of an instance: an episode on the worker, a termination, a suspension or a resumption. It is committed in
 * one transaction; only then its effects are let out.
 */

import { randomUUID } from "node:crypto"
import type { HostRuntime } from "../../contract.ts"
import type { DurableConfig } from "../config.ts"
import type { DurableFunctions } from "../functions.ts"
import { EventType, type HistoryEvent, playedText } from "../protocol/events.ts"
import type { Command } from "../replay/command.ts"
import { concludeEpisode, type EpisodeEnd } from "../replay/episode.ts"
import type { Instance, RuntimeStatus, Store } from "../store/store.ts"
import type { OutstandingTasks } from "../tasks/outstanding-tasks.ts"
import { commitControl, commitEpisode, commitTermination, type EpisodeMessages } from "./commits.ts"
import type { Delivery } from "./delivery.ts"
import type { Lifecycle } from "./lifecycle.ts"
import { type Arrived, episodeHead, isControl, isTaskResult, type Live, newLive } from "./live.ts"
import type { LiveInstances } from "./live-instances.ts"
import { invokeOrchestrator } from "./orchestrator-call.ts"
import { addSubOrchestrations, type SubOrchestrations } from "./sub-orchestrations.ts"
import type { Waiters } from "./waiters.ts"

/** An episode that ran and is to be committed. */
type Episode = {
  outcome: EpisodeEnd
  taken: readonly Arrived[]
  /** What stays in the inbox. */
  rest: readonly Arrived[]
  /** The events to append to the history, and their JSON texts. */
  events: readonly HistoryEvent[]
  texts: readonly string[]
}

export type StepOptions = {
  host: HostRuntime
  config: DurableConfig
  store: Store
  functions: DurableFunctions
  lifecycle: Lifecycle
  lives: LiveInstances
  tasks: OutstandingTasks
  delivery: Delivery
  waiters: Waiters
  kick(live: Live): void
  /** Called after messages for an entity were committed. */
  wakeEntity(id: string): void
}

/** The step of an instance that has work. It throws when nothing was committed and the step is to be tried again. */
export function createStep(options: StepOptions): (live: Live) => Promise<void> {
  const { store, lives, delivery } = options
  const statusOf = (id: string): RuntimeStatus | undefined => lives.committed(id)?.status

  async function step(live: Live): Promise<void> {
    const termination = live.inbox.find(({ event }) => event.EventType === EventType.ExecutionTerminated)
    if (termination) return await terminate(live, termination)
    if (live.inbox.some(({ event }) => isControl(event))) {
      return await commitControl(store, live, (arrived) => delivery.saveUnread(live, arrived))
    }
    const episode = await runEpisode(options, live)
    if (episode) await commit(live, episode)
  }

  async function terminate(live: Live, termination: Arrived): Promise<void> {
    const { instance, parent } = await commitTermination(store, live, termination, statusOf)
    logEnd(options, instance)
    if (lives.isCurrent(live)) forget(options, instance)
    if (parent) delivery.stored(parent.instanceId, parent.arrived)
  }

  async function commit(live: Live, episode: Episode): Promise<void> {
    const { outcome } = episode
    const timestamp = new Date(outcome.instance.updatedAt).toISOString()
    const children = addSubOrchestrations(lives, options.config, outcome.commands, live.instance, timestamp)
    const sent = await commitEpisode(store, live, { ...episode, children }, statusOf).catch(
      (error: unknown) => {
        for (const { live: child } of children.started) lives.remove(child.instance.id)
        throw error
      },
    )
    if (outcome.kind === "ended") logEnd(options, outcome.instance)
    startChildren(options, children)
    if (sent.parent) delivery.stored(sent.parent.instanceId, sent.parent.arrived)
    if (!lives.isCurrent(live)) return
    advance(options, live, episode, sent)
    for (const command of outcome.commands) release(options, live, outcome, command)
    if (outcome.kind === "ended") end(options, live, episode)
  }

  return step
}

/** Runs the orchestrator; undefined when there is nothing to commit. */
async function runEpisode(options: StepOptions, live: Live): Promise<Episode | undefined> {
  const { host, config, functions, lifecycle, lives } = options
  const { instance } = live
  const fn = functions.orchestrator(instance.name)
  if (!fn) {
    host.log.log(
      "warning",
      `Durable Functions: instance '${instance.id}' waits for its orchestrator function '${instance.name}', which is not there.`,
    )
    lives.remove(instance.id)
    return undefined
  }
  const taken = live.oneEvent ? live.inbox.slice(0, 1) : [...live.inbox]
  const { timestamp, events } = episodeHead(live, taken)
  const texts = events.map((event) => JSON.stringify(event))
  const state = await invokeOrchestrator(host, config, live, fn, texts, lifecycle.draining)
  if (lifecycle.stopped() || !lives.isCurrent(live)) return undefined
  const outcome = concludeEpisode({
    instance,
    history: [...live.history, ...events],
    state,
    timestamp,
    httpPollingInterval: config.httpPollingInterval,
    newGuid: randomUUID,
    requireFunction: (kind, name) => functions.require(kind, name),
  })
  if (outcome.kind === "ambiguous") {
    live.oneEvent = true
    return undefined
  }
  return {
    outcome,
    taken,
    rest: live.inbox.slice(taken.length),
    events: [...events, ...outcome.events],
    texts: [...texts, ...outcome.events.map((event) => JSON.stringify(event))],
  }
}

/** Takes into memory what was committed. */
function advance(options: StepOptions, live: Live, episode: Episode, sent: EpisodeMessages): void {
  const { outcome, taken, events, texts } = episode
  live.instance = outcome.instance
  live.inbox.splice(0, taken.length)
  live.inbox.push(...sent.conflicts)
  live.mustRun = false
  live.oneEvent = false
  if (outcome.kind === "continued") {
    const rest = live.inbox.filter((arrived) => arrived.executionId === undefined)
    Object.assign(live, newLive(outcome.instance), {
      busy: true,
      inbox: [...sent.carried, ...rest],
      activities: live.activities,
    })
    options.tasks.cancelTimers(outcome.instance.id)
    return
  }
  live.history.push(...events)
  live.played += (live.played && ",") + playedText(texts)
  live.parts++
  live.actionsStarted = outcome.actionsStarted
}

function startChildren(options: StepOptions, children: SubOrchestrations): void {
  for (const { live: child } of children.started) {
    child.busy = false
    options.kick(child)
  }
}

/** Lets an effect out after its commit. */
function release(options: StepOptions, live: Live, outcome: EpisodeEnd, command: Command): void {
  if (command.kind === "entityMessage") options.wakeEntity(command.target)
  if (outcome.kind !== "waiting") return
  if (command.kind === "activity") options.tasks.startActivity(live, command.id, command.name, command.input)
  else if (command.kind === "timer") options.tasks.armTimer(live, command.id, command.fireAt)
}

function end(options: StepOptions, live: Live, { outcome, rest }: Episode): void {
  const { delivery, lifecycle } = options
  forget(options, outcome.instance)
  // What came while the end was being written; a rewind may want it.
  for (const late of live.inbox) {
    if (!rest.includes(late) && late.messageId === undefined && isTaskResult(late.event)) {
      lifecycle.track(delivery.result(outcome.instance.id, late))
    }
  }
}

/** An end that is not the orchestrator's own is logged, in the words of the extension's EndToEndTraceHelper. */
function logEnd({ host }: StepOptions, { id, name, status, output }: Instance): void {
  const orchestrator = `Function '${name} (Orchestrator)'`
  if (status === "Failed") {
    host.log.log("error", `${id}: ${orchestrator} failed with an error. Reason: ${output}`)
  } else if (status === "Terminated") {
    host.log.log("warning", `${id}: ${orchestrator} was terminated. Reason: ${output ?? ""}`)
  }
}

function forget({ lives, tasks, waiters }: StepOptions, instance: Instance): void {
  lives.remove(instance.id)
  tasks.cancelTimers(instance.id)
  waiters.wake(instance)
}
