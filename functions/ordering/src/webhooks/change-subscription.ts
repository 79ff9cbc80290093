import { type Call, isStale, type Tx } from "@eshop/building-blocks/app/call"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"
import type { Subscriptions } from "./ports.ts"
import type { Subscription } from "./subscription.ts"
import { webhookChanged, webhookUnknown } from "./webhook-refusals.ts"

export type ChangePorts = { readonly subscriptions: Subscriptions; readonly audit: Pick<Audit, "add"> }

/** What the trail calls a subscription. */
export const subjectOf = (id: string): string => `webhook ${id}`

/**
 * The one way to change a subscription: lock, compare the version, store with the next one and with the trail.
 * @param change makes of it what it is to be
 * @param trail what was done, and with what
 */
export async function changeSubscription(
  { subscriptions, audit }: ChangePorts,
  id: string,
  change: (subscription: Subscription) => Subscription,
  trail: { readonly action: string; readonly change: unknown },
  call: Call,
): Promise<Subscription | RefusalOf<[typeof webhookUnknown, typeof webhookChanged]>> {
  return await call.transact(async (tx: Tx) => {
    const stored = await subscriptions.lock(tx, id)
    if (!stored) return webhookUnknown()
    if (isStale(call, stored.version)) return webhookChanged({ version: stored.version })
    const next = { ...change(stored), version: stored.version + 1, changedAt: call.now.toISOString() }
    await subscriptions.save(tx, next)
    await audit.add(tx, call, [{ subject: subjectOf(id), ...trail }])
    return next
  })
}
