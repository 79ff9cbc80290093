/** The instances that an episode starts as sub-orchestrations. */

import { randomUUID } from "node:crypto"
import type { DurableConfig } from "../config.ts"
import { EventType, historyEvent } from "../protocol/events.ts"
import type { Command } from "../replay/command.ts"
import type { Instance } from "../store/store.ts"
import { type Arrived, idConflict, type Live, newLive } from "./live.ts"
import type { LiveInstances } from "./live-instances.ts"

export type SubOrchestrations = {
  /** Busy until the caller has committed them. */
  started: { live: Live; replaces: boolean }[]
  /** What the parent gets for ids that are in use. */
  conflicts: Arrived[]
}

/** Instances for the sub-orchestrations to start, known at once so that nobody takes their ids meanwhile. */
export function addSubOrchestrations(
  lives: LiveInstances,
  config: DurableConfig,
  commands: readonly Command[],
  parent: Instance,
  timestamp: string,
): SubOrchestrations {
  const started: SubOrchestrations["started"] = []
  const conflicts: Arrived[] = []
  for (const command of commands) {
    if (command.kind !== "subOrchestration") continue
    const id = command.instanceId as string
    const existing = lives.committed(id)
    const conflict = idConflict(existing, config)
    if (conflict) {
      conflicts.push({
        executionId: parent.executionId,
        event: historyEvent(EventType.SubOrchestrationInstanceFailed, timestamp, {
          TaskScheduledId: command.id,
          Reason: conflict,
          Details: "",
        }),
      })
      continue
    }
    const live = newLive({
      id,
      executionId: randomUUID(),
      name: command.name,
      version: command.version ?? config.defaultVersion,
      status: "Pending",
      input: command.input,
      output: null,
      customStatus: null,
      createdAt: Date.parse(timestamp),
      updatedAt: Date.parse(timestamp),
      parent: {
        instanceId: parent.id,
        executionId: parent.executionId,
        eventId: command.id,
        name: parent.name,
      },
    })
    live.busy = true
    lives.add(live)
    started.push({ live, replaces: existing !== undefined })
  }
  return { started, conflicts }
}
