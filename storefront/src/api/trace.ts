const hex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("")

/** How long after a click or a key what is asked for belongs to it, in milliseconds. */
const ACTION_MS = 3_000

/** Something that the user did, and what was asked for because of it; times are milliseconds of the page. */
export type Action = {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly began: number
  /** When the last of its requests was answered; absent where there was none. */
  ended?: number
}

const begun = (name: string): Action => ({
  name,
  traceId: hex(16),
  spanId: hex(8),
  began: performance.now(),
})

let action: Action | undefined
const isUnderWay = (one: Action | undefined): one is Action =>
  one !== undefined && performance.now() < one.began + ACTION_MS

/**
 * Lets every click, sent form and step through the history begin a trace of its own.
 * @param report is told of an action when it is over and something was asked for
 */
export function traceActions(report: (action: Action) => Promise<void>): void {
  const begin = ({ type }: Event) => {
    const own = begun(type)
    action = own
    setTimeout(() => own.ended !== undefined && report(own).catch(() => {}), ACTION_MS)
  }
  for (const type of ["click", "submit", "change"]) document.addEventListener(type, begin, { capture: true })
  window.addEventListener("popstate", begin)
}

/**
 * The `traceparent` of a request (W3C Trace Context): all that one action of the user asks for is one trace, below the
 * action; what the page asks by itself, such as the live state of an order, is a trace per request.
 */
export function traceparent(): string {
  const { traceId, spanId } = isUnderWay(action) ? action : { traceId: hex(16), spanId: hex(8) }
  return `00-${traceId}-${spanId}-01`
}

/** Says that a request was answered. */
export function answered(): void {
  if (isUnderWay(action)) action.ended = performance.now()
}
