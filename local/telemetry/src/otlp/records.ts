/** What is kept, as its own shape: attributes are plain members, times are milliseconds since 1970. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
export type Attributes = Readonly<Record<string, JsonValue>>

/** Who sent something. */
export interface Resource {
  readonly service: string
  /** Tells two processes of one service apart; empty where the sender does not say. */
  readonly instance: string
  readonly attributes: Attributes
}

export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer"

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  readonly name: string
  readonly kind: SpanKind
  readonly resource: Resource
  readonly start: number
  readonly durationMs: number
  readonly isError: boolean
  /** Why it failed, where it says so. */
  readonly message: string
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  /** Other traces that it has to do with. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

export interface SpanEvent {
  readonly time: number
  readonly name: string
  readonly attributes: Attributes
}

export interface LogRecord {
  readonly time: number
  /** OpenTelemetry's number: 9 information, 13 warning, 17 error; 0 where the sender does not say. */
  readonly severity: number
  readonly text: string
  readonly resource: Resource
  readonly attributes: Attributes
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

/** One value of one series of a metric. */
export type Reading = {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly resource: Resource
  readonly attributes: Attributes
  /** Since when a sum counts. */
  readonly start: number
  readonly time: number
  /** Whether it tells what came since the reading before, instead of since the start. */
  readonly isDelta: boolean
} & (
  | { readonly kind: "gauge" | "counter"; readonly value: number }
  | {
      readonly kind: "histogram"
      readonly count: number
      readonly sum: number
      /** One more than bounds: the last is what lies above all of them. */
      readonly buckets: readonly number[]
      readonly bounds: readonly number[]
    }
)
