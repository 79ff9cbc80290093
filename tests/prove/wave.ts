import { setTimeout as sleep } from "node:timers/promises"
import type { CloudOptions } from "@eshop/local-cloud/cloud"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { actAfterPayment } from "./after-payment.ts"
import { compareEnds, underWay } from "./ends.ts"
import { type FaultPoints, openFaultPoints } from "./fault-points.ts"
import { checkOutAll, fillCarts, givesBack, type Purchase, skus } from "./load.ts"
import { faultsOf, startSampler } from "./sampler.ts"
import { countParked, countUnsent, takeSample } from "./stores.ts"

const POLL_MS = 100
const PATIENCE_MS = 120_000
const READ_ATTEMPTS = 5
/** Nobody runs out of it by accident. */
const PLENTY = 1_000_000

/** A shop that things are proved of. */
export type Subject = {
  readonly running: RunningShop
  readonly faultPoints: FaultPoints
  /** Pieces on hand before anybody bought. */
  readonly supply: ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Environment variables of single parts. */
export type PartEnv = NonNullable<CloudOptions["partEnv"]>

/** Starts the shop with its fault points. */
export async function openSubject(partEnv: PartEnv): Promise<Subject> {
  const faultPoints = await openFaultPoints()
  const running = await runShop({ env: { ESHOP_FAULT_POINTS: faultPoints.url }, partEnv })
  await running.sql("catalog", "UPDATE stock SET on_hand = $1 WHERE sku = ANY ($2)", [PLENTY, [...skus]])
  const { levels } = await takeSample(running.cloud)
  return {
    running,
    faultPoints,
    supply: new Map(levels.map(({ sku, onHand }) => [sku, onHand])),
    async stop() {
      await running.stop()
      faultPoints.close()
    },
  }
}

/** One line of the table. */
export type Result = {
  readonly orders: number
  readonly ended: number
  readonly lost: number
  /** Samples of the ledger, and those that found a store away. */
  readonly samples: number
  readonly away: number
  /** What was done to the shop, in words. */
  readonly done: string
  /** From the first checkout until everything had settled. */
  readonly seconds: number
  /** Everything that is not as it must be; nothing where it is proved. */
  readonly faults: readonly string[]
}

/** Of a row without a ledger. */
export const untouched: Result = {
  orders: 0,
  ended: 0,
  lost: 0,
  samples: 0,
  away: 0,
  done: "",
  seconds: 0,
  faults: [],
}

/** Reads again where a store did not answer in time, some times. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let left = READ_ATTEMPTS; ; left--) {
    try {
      return await read()
    } catch (error) {
      if (left === 0) throw error
      await sleep(POLL_MS)
    }
  }
}

/** How far orders have come: a number that changes while anything moves, and whether nothing is left to move. */
async function progressOf(
  { cloud, sql }: RunningShop,
  orderIds: readonly string[],
  wanted: readonly Purchase[],
) {
  const [orders] = await sql<{ ended: number; versions: number }>(
    "ordering",
    `SELECT count(*) FILTER (WHERE status <> ALL ($2))::int AS ended, coalesce(sum(version), 0)::int AS versions
     FROM orders WHERE id = ANY ($1)`,
    [orderIds, underWay],
  )
  const [refunds] = await sql<{ due: number }>(
    "ordering",
    `SELECT (count(*) FILTER (WHERE type = 'RefundRequested')
             - count(*) FILTER (WHERE type IN ('OrderRefunded', 'RefundFailed')))::int AS due
     FROM order_event WHERE order_id = ANY ($1)`,
    [orderIds],
  )
  const [stock] = await sql<{ held: number; back: number }>(
    "catalog",
    `SELECT count(*) FILTER (WHERE status = 'held')::int AS held,
            count(*) FILTER (WHERE order_id = ANY ($1) AND (status = 'released' OR given_back <> '[]'))::int AS back
     FROM reservation`,
    [orderIds.filter((_, index) => givesBack(wanted[index] as Purchase))],
  )
  const unsent = await countUnsent(cloud)
  const isSettled =
    orders?.ended === orderIds.length &&
    refunds?.due === 0 &&
    stock?.held === 0 &&
    stock.back === wanted.filter(givesBack).length &&
    unsent === 0
  return { isSettled, mark: `${orders?.versions} ${stock?.held} ${stock?.back} ${unsent}` }
}

/** Waits until orders have settled. @returns false when nothing has moved for longer than our patience */
async function settle(
  { running, faultPoints }: Subject,
  orderIds: readonly string[],
  wanted: readonly Purchase[],
): Promise<boolean> {
  let last = ""
  let since = Date.now()
  for (;;) {
    const progress = await progressOf(running, orderIds, wanted).catch(() => undefined)
    if (progress?.isSettled) return true
    const mark = `${progress?.mark} ${faultPoints.result().struck.length}`
    if (mark !== last) since = Date.now()
    else if (Date.now() - since > PATIENCE_MS) return false
    last = mark
    await sleep(POLL_MS)
  }
}

/**
 * Lets buyers check out all at once while something is done to the shop, waits until everything has settled, and
 * compares what came of it with what must come.
 * @param doing begins with the first checkout; @returns what it did, in words
 */
export async function wave(
  subject: Subject,
  wanted: readonly Purchase[],
  doing: () => Promise<string>,
): Promise<Result> {
  const { running, supply } = subject
  const { cloud } = running
  const buyers = await fillCarts(running.shop, wanted)
  const parkedBefore = await patiently(() => countParked(cloud))
  const sampler = startSampler(cloud, supply)
  const started = performance.now()
  const shopping = async () => {
    const ids = await checkOutAll(buyers)
    await actAfterPayment(running.shop, buyers, ids)
    return ids
  }
  const [orderIds, done] = await Promise.all([shopping(), doing()])
  const settled = await settle(subject, orderIds, wanted)
  const seconds = (performance.now() - started) / 1_000
  const { samples, away, faults } = await sampler.stop()
  const last = await patiently(() => takeSample(cloud))
  const ends = compareEnds(buyers, orderIds, last)
  const parked = (await patiently(() => countParked(cloud))) - parkedBefore
  return {
    orders: buyers.length,
    ended: ends.ended,
    lost: ends.lost,
    samples,
    away,
    done,
    seconds,
    faults: [
      ...new Set([...faults, ...faultsOf(last, supply), ...ends.faults]),
      ...(settled ? [] : ["not everything has settled"]),
      ...(parked === 0 ? [] : [`${parked} messages are parked`]),
    ],
  }
}
