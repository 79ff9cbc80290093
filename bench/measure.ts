export type Figures = {
  readonly count: number
  readonly perSecond: number
  readonly p50: number
  readonly p95: number
}

/** The apps' environment is production's: there nobody checks each answer against its schema. */
export const asInProduction = { AZURE_FUNCTIONS_ENVIRONMENT: "Production" }

/** The value below which `share` of the sorted values lie (nearest rank). */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

/**
 * Runs `count` operations, `concurrency` of them at any time, and measures each one.
 * @returns rate over the whole run, and the percentiles of the single durations in milliseconds
 */
export async function measure(
  concurrency: number,
  count: number,
  operation: (index: number) => Promise<void>,
): Promise<Figures> {
  const durations: number[] = []
  let next = 0
  const worker = async () => {
    while (next < count) {
      const index = next++
      const started = performance.now()
      await operation(index)
      durations.push(performance.now() - started)
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: concurrency }, worker))
  const seconds = (performance.now() - started) / 1_000
  durations.sort((a, b) => a - b)
  return {
    count,
    perSecond: count / seconds,
    p50: percentile(durations, 0.5),
    p95: percentile(durations, 0.95),
  }
}

/** One line of the table that a benchmark prints. */
export function printFigures(
  name: string,
  concurrency: number,
  { count, perSecond, p50, p95 }: Figures,
): void {
  const columns = [
    name.padEnd(34),
    `c=${concurrency}`.padEnd(6),
    `${perSecond.toFixed(1)}/s`.padStart(10),
    `p50 ${p50.toFixed(1)} ms`.padStart(14),
    `p95 ${p95.toFixed(1)} ms`.padStart(15),
    `${count} runs`.padStart(11),
  ]
  console.log(columns.join(" "))
}
