import type { SinkSpan } from "../fixtures/otlp-sink.ts"

/** A span with its children, in the order of their beginning. */
export type Tree = { readonly span: SinkSpan; readonly children: readonly Tree[] }

const byBeginning = (a: SinkSpan, b: SinkSpan): number =>
  Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano))

/** The spans of one trace as trees; more than one where a parent is missing. */
export function treeOf(spans: readonly SinkSpan[]): Tree[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const children = Map.groupBy(spans, ({ parentSpanId = "" }) => (ids.has(parentSpanId) ? parentSpanId : ""))
  const below = (id: string): Tree[] =>
    (children.get(id) ?? []).toSorted(byBeginning).map((span) => ({ span, children: below(span.spanId) }))
  return below("")
}

/** Without calls that failed and were made again, and what came of them: how often that is depends on the machine. */
export function withoutRepetitions(spans: readonly SinkSpan[]): SinkSpan[] {
  const dropped = new Set<string>()
  const isDropped = ({ spanId, parentSpanId = "", kind, failed }: SinkSpan) =>
    (kind === "CLIENT" && failed) || dropped.has(parentSpanId) || dropped.has(spanId)
  for (let before = -1; before !== dropped.size; ) {
    before = dropped.size
    for (const span of spans) if (isDropped(span)) dropped.add(span.spanId)
  }
  return spans.filter(({ spanId }) => !dropped.has(spanId))
}

/**
 * Trees as indented lines: what runs at the same time has no order, so siblings are sorted by their lines.
 * @param wanted what is left out takes its children with it
 */
export const linesOf = (trees: readonly Tree[], wanted: (tree: Tree) => boolean): string[] =>
  trees
    .filter(wanted)
    .map(({ span, children }) => [
      `${span.service} ${span.kind} ${span.name}`,
      ...linesOf(children, wanted).map((line) => `  ${line}`),
    ])
    .sort((a, b) => (a.join("\n") < b.join("\n") ? -1 : 1))
    .flat()
