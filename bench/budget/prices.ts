import { readFileSync } from "node:fs"
import * as z from "zod"
import type { Counts } from "./work.ts"

const Price = z.strictObject({
  /** US dollars for one. */
  usd: z.number(),
  source: z.string(),
})

/** Prices of a day, each with where it is from, or that it is assumed. */
const Prices = z.strictObject({
  date: z.iso.date(),
  currency: z.literal("USD"),
  flexExecution: Price,
  flexGigabyteSecond: Price,
  serviceBusOperation: Price,
  storageTransaction: Price,
  schedulerAction: Price,
  /** What is no price: how much is assumed to be used. */
  assumed: z.strictObject({
    instanceGigabytes: z.number(),
    secondsPerExecution: z.number(),
    storageTransactionsPerActivity: z.number(),
    storageTransactionsPerSaga: z.number(),
  }),
})
type Prices = z.infer<typeof Prices>

export const readPrices = (): Prices =>
  Prices.parse(JSON.parse(readFileSync(new URL("../prices-2026-11.json", import.meta.url), "utf8")))

/** What is billed by use on a way of hosting, in US dollars for 1,000 orders; what is rented by the hour is not in it. */
export type Cost = Readonly<Record<string, number>>

/** What 1,000 orders cost on each hosting target. */
export function costOf(counts: Counts, prices: Prices): Record<string, Cost> {
  const { assumed } = prices
  const executions = counts.requests + counts.serviceCalls + counts.deliveries + counts.activities
  const seconds = executions * assumed.secondsPerExecution * assumed.instanceGigabytes
  const functions = executions * prices.flexExecution.usd + seconds * prices.flexGigabyteSecond.usd
  // A message is sent once and taken and completed by each subscription.
  const messaging = (counts.messages + 2 * counts.deliveries) * prices.serviceBusOperation.usd
  const tables = counts.storageOperations * prices.storageTransaction.usd
  const hub =
    (counts.activities * assumed.storageTransactionsPerActivity + assumed.storageTransactionsPerSaga) *
    prices.storageTransaction.usd
  const perThousand = (parts: Cost): Cost =>
    Object.fromEntries(Object.entries(parts).map(([name, usd]) => [name, usd * 1_000]))
  return {
    "Flex Consumption, Azure Storage": perThousand({ functions, messaging, tables, hub }),
    "Flex Consumption, Durable Task Scheduler": perThousand({
      functions,
      messaging,
      tables,
      hub: counts.durableActions * prices.schedulerAction.usd,
    }),
    "AKS with KEDA, MSSQL": perThousand({ messaging, tables }),
  }
}

/** What a day costs on which nobody calls, by app, in US dollars; on Flex Consumption alone: nodes are rented. */
export const idleCostOf = (idle: { executions: number; activeSeconds: number }, prices: Prices): number =>
  idle.executions * prices.flexExecution.usd +
  idle.activeSeconds * prices.assumed.instanceGigabytes * prices.flexGigabyteSecond.usd
