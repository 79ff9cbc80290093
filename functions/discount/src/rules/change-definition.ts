import type { Call } from "@eshop/building-blocks/app/call"
import type { AuditEntry } from "@eshop/building-blocks/audit/audit"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import type { DefinitionState, Definitions, Rules } from "./ports.ts"
import { untilNotOvertaken } from "./retry.ts"

/** What a change comes to. */
export type Decision<T> =
  /** `next`: undefined deletes. */
  | { readonly next: T | undefined; readonly entry: AuditEntry }
  /** It is so already. */
  | "no-change"

/**
 * Reads, decides and writes until nobody else wrote in between, then lets every instance read anew.
 * @returns the definition as it is afterwards
 */
export async function changeDefinition<T, R extends Refusal>(
  ports: { readonly definitions: Definitions<T>; readonly rules: Rules },
  about: { readonly key: string; readonly sortOrder?: number },
  call: Call,
  decide: (state: DefinitionState<T>) => Decision<T> | R,
): Promise<{ readonly definition: T | undefined } | R> {
  const { definitions, rules } = ports
  return await untilNotOvertaken("the rules", async () => {
    const state = await definitions.read(about.key, about.sortOrder)
    const decision = decide(state)
    if (isRefusal(decision)) return decision as R
    if (decision === "no-change") return { definition: state.stored }
    const { next, entry } = decision as Exclude<Decision<T>, "no-change">
    const revision = await definitions.write(state, about.key, next, entry, call)
    if (revision === undefined) return undefined
    await rules.changed(revision)
    return { definition: next }
  })
}
