/** What of OpenTelemetry's SDK runs in this process, for whoever would do work for it. */
type Running = {
  /** Gives the span that is started next this id, 16 hexadecimal digits. */
  readonly nameNextSpan: (spanId: string) => void
}

let running: Running | undefined

/** The SDK of this process; without one nothing is measured, and no call of an adapter gets a span. */
export const runningTelemetry = (): Running | undefined => running

/** Of `startTelemetry` alone, and of tests. */
export const telemetryRuns = (sdk: Running | undefined): void => {
  running = sdk
}
