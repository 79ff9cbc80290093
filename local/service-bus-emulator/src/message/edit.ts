import rhea from "rhea"
import type { PropertyChanges } from "../broker/message.ts"
import {
  APPLICATION_PROPERTIES,
  PROPERTIES,
  type PropertyField,
  propertyFields,
  readSections,
  readTyped,
  type Typed,
  unwrap,
  writeSection,
} from "./sections.ts"

/** The decoded properties of a bare message, for filters. */
export interface MessageProperties {
  system: Partial<Record<PropertyField, unknown>>
  application: Map<string, unknown>
}

/** Decodes the properties and application properties of a bare message. */
export function readProperties(content: Buffer): MessageProperties {
  const system: MessageProperties["system"] = {}
  const application = new Map<string, unknown>()
  for (const section of readSections(content)) {
    if (section.code !== PROPERTIES && section.code !== APPLICATION_PROPERTIES) continue
    const items = readTyped(content.subarray(section.valueStart, section.end)).value as Typed[]
    if (section.code === PROPERTIES) {
      items.forEach((item, index) => {
        const value = unwrap(item)
        const field = propertyFields[index]
        if (field && value !== null && value !== undefined) system[field] = value
      })
    } else {
      for (let i = 0; i + 1 < items.length; i += 2) {
        application.set(String(unwrap(items[i])), numberOrPlain(items[i + 1] as Typed))
      }
    }
  }
  return { system, application }
}

/** Integers become bigint, so that filters can tell them from floating point numbers. */
function numberOrPlain(item: Typed): unknown {
  const value = unwrap(item)
  if (typeof value !== "number") return value
  return /long|int|short|byte/i.test(item.type.name) ? BigInt(value) : value
}

/**
 * Sets and removes application properties and sets fields of the properties section. Every other part keeps its
 * encoding, and untouched properties keep their AMQP types.
 * @param changes application properties; `undefined` removes one
 * @param fields fields of the properties section; `undefined` clears one
 */
export function editProperties(
  content: Buffer,
  changes: PropertyChanges,
  fields: Partial<Record<PropertyField, unknown>> = {},
): Buffer {
  const sections = readSections(content)
  const properties = sections.find((section) => section.code === PROPERTIES)
  const application = sections.find((section) => section.code === APPLICATION_PROPERTIES)
  const rest = content.subarray((application ?? properties)?.end ?? 0)
  const read = (section: typeof properties) =>
    section ? (readTyped(content.subarray(section.valueStart, section.end)).value as Typed[]) : []
  const parts: Buffer[] = []
  if (Object.keys(fields).length > 0) parts.push(editFields(read(properties), fields))
  else if (properties) parts.push(content.subarray(properties.start, properties.end))
  const entries = editEntries(read(application), changes)
  if (entries.length > 0) {
    const map = { ...(rhea.types.wrap_map({}) as unknown as Typed), value: entries }
    parts.push(writeSection(APPLICATION_PROPERTIES, map))
  }
  parts.push(rest)
  return Buffer.concat(parts)
}

function editFields(list: Typed[], fields: Partial<Record<PropertyField, unknown>>): Buffer {
  const values: Typed[] = [...list]
  for (const [name, value] of Object.entries(fields)) {
    const index = propertyFields.indexOf(name as PropertyField)
    while (values.length <= index) values.push(wrap(null))
    values[index] =
      name === "contentType" && typeof value === "string"
        ? (rhea.types.wrap_symbol(value) as unknown as Typed)
        : wrap(value ?? null)
  }
  return writeSection(PROPERTIES, { ...(rhea.types.wrap_list([0]) as unknown as Typed), value: values })
}

function editEntries(entries: Typed[], changes: PropertyChanges): Typed[] {
  const changed = new Set(Object.keys(changes))
  const result: Typed[] = []
  for (let i = 0; i + 1 < entries.length; i += 2) {
    if (!changed.has(String(unwrap(entries[i])))) result.push(entries[i] as Typed, entries[i + 1] as Typed)
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value !== undefined) result.push(wrap(name), wrap(value))
  }
  return result
}

/** Application properties are simple AMQP values: neither lists nor maps (part 3, section 3.2.5). */
function wrap(value: unknown): Typed {
  if (typeof value === "bigint") return rhea.types.wrap_long(Number(value)) as unknown as Typed
  const object = typeof value === "object" && value !== null
  const simple = !object || value instanceof Date || Buffer.isBuffer(value)
  if (!simple || typeof value === "symbol" || typeof value === "function") {
    throw new TypeError("A property must be a text, number, boolean, date, binary or null.")
  }
  return rhea.types.wrap(value as never) as unknown as Typed
}
