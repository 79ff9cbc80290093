/**
 * Whether OpenTelemetry's SDK runs in this process. It is big, and loaded when the app has started and answered somebody: until
 * then what is to be told is kept.
 */
let state: "none" | "comes" | "runs" = "none"

/** What was to be told while the SDK was not there. */
let kept: (() => void)[] = []

/** About a dozen requests; what is more than that is not told. */
const MOST_KEPT = 2_000

/** Whether anybody takes what is told; otherwise nothing is measured, and no call of an adapter gets a span. */
export const isTelling = (): boolean => state !== "none"

/** The SDK will be loaded: what is told until then is kept. */
export const telemetryComes = (): void => {
  state = "comes"
}

/** Of `startTelemetry` alone, and of tests: the SDK is registered, and takes what was kept. */
export function telemetryRuns(): void {
  state = "runs"
  for (const tell of kept.splice(0)) tell()
}

/** Nobody takes anything any more. */
export function telemetryEnds(): void {
  state = "none"
  kept = []
}

/** Whether what is to be told has to wait for the SDK. */
export const isComing = (): boolean => state === "comes"

/** Does what tells something when the SDK is there. @returns whether it has to wait for that */
export function later(tell: () => void): boolean {
  if (state !== "comes") return false
  if (kept.length < MOST_KEPT) kept.push(tell)
  return true
}
