import type { Attributes } from "../otlp/records.ts"

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
const UUID_LENGTH = 36
/** Attributes that name something: `orderId`, `eshop.order.id`, `messaging.message.id`. */
const NAMES_SOMETHING = /(^id|Id|[._]id)$/
const MAX_LENGTH = 128

/** What a record names, each with the attributes that name it: none where it is named in running text alone. */
export type Identifiers = ReadonlyMap<string, readonly string[]>

/** Every UUID of the texts and attributes, and the whole value of each attribute that is an id by its name. */
export function identifiersIn(texts: readonly string[], ...attributes: readonly Attributes[]): Identifiers {
  const found = new Map<string, string[]>()
  const add = (identifier: string, ...names: string[]) => {
    const key = identifier.toLowerCase()
    found.set(key, [...(found.get(key) ?? []), ...names])
  }
  for (const [name, value] of attributes.flatMap(Object.entries)) {
    if (typeof value !== "string" || value === "") continue
    const uuids = value.length < UUID_LENGTH ? [] : [...value.matchAll(UUID)]
    for (const [uuid] of uuids) add(uuid, name)
    const isWhole = uuids.length === 1 && value.length === UUID_LENGTH
    if (!isWhole && NAMES_SOMETHING.test(name) && value.length <= MAX_LENGTH) add(value, name)
  }
  for (const text of texts) {
    if (text.length >= UUID_LENGTH) for (const [uuid] of text.matchAll(UUID)) add(uuid)
  }
  return found
}

/** Which records name what. */
export interface IdentifierIndex<T> {
  add(record: T, identifiers: Identifiers): void
  remove(record: T, identifiers: Identifiers): void
  /** In the order in which they came. */
  recordsOf(identifier: string): Iterable<T>
  /** The identifiers that an attribute of such a name has as its value. */
  named(pattern: RegExp): string[]
}

export function identifierIndex<T>(): IdentifierIndex<T> {
  const known = new Map<string, { records: Set<T>; names: Set<string> }>()
  return {
    add(record, identifiers) {
      for (const [identifier, names] of identifiers) {
        const entry = known.get(identifier) ?? { records: new Set(), names: new Set() }
        known.set(identifier, entry)
        entry.records.add(record)
        for (const name of names) entry.names.add(name)
      }
    },
    remove(record, identifiers) {
      for (const identifier of identifiers.keys()) {
        const entry = known.get(identifier)
        entry?.records.delete(record)
        if (entry?.records.size === 0) known.delete(identifier)
      }
    },
    recordsOf: (identifier) => known.get(identifier.toLowerCase())?.records ?? [],
    named: (pattern) =>
      [...known].flatMap(([identifier, { names }]) =>
        [...names].some((name) => pattern.test(name)) ? [identifier] : [],
      ),
  }
}
