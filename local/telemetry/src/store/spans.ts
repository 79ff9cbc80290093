import type { Span } from "../otlp/records.ts"
import { type BoundedQueue, type Bounds, boundedQueue } from "./bounded-queue.ts"
import { identifierIndex, identifiersIn } from "./identifiers.ts"
import { sizeOf } from "./size.ts"

/** The spans of one trace that are here, by their ids. */
export type Trace = ReadonlyMap<string, Span>

/** The spans of the last hour. */
export interface SpanStore {
  /** A span that is here already is the same one, sent again. */
  add(span: Span): void
  expire(): void
  trace(traceId: string): Trace | undefined
  traces(): Iterable<readonly [traceId: string, trace: Trace]>
  /** The spans that name an identifier. */
  naming(identifier: string): Iterable<Span>
  /** The identifiers that are named by such an attribute. */
  identifiersNamed(pattern: RegExp): string[]
  readonly kept: Pick<BoundedQueue<Span>, "size" | "bytes">
}

/** The members of a span that have the same size always, its place in the queue and in the indexes. */
const FIXED_BYTES = 600

const bytesOf = (span: Span): number =>
  FIXED_BYTES +
  span.name.length +
  span.message.length +
  sizeOf(span.attributes) +
  span.events.reduce((sum, { name, attributes }) => sum + 64 + name.length + sizeOf(attributes), 0) +
  span.links.length * 128

const identifiersOf = (span: Span) =>
  identifiersIn(
    [span.name, span.message],
    span.attributes,
    ...span.events.map(({ attributes }) => attributes),
  )

/** @param now milliseconds since 1970 */
export function spanStore(bounds: Bounds, now: () => number): SpanStore {
  const traces = new Map<string, Map<string, Span>>()
  const index = identifierIndex<Span>()

  const queue = boundedQueue<Span>(bounds, now, (span) => {
    const trace = traces.get(span.traceId)
    trace?.delete(span.spanId)
    if (trace?.size === 0) traces.delete(span.traceId)
    index.remove(span, identifiersOf(span))
  })

  return {
    add(span) {
      const trace = traces.get(span.traceId) ?? new Map<string, Span>()
      if (trace.has(span.spanId)) return
      traces.set(span.traceId, trace)
      trace.set(span.spanId, span)
      index.add(span, identifiersOf(span))
      queue.push(span, bytesOf(span))
    },
    expire: queue.expire,
    trace: (traceId) => traces.get(traceId),
    traces: () => traces,
    naming: index.recordsOf,
    identifiersNamed: index.named,
    kept: queue,
  }
}
