import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Readable } from "node:stream"
import { stripVTControlCharacters } from "node:util"

const LINES_KEPT = 40
const LIMIT_BYTES = 10 * 1024 * 1024
/** A level in front of a line, as sd-daemon(3) has it: 3 error, 4 warning, 5 notice, 6 information, 7 debug. */
const MARK = /^<([0-7])>/

/** Told a line that a part printed, and its level (syslog's number) where the part marks its lines. */
export type OnLine = (line: string, level: number | undefined) => void

/** Everything one part prints: kept in a file, its last lines in memory, each line offered to the terminal. */
export class PartLog {
  readonly file: string
  readonly #earlier: string
  readonly #onLine: OnLine
  readonly #limitBytes: number
  #descriptor: number | undefined
  #size = 0
  #last: string[] = []

  private constructor(directory: string, part: string, onLine: OnLine, limitBytes: number) {
    this.file = join(directory, `${part}.log`)
    this.#earlier = join(directory, `${part}.previous.log`)
    this.#onLine = onLine
    this.#limitBytes = limitBytes
    this.#rotate()
  }

  /**
   * Opens `<directory>/<part>.log`. The log of the earlier start is kept beside it as `<part>.previous.log`, and so is
   * what this one held when it grew over `limitBytes`; older lines are gone.
   */
  static async open(
    directory: string,
    part: string,
    onLine: OnLine,
    limitBytes = LIMIT_BYTES,
  ): Promise<PartLog> {
    await mkdir(directory, { recursive: true })
    return new PartLog(directory, part, onLine, limitBytes)
  }

  /** Takes over one output stream of a process. */
  attach(output: Readable): void {
    let rest = ""
    output.setEncoding("utf8")
    output.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) this.#take(line)
    })
    output.on("end", () => {
      if (rest) this.#take(rest)
    })
    output.on("error", () => {})
  }

  /** A line of the supervisor's own, such as the moment of a restart. */
  note(line: string): void {
    this.#write(`--- ${new Date().toISOString()} ${line}`)
  }

  /** The last lines printed, without terminal colours, at most `count`. */
  lastLines(count: number): string[] {
    return this.#last.slice(-count)
  }

  /** Forgets the kept lines, so that what is reported belongs to one run of the process. */
  forget(): void {
    this.#last = []
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #take(printed: string): void {
    const mark = MARK.exec(printed)
    const line = (mark ? printed.slice(mark[0].length) : printed).trimEnd()
    this.#write(line)
    const plain = stripVTControlCharacters(line)
    if (!plain) return
    this.#last.push(plain)
    if (this.#last.length > LINES_KEPT) this.#last.shift()
    this.#onLine(line, mark ? Number(mark[1]) : undefined)
  }

  /** A full disk must not take the launcher down; the terminal still shows what matters. */
  #write(line: string): void {
    if (this.#descriptor === undefined) return
    try {
      this.#size += writeSync(this.#descriptor, `${line}\n`)
      if (this.#size > this.#limitBytes) this.#rotate()
    } catch {}
  }

  #rotate(): void {
    this.close()
    try {
      renameSync(this.file, this.#earlier)
    } catch (error) {
      // On Windows a file that somebody reads cannot be renamed: then it goes on.
      if (!["ENOENT", "EPERM", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error
    }
    this.#descriptor = openSync(this.file, "a", 0o600)
    this.#size = fstatSync(this.#descriptor).size
  }
}
