import {
  closeSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writevSync,
} from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { decodeRecord, encodeRecord, type Journal, type JournalRecord } from "./record.ts"

const MAGIC = Buffer.from("SBEMU001")
const FRAME_HEAD = 8
const SNAPSHOT_FRAME_RECORDS = 1000
const COMPACT_FROM_BYTES = 16 * 1024 * 1024

export interface FileJournalOptions {
  directory: string
  /** Whether a group is synced to disk before it counts as durable. Without, it survives a killed process only. */
  fsync: boolean
  log: (message: string) => void
}

/**
 * An append-only journal with group commit. The facts of one turn of the event loop, and those that come while a sync
 * is under way, form one frame (length, CRC-32, records) that is durable as a whole. When the file has doubled since
 * the last compaction it is replaced by a snapshot of the state, so that it does not grow without bound.
 */
export class FileJournal implements Journal {
  readonly #options: FileJournalOptions
  #snapshot: () => Iterable<JournalRecord> = () => []
  #fd: number
  #generation: number
  #size: number
  #compactAt = COMPACT_FROM_BYTES
  #pending: Buffer[] = []
  #waiting: (() => void)[] = []
  #inFlight: (() => void)[] | undefined
  #scheduled = false
  #closed: (() => void) | undefined

  private constructor(options: FileJournalOptions, fd: number, generation: number, size: number) {
    this.#options = options
    this.#fd = fd
    this.#generation = generation
    this.#size = size
  }

  /** Opens the journal of a directory, creating both when missing, and replays what it holds. */
  static open(options: FileJournalOptions, replay: (record: JournalRecord) => void): FileJournal {
    mkdirSync(options.directory, { recursive: true })
    const generations = journalGenerations(options.directory)
    const generation = generations.at(-1) ?? 1
    for (const older of generations.slice(0, -1)) rmSync(journalPath(options.directory, older))
    const path = journalPath(options.directory, generation)
    const fd = openSync(path, "a+")
    const buffer = readFileSync(path)
    let size = readFrames(buffer, replay)
    if (size < buffer.length) {
      options.log(`Dropped ${buffer.length - size} bytes of an unfinished write at the end of ${path}.`)
      ftruncateSync(fd, size)
    }
    if (size === 0) {
      writevSync(fd, [MAGIC])
      fsyncSync(fd)
      syncDirectory(options.directory)
      size = MAGIC.length
    }
    return new FileJournal(options, fd, generation, size)
  }

  /** Sets where compaction takes the state from. */
  onCompaction(snapshot: () => Iterable<JournalRecord>): void {
    this.#snapshot = snapshot
  }

  append(record: JournalRecord): void {
    this.#pending.push(...encodeRecord(record))
    if (this.#scheduled || this.#inFlight) return
    this.#scheduled = true
    setImmediate(() => this.#flush())
  }

  afterCommit(callback: () => void): void {
    if (this.#pending.length > 0) this.#waiting.push(callback)
    else if (this.#inFlight) this.#inFlight.push(callback)
    else callback()
  }

  /** Writes what is pending and closes the file. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#closed = () => {
        closeSync(this.#fd)
        resolve()
      }
      if (!this.#inFlight && !this.#scheduled) this.#closed()
    })
  }

  #flush(): void {
    this.#scheduled = false
    const [pending, waiting] = [this.#pending, this.#waiting]
    this.#pending = []
    this.#waiting = []
    this.#size += writeFrame(this.#fd, pending)
    if (!this.#options.fsync) {
      this.#committed(waiting)
      return
    }
    this.#inFlight = waiting
    fdatasync(this.#fd, (error) => {
      // A journal that cannot be written must not acknowledge anything: better to stop than to lose messages.
      if (error) throw error
      this.#inFlight = undefined
      this.#committed(waiting)
    })
  }

  #committed(callbacks: (() => void)[]): void {
    for (const callback of callbacks) callback()
    if (this.#size > this.#compactAt) this.#compact()
    if (this.#pending.length > 0) {
      if (!this.#scheduled) {
        this.#scheduled = true
        setImmediate(() => this.#flush())
      }
    } else this.#closed?.()
  }

  #compact(): void {
    const { directory } = this.#options
    const path = journalPath(directory, this.#generation + 1)
    const temporary = `${path}.tmp`
    const fd = openSync(temporary, "w+")
    let size = writevSync(fd, [MAGIC])
    let parts: Buffer[] = []
    let records = 0
    for (const record of this.#snapshot()) {
      parts.push(...encodeRecord(record))
      if (++records % SNAPSHOT_FRAME_RECORDS > 0) continue
      size += writeFrame(fd, parts)
      parts = []
    }
    if (parts.length > 0) size += writeFrame(fd, parts)
    fsyncSync(fd)
    renameSync(temporary, path)
    syncDirectory(directory)
    closeSync(this.#fd)
    rmSync(journalPath(directory, this.#generation))
    this.#fd = fd
    this.#generation++
    this.#size = size
    this.#compactAt = Math.max(COMPACT_FROM_BYTES, size * 2)
  }
}

const journalPath = (directory: string, generation: number) => join(directory, `journal-${generation}.log`)

/** The generations present, oldest first. Unfinished compactions are removed. */
function journalGenerations(directory: string): number[] {
  const generations: number[] = []
  for (const name of readdirSync(directory)) {
    const [, generation, unfinished] = /^journal-(\d+)\.log(\.tmp)?$/.exec(name) ?? []
    if (unfinished) rmSync(join(directory, name))
    else if (generation) generations.push(Number(generation))
  }
  return generations.sort((a, b) => a - b)
}

/** Replays every whole frame. Returns where the first damaged or unfinished one begins. */
function readFrames(buffer: Buffer, replay: (record: JournalRecord) => void): number {
  if (buffer.length < MAGIC.length) return 0
  if (!buffer.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("The journal is of another format.")
  let at = MAGIC.length
  while (at + FRAME_HEAD <= buffer.length) {
    const end = at + FRAME_HEAD + buffer.readUInt32BE(at)
    if (end > buffer.length) break
    const payload = buffer.subarray(at + FRAME_HEAD, end)
    if (crc32(payload) !== buffer.readUInt32BE(at + 4)) break
    for (let offset = 0; offset < payload.length; ) {
      const { record, next } = decodeRecord(payload, offset)
      replay(record)
      offset = next
    }
    at = end
  }
  return at
}

function writeFrame(fd: number, parts: Buffer[]): number {
  const payload = Buffer.concat(parts)
  const head = Buffer.allocUnsafe(FRAME_HEAD)
  head.writeUInt32BE(payload.length, 0)
  head.writeUInt32BE(crc32(payload), 4)
  const size = FRAME_HEAD + payload.length
  let written = writevSync(fd, [head, payload])
  while (written < size) {
    const rest =
      written < FRAME_HEAD ? [head.subarray(written), payload] : [payload.subarray(written - FRAME_HEAD)]
    written += writevSync(fd, rest)
  }
  return size
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r")
  fsyncSync(fd)
  closeSync(fd)
}
