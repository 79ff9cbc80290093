import { monitorEventLoopDelay } from "node:perf_hooks"
import { gauge } from "./metrics.ts"

const NANOSECONDS = 1e9

/** The gauges of this process. The event loop is watched from the first reading on: a process that nobody reads pays nothing. */
export function registerProcessGauges(): void {
  gauge("process.memory.usage", () => [{ value: process.memoryUsage.rss() }])
  let delay: ReturnType<typeof monitorEventLoopDelay> | undefined
  gauge("nodejs.eventloop.delay.p99", () => {
    const seconds = delay && delay.count > 0 ? delay.percentile(99) / NANOSECONDS : 0
    if (delay) delay.reset()
    else {
      delay = monitorEventLoopDelay({ resolution: 20 })
      delay.enable()
    }
    return [{ value: seconds }]
  })
}
