const hex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("")

/** How long after a click or a key what is asked for belongs to it, in milliseconds. */
const ACTION_MS = 3_000

let action = { traceId: hex(16), until: 0 }

/** Lets every click, sent form and step through the history begin a trace of its own. */
export function traceActions(): void {
  const begin = () => {
    action = { traceId: hex(16), until: performance.now() + ACTION_MS }
  }
  for (const type of ["click", "submit", "change"]) document.addEventListener(type, begin, { capture: true })
  window.addEventListener("popstate", begin)
}

/**
 * The `traceparent` of a request (W3C Trace Context): all that one action of the user asks for is one trace; what the page
 * asks by itself, such as the live state of an order, is a trace per request.
 */
export function traceparent(): string {
  const traceId = performance.now() < action.until ? action.traceId : hex(16)
  return `00-${traceId}-${hex(8)}-01`
}
