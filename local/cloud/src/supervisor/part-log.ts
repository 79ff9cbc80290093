import { createWriteStream, type WriteStream } from "node:fs"
import { mkdir, rename } from "node:fs/promises"
import { join } from "node:path"
import type { Readable } from "node:stream"
import { stripVTControlCharacters } from "node:util"

const LINES_KEPT = 40

/** Everything one part prints: kept in a file, its last lines in memory, each line offered to the terminal. */
export class PartLog {
  readonly file: string
  readonly #stream: WriteStream
  readonly #onLine: (line: string) => void
  #last: string[] = []

  private constructor(file: string, onLine: (line: string) => void) {
    this.file = file
    this.#stream = createWriteStream(file, { flags: "a" })
    // A full disk must not take the launcher down; the terminal still shows what matters.
    this.#stream.on("error", () => {})
    this.#onLine = onLine
  }

  /** Opens `<directory>/<part>.log`; the log of the earlier start is kept beside it as `<part>.previous.log`. */
  static async open(directory: string, part: string, onLine: (line: string) => void): Promise<PartLog> {
    await mkdir(directory, { recursive: true })
    const file = join(directory, `${part}.log`)
    await rename(file, join(directory, `${part}.previous.log`)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error
    })
    return new PartLog(file, onLine)
  }

  /** Takes over one output stream of a process. */
  attach(output: Readable): void {
    let rest = ""
    output.setEncoding("utf8")
    output.on("data", (chunk: string) => {
      this.#stream.write(chunk)
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
    this.#stream.write(`--- ${new Date().toISOString()} ${line}\n`)
  }

  /** The last lines printed, without terminal colours, at most `count`. */
  lastLines(count: number): string[] {
    return this.#last.slice(-count)
  }

  /** Forgets the kept lines, so that what is reported belongs to one run of the process. */
  forget(): void {
    this.#last = []
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve))
  }

  #take(line: string): void {
    const plain = stripVTControlCharacters(line).trimEnd()
    if (!plain) return
    this.#last.push(plain)
    if (this.#last.length > LINES_KEPT) this.#last.shift()
    this.#onLine(line.trimEnd())
  }
}
