import rhea from "rhea"

/** AMQP 1.0 part 3 (messaging), section 3.2: the descriptors of a message's sections. */
export const HEADER = 0x70
export const DELIVERY_ANNOTATIONS = 0x71
export const MESSAGE_ANNOTATIONS = 0x72
export const PROPERTIES = 0x73
export const APPLICATION_PROPERTIES = 0x74
export const DATA = 0x75
export const SEQUENCE = 0x76
export const VALUE = 0x77

/** The fields of the properties section, in the order of the specification (part 3, section 3.2.4). */
export const propertyFields = [
  "messageId",
  "userId",
  "to",
  "subject",
  "replyTo",
  "correlationId",
  "contentType",
  "contentEncoding",
  "absoluteExpiryTime",
  "creationTime",
  "groupId",
  "groupSequence",
  "replyToGroupId",
] as const
export type PropertyField = (typeof propertyFields)[number]

/** A value with its AMQP type, as the codec reads and writes it. */
export interface Typed {
  type: { name: string; typecode: number }
  value: unknown
  descriptor?: Typed
}

export interface Section {
  code: number
  start: number
  valueStart: number
  end: number
}

/** rhea's codec, which its published types leave out. */
const { Reader, Writer } = rhea.types as unknown as {
  Reader: new (buffer: Buffer) => { read(): Typed }
  Writer: new () => { write(value: Typed): void; toBuffer(): Buffer }
}

/** Splits an encoded message into its sections without decoding their values. Throws when it is malformed. */
export function readSections(buffer: Buffer): Section[] {
  const sections: Section[] = []
  let at = 0
  while (at < buffer.length) {
    if (buffer[at] !== 0) throw new RangeError(`A message section must be a described value (offset ${at}).`)
    const valueStart = endOfValue(buffer, at + 1)
    const end = endOfValue(buffer, valueStart)
    sections.push({ code: descriptorCode(buffer, at + 1), start: at, valueStart, end })
    at = end
  }
  if (at !== buffer.length) throw new RangeError("The message ends in the middle of a section.")
  return sections
}

/** Decodes one value, keeping its AMQP types. */
export function readTyped(buffer: Buffer): Typed {
  return new Reader(buffer).read()
}

/** Encodes one typed value. */
export function writeTyped(value: Typed): Buffer {
  const writer = new Writer()
  writer.write(value)
  return writer.toBuffer()
}

/** The plain JavaScript value of a typed one. */
export function unwrap(value: Typed | undefined): unknown {
  return value === undefined ? undefined : rhea.types.unwrap(value as never)
}

/** Encodes a section with the given descriptor around a typed value. */
export function writeSection(code: number, value: Typed): Buffer {
  return Buffer.concat([Buffer.from([0, 0x53, code]), writeTyped(value)])
}

function descriptorCode(buffer: Buffer, at: number): number {
  switch (buffer[at]) {
    case 0x53:
      return buffer.readUInt8(at + 1)
    case 0x80:
      return Number(buffer.readBigUInt64BE(at + 1))
    default:
      throw new RangeError("Message sections must have numeric descriptors.")
  }
}

/** AMQP 1.0 part 1, section 1.2: the upper half of a constructor says how wide the value is. */
function endOfValue(buffer: Buffer, at: number): number {
  const code = buffer.readUInt8(at)
  if (code === 0) return endOfValue(buffer, endOfValue(buffer, at + 1))
  const end = at + 1 + widthOfValue(buffer, code >>> 4, at + 1)
  if (end > buffer.length) throw new RangeError("The message ends in the middle of a value.")
  return end
}

function widthOfValue(buffer: Buffer, category: number, at: number): number {
  switch (category) {
    case 0x4:
      return 0
    case 0x5:
      return 1
    case 0x6:
      return 2
    case 0x7:
      return 4
    case 0x8:
      return 8
    case 0x9:
      return 16
    case 0xa:
    case 0xc:
    case 0xe:
      return 1 + buffer.readUInt8(at)
    case 0xb:
    case 0xd:
    case 0xf:
      return 4 + buffer.readUInt32BE(at)
    default:
      throw new RangeError(`Unknown AMQP constructor category 0x${category.toString(16)}.`)
  }
}
