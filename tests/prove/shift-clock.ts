// Preloaded (--import): an app sees another time, by SHIFT_CLOCK_MS milliseconds. It runs in a thread of the functions
// host, which keeps its own: it compares the broker's locks with it.
import { isMainThread } from "node:worker_threads"

const shift = Number(process.env.SHIFT_CLOCK_MS)
const RealDate = Date
const now = (): number => RealDate.now() + shift

/** A Date whose present is elsewhere; a moment that is asked for by value is what it is. */
const ShiftedDate = new Proxy(RealDate, {
  construct: (real, given: [], target) =>
    Reflect.construct(real, given.length === 0 ? [now()] : given, target),
  apply: () => new RealDate(now()).toString(),
  get: (real, name) => (name === "now" ? now : Reflect.get(real, name)),
})
if (!isMainThread) globalThis.Date = ShiftedDate
