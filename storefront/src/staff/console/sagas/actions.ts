import {
  orderingPurgeInstance,
  orderingResumeInstance,
  orderingSayWord,
  orderingSuspendInstance,
  orderingTerminateInstance,
} from "@eshop/shop-client/generated/sdk.gen"
import { answerOf } from "../../../api/api.ts"
import { t } from "../texts.ts"
import { hasEnded, type Instance } from "./instance.ts"

export const words = ["retry", "skip", "compensate"] as const
export const controls = ["suspend", "resume", "terminate", "purge"] as const
export const actions = [...words, ...controls] as const
type Word = (typeof words)[number]
type Control = (typeof controls)[number]
export type Action = (typeof actions)[number]

export const isWord = (action: Action): action is Word => (words as readonly Action[]).includes(action)

/** The role that an action needs; the API has the last word. */
const roleFor = (action: Action): string =>
  action === "terminate" || action === "purge" ? "operations" : "orders.manage"

/** Why an action does not fit an instance now; undefined when it does. */
function misfit(action: Action, instance: Instance): string | undefined {
  const { runtimeStatus, position } = instance
  const isOver = hasEnded(instance)
  if (action === "purge") return isOver ? undefined : t("cannot.purge")
  if (isOver) return t("cannot.ended")
  if (action === "resume") return runtimeStatus === "Suspended" ? undefined : t("cannot.resume")
  if (action === "suspend") return runtimeStatus === "Suspended" ? t("cannot.suspend") : undefined
  if (action === "terminate") return undefined
  if (runtimeStatus === "Suspended") return t("cannot.deaf")
  const { hears } = position ?? {}
  if (!hears) return t("cannot.nothing-fails")
  return hears.includes(action) ? undefined : t(`cannot.${action}`)
}

/** Why somebody with these roles cannot do it now; undefined when they can. */
export function whyNot(action: Action, instance: Instance, roles: readonly string[]): string | undefined {
  const role = roleFor(action)
  return roles.includes(role) ? misfit(action, instance) : t("cannot.role", { role })
}

const calls = {
  suspend: orderingSuspendInstance,
  resume: orderingResumeInstance,
  terminate: orderingTerminateInstance,
  purge: orderingPurgeInstance,
} as const satisfies Record<Control, unknown>

/**
 * Does it. @param key the Idempotency-Key, which a repetition keeps
 * @throws ApiError when it is refused: the instance is somewhere else by now
 */
export async function perform(
  action: Action,
  instance: Instance,
  reason: string,
  key: string,
): Promise<void> {
  const { instanceId, position } = instance
  const to = { path: { instanceId }, headers: { "Idempotency-Key": key } }
  if (!isWord(action)) await answerOf(calls[action]({ ...to, body: { reason } }))
  else {
    const { step = "", attempt = 1 } = position ?? {}
    await answerOf(orderingSayWord({ ...to, body: { word: action, step, attempt } }))
  }
}
