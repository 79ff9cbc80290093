import { setTimeout as sleep } from "node:timers/promises"
import type { Repetition } from "@eshop/service-bus-emulator/broker/repetition"
import type { PartName } from "./settings.ts"
import type { Part } from "./supervisor/part.ts"

/** What the switchboard of faults (local/faults) asks of the launcher, over its message channel. */
export type FaultCommand =
  | { readonly do: "kill"; readonly part: PartName }
  | { readonly do: "freeze" | "take-away"; readonly part: PartName; readonly seconds: number }
  | { readonly do: "repeat"; readonly repetition?: Repetition }

/** A command and what came of it have the same id. */
export type FaultRequest = { readonly id: number; readonly command: FaultCommand }
export type FaultOutcome = { readonly id: number; readonly error?: string }

/** Carries a command out. Resolves when it has begun. @throws Error in words where it cannot be done */
export async function obey(command: FaultCommand, parts: ReadonlyMap<PartName, Part>): Promise<void> {
  const part = partFor(command.do === "repeat" ? "servicebus" : command.part, parts)
  switch (command.do) {
    case "kill":
      return part.kill("SIGKILL")
    case "freeze":
      return freeze(part, command.seconds)
    case "take-away": {
      const giveBack = part.takeAway()
      void sleep(command.seconds * 1_000, undefined, { ref: false })
        .then(giveBack)
        .catch(() => {})
      return
    }
    case "repeat":
      part.send({ type: "repetition", repetition: command.repetition })
  }
}

function partFor(name: PartName, parts: ReadonlyMap<PartName, Part>): Part {
  const part = parts.get(name)
  if (!part) throw new Error(`${name} does not run here.`)
  if (part.pid === undefined) throw new Error(`${name} has no process at the moment.`)
  return part
}

/** Holds the part still, as a machine that is too busy would. */
function freeze(part: Part, seconds: number): void {
  if (process.platform === "win32") throw new Error("Windows cannot hold a process still.")
  const goOn = part.holdStill()
  void sleep(seconds * 1_000, undefined, { ref: false }).then(goOn)
}
