import type { FaultCommand, FaultOutcome } from "@eshop/local-cloud/fault-commands"
import type { PartName } from "@eshop/local-cloud/settings"

/** What the launcher of the local cloud does to its parts when it is asked to. */
export interface Launcher {
  /** Resolves when it is done, or has begun where it lasts. @throws Error in words where it cannot be done */
  ask(command: FaultCommand): Promise<void>
  /** The parts that run, as the launcher said last. */
  states(): Readonly<Partial<Record<PartName, string>>>
}

type Told = ({ type: "fault" } & FaultOutcome) | { type: "parts"; states: Partial<Record<PartName, string>> }

/** Talks to the launcher over the message channel that it has started this process with. */
export function launcherOf(channel: NodeJS.Process, onReady: (part: PartName) => void): Launcher {
  const waiting = new Map<number, PromiseWithResolvers<void>>()
  let asked = 0
  let states: Partial<Record<PartName, string>> = {}
  channel.on("message", (told: Told) => {
    if (told.type === "parts") {
      const before = states
      states = told.states
      for (const [part, state] of Object.entries(states) as [PartName, string][])
        if (state === "ready" && before[part] !== "ready") onReady(part)
      return
    }
    const asking = waiting.get(told.id)
    waiting.delete(told.id)
    if (told.error === undefined) asking?.resolve()
    else asking?.reject(new Error(told.error))
  })
  return {
    states: () => states,
    async ask(command) {
      if (!channel.send) throw new Error("No launcher of a local cloud has started this process.")
      const id = ++asked
      const asking = Promise.withResolvers<void>()
      waiting.set(id, asking)
      channel.send({ type: "fault", id, command })
      await asking.promise
    },
  }
}
