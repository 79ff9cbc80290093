import type { Redemption } from "@eshop/domain/contracts/redemptions"
import { counts } from "@eshop/domain/discount/redemption"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import { untilNotOvertaken } from "../rules/retry.ts"
import type { Binding, RedemptionState, Redemptions, Use } from "./ports.ts"

/** An order's redemption with what it counts for. */
export type Entry = Use & { readonly redemption: Redemption }

/** Some redemptions of a coupon, and the counts that they are in, as they were read together. */
export type Ledger = {
  /** Undefined for a coupon without a limit: nobody counts. */
  readonly taken: number | undefined
  readonly entries: ReadonlyMap<string, Entry>
  readonly customers: ReadonlyMap<string, number>
  /** Unique codes that exist, with the order that uses each. */
  readonly codes: ReadonlyMap<string, string | undefined>
}

/** How redemptions are stored. */
export type SeriesStore<L extends Ledger = Ledger> = Pick<Redemptions, "bind" | "boundTo"> & {
  read(series: string, uses: readonly Use[]): Promise<L>
  /** Writes what has changed, all or nothing. @returns false when it was changed by others since it was read */
  write(series: string, before: L, after: Ledger): Promise<boolean>
  /** @returns false when a redemption came in between */
  recount(series: string): Promise<boolean>
}

/** A table transaction has 100 entities: three for each redemption, and the count. */
const BATCH = 33

type Job = {
  readonly use: Use
  readonly decide: (state: RedemptionState) => Answer
  readonly settle: PromiseWithResolvers<Answer>
}

/**
 * One writer per coupon in this process: whoever comes while it writes goes with the next write, so that a thousand
 * uses at once are some dozens of transactions, and only other processes can come between.
 */
export function seriesWriter<L extends Ledger>(store: SeriesStore<L>): Redemptions {
  const waiting = new Map<string, Job[]>()

  async function drain(series: string, jobs: Job[]): Promise<void> {
    while (jobs.length > 0) {
      const batch = jobs.splice(0, BATCH)
      try {
        const answers = await untilNotOvertaken(`coupon ${series}`, () => settleAll(store, series, batch))
        for (const [index, { settle }] of batch.entries()) settle.resolve(answers[index] as Redemption)
      } catch (error) {
        for (const { settle } of batch) settle.reject(error)
      }
    }
    waiting.delete(series)
  }

  return {
    bind: store.bind,
    boundTo: store.boundTo,

    change(series, use, decide) {
      const job: Job = { use, decide, settle: Promise.withResolvers() }
      const jobs = waiting.get(series)
      if (jobs) jobs.push(job)
      else {
        const first = [job]
        waiting.set(series, first)
        void drain(series, first)
      }
      return job.settle.promise as Promise<never>
    },

    async recount(series) {
      await untilNotOvertaken(`coupon ${series}`, async () => (await store.recount(series)) || undefined)
    },
  }
}

type Answer = Redemption | Refusal
type Bound = Map<string, Binding>

/** Decides, binds whom that makes a redemption of, and writes it all. @returns undefined when overtaken */
async function settleAll<L extends Ledger>(
  store: SeriesStore<L>,
  series: string,
  batch: readonly Job[],
): Promise<Answer[] | undefined> {
  const before = await store.read(
    series,
    batch.map(({ use }) => use),
  )
  const bound: Bound = new Map()
  for (;;) {
    const { answers, after, unbound } = decideAll(before, batch, bound)
    if (unbound.size === 0)
      return after === before || (await store.write(series, before, after)) ? answers : undefined
    await Promise.all(
      [...unbound].map(async ([orderId, binding]) => {
        bound.set(orderId, await store.bind(orderId, binding))
      }),
    )
  }
}

/** Decides one after the other on what those before have left. */
function decideAll(
  before: Ledger,
  batch: readonly Job[],
  bound: Bound,
): { answers: Answer[]; after: Ledger; unbound: Bound } {
  const unbound: Bound = new Map()
  let after = before
  const answers = batch.map(({ use, decide }) => {
    const { orderId, binding } = use
    const entry = after.entries.get(orderId)
    const answer = decide(stateOf(after, use, bound))
    if (isRefusal(answer) || answer === entry?.redemption) return answer
    if (!entry && binding && !bound.has(orderId)) unbound.set(orderId, binding)
    after = withEntry(after, { ...use, ...entry, redemption: answer as Redemption })
    return answer
  })
  return { answers, after, unbound }
}

function stateOf({ taken, entries, customers, codes }: Ledger, use: Use, bound: Bound): RedemptionState {
  const { orderId, suffix, customerId, binding } = use
  const usedBy = suffix === undefined ? undefined : codes.get(suffix)
  const boundTo = bound.get(orderId)
  return {
    existing: entries.get(orderId)?.redemption,
    otherBinding: boundTo && boundTo.couponCode !== binding?.couponCode ? boundTo : undefined,
    uses: {
      taken: taken ?? 0,
      takenByCustomer: (customerId === undefined ? undefined : customers.get(customerId)) ?? 0,
      code: suffix === undefined ? undefined : !codes.has(suffix) ? "unknown" : usedBy ? "used" : "free",
    },
  }
}

/** The ledger with an order's redemption, counted wherever it counts. */
function withEntry(ledger: Ledger, entry: Entry): Ledger {
  const { orderId, customerId, suffix, redemption } = entry
  const before = ledger.entries.get(orderId)?.redemption.status
  const change = Number(counts(redemption.status)) - Number(counts(before))
  const customers = new Map(ledger.customers)
  if (customerId !== undefined) customers.set(customerId, (customers.get(customerId) ?? 0) + change)
  const codes = new Map(ledger.codes)
  if (suffix !== undefined && codes.has(suffix) && change !== 0)
    codes.set(suffix, change > 0 ? orderId : undefined)
  return {
    taken: ledger.taken === undefined ? undefined : ledger.taken + change,
    entries: new Map(ledger.entries).set(orderId, entry),
    customers,
    codes,
  }
}
