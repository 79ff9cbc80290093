import type { LogRecord } from "../otlp/records.ts"
import { type BoundedQueue, type Bounds, boundedQueue } from "./bounded-queue.ts"
import { identifierIndex, identifiersIn } from "./identifiers.ts"
import { sizeOf } from "./size.ts"

/** A log record with its number in the order of arrival: whoever follows asks for what came after one. */
export type LogLine = LogRecord & { readonly number: number }

/** The log records of the last hour. */
export interface LogStore {
  add(record: LogRecord): void
  expire(): void
  /** From the newest to the oldest, by arrival. */
  newestFirst(): Generator<LogLine>
  ofTrace(traceId: string): Iterable<LogLine>
  /** The records that name an identifier. */
  naming(identifier: string): Iterable<LogLine>
  identifiersNamed(pattern: RegExp): string[]
  /** The number of the newest record that has come, 0 before the first. */
  readonly last: number
  readonly kept: Pick<BoundedQueue<LogLine>, "size" | "bytes">
}

/** The members of a record that have the same size always, its place in the queue and in the indexes. */
const FIXED_BYTES = 400

const identifiersOf = (line: LogLine) => identifiersIn([line.text], line.attributes)

/** @param now milliseconds since 1970 */
export function logStore(bounds: Bounds, now: () => number): LogStore {
  const traces = new Map<string, Set<LogLine>>()
  const index = identifierIndex<LogLine>()
  let last = 0

  const queue = boundedQueue<LogLine>(bounds, now, (line) => {
    index.remove(line, identifiersOf(line))
    if (line.traceId === undefined) return
    const ofTrace = traces.get(line.traceId)
    ofTrace?.delete(line)
    if (ofTrace?.size === 0) traces.delete(line.traceId)
  })

  return {
    add(record) {
      const line = { ...record, number: ++last }
      if (line.traceId !== undefined) {
        const ofTrace = traces.get(line.traceId) ?? new Set()
        traces.set(line.traceId, ofTrace.add(line))
      }
      index.add(line, identifiersOf(line))
      queue.push(line, FIXED_BYTES + line.text.length + sizeOf(line.attributes))
    },
    expire: queue.expire,
    newestFirst: queue.newestFirst,
    ofTrace: (traceId) => traces.get(traceId) ?? [],
    naming: index.recordsOf,
    identifiersNamed: index.named,
    get last() {
      return last
    },
    kept: queue,
  }
}
