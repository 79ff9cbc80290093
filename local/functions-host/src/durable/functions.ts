/** The durable functions of the app by kind; names are compared without regard to case, as in .NET. */

import type { RegisteredFunction } from "../contract.ts"

export type DurableFunctionKind = "activity" | "orchestrator" | "entity"

export type DurableFunctions = {
  activity(name: string): RegisteredFunction | undefined
  orchestrator(name: string): RegisteredFunction | undefined
  entity(name: string): RegisteredFunction | undefined
  /** Throws with the sentence of the extension when there is no such function. */
  require(kind: DurableFunctionKind, name: string): void
}

const kinds: Record<string, DurableFunctionKind> = {
  activitytrigger: "activity",
  orchestrationtrigger: "orchestrator",
  entitytrigger: "entity",
}

/** Sorts the app's functions. */
export function durableFunctions(functions: readonly RegisteredFunction[]): DurableFunctions {
  const byKind = { activity: new Map(), orchestrator: new Map(), entity: new Map() } as Record<
    DurableFunctionKind,
    Map<string, RegisteredFunction>
  >
  for (const fn of functions) {
    const kind = kinds[fn.trigger.type.toLowerCase()]
    if (kind) byKind[kind].set(triggerName(fn, kind).toLowerCase(), fn)
  }
  const find = (kind: DurableFunctionKind) => (name: string) => byKind[kind].get(name.toLowerCase())
  return {
    activity: find("activity"),
    orchestrator: find("orchestrator"),
    entity: find("entity"),
    require(kind, name) {
      if (kind === "activity" && name === "BuiltIn::HttpActivity") return
      if (byKind[kind].has(name.toLowerCase())) return

      const known = [...byKind[kind].values()].map((fn) => fn.name)
      throw new Error(
        `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. Additional info: ${
          known.length > 0
            ? `The following are the known ${kind} functions: '${known.join("', '")}'.`
            : `No ${kind} functions are currently registered!`
        }`,
      )
    },
  }
}

/** The binding may name the function differently from the app. */
function triggerName(fn: RegisteredFunction, kind: DurableFunctionKind): string {
  const key = { activity: "activity", orchestrator: "orchestration", entity: "entityName" }[kind]
  const given = fn.trigger[key]
  return typeof given === "string" && given !== "" ? given : fn.name
}
