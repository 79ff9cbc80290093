import { ErasedCustomer } from "@eshop/building-blocks/personal-data/erased-customers"
import { type AppName, appNames } from "../settings.ts"
import { operator } from "./operator.ts"

/** The contexts that keep personal data under keys. */
export const keepersOfKeys = ["basket", "ordering"] as const

/** What a page of the list holds at the most; Ordering takes as many at once. */
const PAGE = 100

export type PrivacyUrls = { readonly identity: string; readonly apps: Readonly<Record<AppName, string>> }

type ErasedPage = { readonly items: readonly ErasedCustomer[]; readonly nextCursor: string | null }
type Rewrapped = {
  readonly rewrapped: number
  readonly versions: readonly { readonly version: string; readonly keys: number }[]
}

/** Reads a list that was written before: a JSON object per line. @throws when a line is none of it */
export const readErasures = (text: string): ErasedCustomer[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => ErasedCustomer.parse(JSON.parse(line)))

/** One entry per customer, with the latest moment, by id. */
function merged(erasures: readonly ErasedCustomer[]): ErasedCustomer[] {
  const byId = new Map<string, ErasedCustomer>()
  for (const erased of erasures) {
    const known = byId.get(erased.customerId)
    if (!known || known.until < erased.until) byId.set(erased.customerId, erased)
  }
  return [...byId.values()].sort((a, b) => (a.customerId < b.customerId ? -1 : 1))
}

/** What an operator does to personal data, with a token of the local identity provider. */
export function privacyOperations({ identity, apps }: PrivacyUrls) {
  const call = operator(identity, "privacy.manage")

  async function erasedBy(app: AppName): Promise<ErasedCustomer[]> {
    const found: ErasedCustomer[] = []
    for (let cursor = ""; ; ) {
      const path = `/operations/erasures?limit=${PAGE}${cursor}`
      const { items, nextCursor } = await call<ErasedPage>(apps[app], { method: "GET", path })
      found.push(...items)
      if (nextCursor === null) return found
      cursor = `&cursor=${nextCursor}`
    }
  }

  /** Whom any context has forgotten: one whose store was restored may not know it any more. */
  const erased = async (): Promise<ErasedCustomer[]> =>
    merged((await Promise.all(appNames.map(erasedBy))).flat())

  return {
    erased,

    /**
     * Forgets everybody again who was forgotten, in every context. May be broken off and run again.
     * @param listed whom a list names besides, which was kept apart from the stores
     * @returns how many customers there are
     */
    async eraseAgain(listed: readonly ErasedCustomer[], onProgress: (done: number) => void): Promise<number> {
      const all = merged([...listed, ...(await erased())])
      for (let done = 0; done < all.length; ) {
        const body = JSON.stringify({ erasures: all.slice(done, done + PAGE) })
        await call(apps.ordering, { method: "POST", path: "/operations/erasures", body })
        done = Math.min(done + PAGE, all.length)
        onProgress(done)
      }
      return all.length
    },

    /**
     * Wraps an app's keys of personal data with the current version, chunk by chunk. May be broken off and run again.
     * @returns how many there were, and how many keys each version wraps then
     */
    async rotateKeys(
      app: (typeof keepersOfKeys)[number],
      onProgress: (done: number) => void,
    ): Promise<Rewrapped> {
      for (let done = 0; ; ) {
        const request = { method: "POST", path: "/operations/personal-data/rewrap", body: "{}" }
        const { rewrapped, versions } = await call<Rewrapped>(apps[app], request)
        if (rewrapped === 0) return { rewrapped: done, versions }
        done += rewrapped
        onProgress(done)
      }
    },
  }
}
