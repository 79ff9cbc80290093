import {
  type Attributes,
  type Counter,
  type Histogram,
  metrics,
  type ObservableResult,
} from "@opentelemetry/api"
import { withoutAmbient } from "./ambient.ts"
import { type InstrumentName, instruments } from "./instruments.ts"
import { later } from "./running.ts"

type OfKind<Kind> = {
  [Name in InstrumentName]: (typeof instruments)[Name]["kind"] extends Kind ? Name : never
}[InstrumentName]

/** The attributes that an instrument has; those that do not apply to a measurement stay away. */
export type AttributesOf<Name extends InstrumentName> = {
  readonly [Attribute in (typeof instruments)[Name]["attributes"][number]]?: string | number | undefined
}

/** What a gauge shows for one set of attributes. */
export type Reading<Name extends InstrumentName> = {
  readonly value: number
  readonly attributes?: AttributesOf<Name>
}

const meter = () => metrics.getMeter("eshop")

/** Instruments by name, made at their first use: the SDK is registered by then, or there is none. */
const histograms = new Map<string, Histogram>()
const counters = new Map<string, Counter>()
let madeBy: unknown

/** Forgets the instruments of another SDK than today's. */
function followProvider(): void {
  const provider = metrics.getMeterProvider()
  if (provider === madeBy) return
  madeBy = provider
  histograms.clear()
  counters.clear()
}

function histogram(name: OfKind<"histogram">): Histogram {
  followProvider()
  const known = histograms.get(name)
  if (known) return known
  const { unit, description, buckets } = instruments[name]
  const options = { unit, description, advice: { explicitBucketBoundaries: [...buckets] } }
  const made = meter().createHistogram(name, options)
  histograms.set(name, made)
  return made
}

function counter(name: OfKind<"counter">): Counter {
  followProvider()
  const known = counters.get(name)
  if (known) return known
  const { unit, description } = instruments[name]
  const made = meter().createCounter(name, { unit, description })
  counters.set(name, made)
  return made
}

/** Records one measurement of a histogram, in the instrument's unit. Costs nothing while no SDK runs. */
export function record<Name extends OfKind<"histogram">>(
  name: Name,
  value: number,
  attributes: AttributesOf<Name>,
): void {
  if (later(() => record(name, value, attributes))) return
  histogram(name).record(value, attributes as Attributes)
}

/** Adds to a counter. Costs nothing while no SDK runs. */
export function count<Name extends OfKind<"counter">>(
  name: Name,
  by: number,
  attributes: AttributesOf<Name>,
): void {
  if (later(() => count(name, by, attributes))) return
  counter(name).add(by, attributes as Attributes)
}

type Read<Name extends InstrumentName> = () => readonly Reading<Name>[] | Promise<readonly Reading<Name>[]>

const gauges: { readonly name: OfKind<"gauge">; readonly read: Read<OfKind<"gauge">> }[] = []

/**
 * Lets a gauge be read whenever a reader collects. What cannot be read shows nothing: a gap, never an old value.
 * @param read asked once a collection; never while no SDK runs
 */
export function gauge<Name extends OfKind<"gauge">>(name: Name, read: Read<Name>): void {
  gauges.push({ name, read: read as Read<OfKind<"gauge">> })
}

/** Shows the gauges to the SDK, which has been registered by now. */
export function showGauges(): void {
  for (const { name, read } of gauges) {
    const { unit, description } = instruments[name]
    meter()
      .createObservableGauge(name, { unit, description })
      .addCallback(async (result: ObservableResult) => {
        try {
          for (const { value, attributes } of await withoutAmbient(read))
            result.observe(value, attributes as Attributes)
        } catch {
          // Readiness and the log tell that the store is out.
        }
      })
  }
}
