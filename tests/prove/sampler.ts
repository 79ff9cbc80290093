import { setTimeout as sleep } from "node:timers/promises"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { contradictions } from "./agreement.ts"
import { imbalances, moneyEntries, stockEntries } from "./ledger.ts"
import { type Sample, takeSample } from "./stores.ts"

const PAUSE_MS = 400

/** What the ledger says of a sample; nothing where all is well. */
export const faultsOf = (sample: Sample, supply: ReadonlyMap<string, number>): string[] => [
  ...imbalances([
    ...moneyEntries(sample.payments),
    ...stockEntries(supply, sample.levels, sample.claims, sample.holds),
  ]),
  ...contradictions(sample),
]

export type Sampler = {
  /** Ends it. @returns how many samples were taken, how many found a store away, and what was found wrong */
  stop(): Promise<{ readonly samples: number; readonly away: number; readonly faults: readonly string[] }>
}

/** Takes samples of the stores again and again and holds the ledger against each. */
export function startSampler(cloud: Cloud, supply: ReadonlyMap<string, number>): Sampler {
  const faults = new Set<string>()
  let samples = 0
  let away = 0
  let stopped = false
  const run = async () => {
    while (!stopped) {
      const sample = await takeSample(cloud).catch(() => undefined)
      if (sample) {
        samples++
        for (const fault of faultsOf(sample, supply)) faults.add(fault)
      } else away++
      await sleep(PAUSE_MS)
    }
  }
  const running = run()
  return {
    async stop() {
      stopped = true
      await running
      return { samples, away, faults: [...faults] }
    },
  }
}
