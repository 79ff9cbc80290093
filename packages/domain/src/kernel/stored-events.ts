import * as z from "zod"

/** How an event lies in a stream today, and how what was stored before is read. */
export type StoredEventType = {
  /** Grows with every change that is more than an optional member. */
  readonly v: number
  readonly data: z.ZodType
  /** What makes the next version's data of the data of the version that is the key. */
  readonly upcasts?: Readonly<Record<number, (data: never) => unknown>>
}

type Types = Readonly<Record<string, StoredEventType>>

/** The events of a stream, as a union over their types. */
export type StoredEventOf<T extends Types> = {
  [Name in keyof T & string]: {
    readonly type: Name
    readonly v: T[Name]["v"]
    /** When it was decided: an ISO instant in UTC. */
    readonly at: string
    readonly data: z.output<T[Name]["data"]>
  }
}[keyof T & string]

const Envelope = z.object({ type: z.string(), v: z.int().min(1), at: z.iso.datetime(), data: z.unknown() })

/**
 * Reads an event as it lies in its stream, of whatever version, as one of today's version.
 * @throws an Error that names type and version: of an unknown event, of one that is newer than this code, and of one
 * that is not as its schema says
 */
export function readStoredEvent<const T extends Types>(types: T, raw: unknown): StoredEventOf<T> {
  const { type, v, at, data } = Envelope.parse(raw)
  const known = Object.hasOwn(types, type) ? types[type] : undefined
  if (!known) throw new Error(`the stored event '${type}' is unknown`)
  if (v > known.v)
    throw new Error(
      `the stored event '${type}' has version ${v}, newer than ${known.v}, the last that is known`,
    )
  let upcast = data
  for (let version = v; version < known.v; version++) {
    const step = known.upcasts?.[version]
    if (!step)
      throw new Error(`the stored event '${type}' has version ${v}, which nothing makes a ${known.v} of`)
    upcast = step(upcast as never)
  }
  const parsed = known.data.safeParse(upcast)
  if (!parsed.success)
    throw new Error(`the stored event '${type}' of version ${v} is broken: ${z.prettifyError(parsed.error)}`)
  return { type, v: known.v, at, data: parsed.data } as StoredEventOf<T>
}
