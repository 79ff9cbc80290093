import type { Cloud, CloudEvent } from "./cloud.ts"
import type { PartName } from "./settings.ts"
import { orderOperations } from "./shop/order-operations.ts"

/** What Ordering and Discount need to agree on the coupons' uses. */
const NEEDED: readonly PartName[] = ["identity", "storage", "discount", "ordering"]

/**
 * Brings back redemptions that the table storage's emulator has lost: it keeps tables in memory and writes them every
 * five seconds, so that a kill takes along what came since. Ordering's orders know them.
 */
export function lostRedemptions(tell: (line: string) => void) {
  let isLost = false

  async function bringBack(cloud: Cloud): Promise<void> {
    const running = cloud.parts.filter(({ name }) => NEEDED.includes(name))
    if (running.length < NEEDED.length) return
    try {
      await Promise.all(running.map((part) => part.whenReady()))
      const { identity, apps } = cloud.connections
      const operations = orderOperations({ identity, ordering: apps.ordering, discount: apps.discount })
      const { changed } = await operations.reconcileCoupons()
      if (changed > 0) tell(`${changed} uses of coupons were lost by the table storage and are back`)
    } catch (error) {
      tell(`coupons may have lost uses: npm run orders -- reconcile-coupons (${(error as Error).message})`)
    }
  }

  return {
    /** After a start: when the launcher before was killed. */
    async onStart(cloud: Cloud): Promise<void> {
      if (cloud.uncleanStop) await bringBack(cloud)
    },
    /** While the shop runs: when the storage has died and is back. */
    async onEvent(event: CloudEvent, cloud: Cloud | undefined): Promise<void> {
      if (!("part" in event) || event.part !== "storage") return
      if (event.type === "died") isLost = true
      if (event.type !== "ready" || !isLost || !cloud) return
      isLost = false
      await bringBack(cloud)
    },
  }
}
