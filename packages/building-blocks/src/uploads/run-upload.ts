import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { Call, CommandCall, Tx } from "../app/call.ts"
import type { UseCase } from "../app/use-case.ts"
import { unacceptableFields } from "../http/plain-input.ts"
import { pointerOf } from "../http/problem.ts"
import type { LineResult, UploadJob, UploadJobs } from "./upload-jobs.ts"

export type UploadPorts = { readonly uploads: UploadJobs }

/** What the use case of a line answers. */
export const LineEffect = z.strictObject({ outcome: z.enum(["created", "changed", "unchanged"]) })

/** Takes one line, on behalf of whoever sent the upload; its one transaction also says that the line is dealt with. */
export type LineUseCase<Ports, Line extends z.ZodType> = UseCase<Ports, Line, typeof LineEffect, true>

/** So many results of lines without an effect are kept back to be written at once. */
const MOST_PENDING = 200
export const LEASE_SECONDS = 30

/** @throws TypeError when the bytes are not UTF-8 */
export const linesOf = (content: Buffer): string[] =>
  new TextDecoder("utf-8", { fatal: true })
    .decode(content)
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)

/** A text that may quote a client's, as PostgreSQL can keep it. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\ufffd").slice(0, 500)

type Read<Line extends z.ZodType> = { readonly data: z.output<Line> } | Omit<LineResult, "line">

/** What a line of JSON says; undefined for a blank one. */
function readLine<Line extends z.ZodType>(schema: Line, text: string): Read<Line> | undefined {
  if (text.trim() === "") return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { outcome: "refused", code: "line.malformed", detail: "The line is not JSON." }
  }
  const [unacceptable] = unacceptableFields(json)
  const { success, data, error } = schema.safeParse(json)
  if (success && !unacceptable) return { data }
  const { path, message } = unacceptable ?? (error as z.ZodError).issues[0] ?? { path: [], message: "" }
  const pointer = storable(pointerOf(path))
  return { outcome: "refused", code: "line.invalid", detail: storable(message), pointer }
}

/**
 * Works at a leased job until it is done, or until the time for it is over. Effect and position of a line commit together:
 * a crash repeats nothing.
 * @param until by `performance.now()`
 * @throws what the use case throws: its line and those after it are still to be done
 */
export async function runUpload<Ports extends UploadPorts, Line extends z.ZodType>(
  line: LineUseCase<Ports, Line>,
  ports: Ports,
  job: Pick<UploadJob, "id" | "position" | "caller">,
  call: Call,
  until: number,
): Promise<void> {
  const take = line.handle(ports)
  let written = job.position
  let pending: LineResult[] = []
  const advance = async (tx: Tx, to: number, more: readonly LineResult[]) => {
    const progress = { from: written, to, results: [...pending, ...more] }
    if (!(await ports.uploads.advance(tx, job.id, progress, LEASE_SECONDS)))
      throw new Error(`upload ${job.id} was moved on by somebody else`)
  }
  const settle = (to: number) => {
    written = to
    pending = []
  }
  const flush = async (to: number) => {
    if (to === written) return
    await call.transact((tx) => advance(tx, to, []))
    settle(to)
  }
  /** @returns why the line is refused; undefined once it is taken */
  async function takeLine(data: z.output<Line>, number: number): Promise<Refusal | undefined> {
    const commit = (work: (tx: Tx) => Promise<unknown>) =>
      call.transact(async (tx) => {
        const result = await work(tx)
        if (isRefusal(result)) return result
        await advance(tx, number, [{ line: number, ...LineEffect.parse(result) }])
        return result
      })
    const onBehalf = { ...call, now: new Date(), caller: job.caller, commit: commit as CommandCall["commit"] }
    const answer = await take(data as never, onBehalf)
    if (isRefusal(answer)) return answer as Refusal
    settle(number)
    return undefined
  }

  for (let position = written; performance.now() < until; ) {
    const part = await ports.uploads.partAt(job.id, position)
    if (!part) return
    const lines = linesOf(part.content)
    while (position < part.first + lines.length && performance.now() < until) {
      const read = readLine(line.input, lines[position - part.first] as string)
      const number = ++position
      if (read && !("data" in read)) pending.push({ line: number, ...read })
      const refusal = read && "data" in read ? await takeLine(read.data, number) : undefined
      if (refusal) {
        const { code, detail } = refusal
        pending.push({ line: number, outcome: "refused", code, detail: storable(detail) })
      }
      if (pending.length >= MOST_PENDING) await flush(position)
    }
    await flush(position)
  }
}
