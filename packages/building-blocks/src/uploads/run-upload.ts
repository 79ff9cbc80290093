import type { Refusal } from "@eshop/domain/kernel/refusal"
import type * as z from "zod"
import type { Call, CommandCall, Tx } from "../app/call.ts"
import type { UseCase } from "../app/use-case.ts"
import { isUnavailable } from "../failure.ts"
import { unacceptableFields } from "../http/plain-input.ts"
import { pointerOf } from "../http/problem.ts"
import { LineResult, type UploadJob, type UploadJobs } from "./upload-jobs.ts"

export type UploadPorts = { readonly uploads: UploadJobs }

/** What becomes of a line. */
export const LineOutcome = LineResult.omit({ line: true })
export type LineOutcome = z.infer<typeof LineOutcome>

/**
 * Takes lines in their order, on behalf of whoever sent the upload, and answers what becomes of each. Its one transaction
 * also says that the lines are dealt with; of a line that it refuses nothing may be left.
 */
export type LinesUseCase<Ports, Line extends z.ZodType> = UseCase<
  Ports,
  z.ZodArray<Line>,
  z.ZodArray<typeof LineOutcome>,
  true
>

/** Lines of one transaction, at the most: others wait no longer than for these. */
const MOST_LINES = 400
export const LEASE_SECONDS = 30

/** @throws TypeError when the bytes are not UTF-8 */
export const linesOf = (content: Buffer): string[] =>
  new TextDecoder("utf-8", { fatal: true })
    .decode(content)
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)

/** A text that may quote a client's, as PostgreSQL can keep it. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\ufffd").slice(0, 500)

/** What becomes of a line that a rule stands against. */
export const refusedLine = ({ code, detail }: Refusal): LineOutcome => ({
  ...{ outcome: "refused", code, detail: storable(detail) },
})

type Read<Line extends z.ZodType> = { readonly data: z.output<Line> } | LineOutcome

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

/** Somebody else works at the job by now, under a lease of its own. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError"
}

/**
 * Works at a leased job until it is done, or its time is over. The effect of some lines, what became of them and
 * the position behind them commit together: a crash repeats nothing. Where lines fail together fewer of them are tried, down
 * to the one that fails.
 * @param isOver whether to begin no further line
 * @throws what the use case throws: its line and those after it are still to be done
 */
export async function runUpload<Ports extends UploadPorts, Line extends z.ZodType>(
  lines: LinesUseCase<Ports, Line>,
  ports: Ports,
  job: Pick<UploadJob, "id" | "position" | "caller">,
  call: Call,
  isOver: () => boolean,
): Promise<void> {
  const take = lines.handle(ports)
  const schema = lines.input.element as Line

  /** Takes lines in one transaction. @param from how many lie before them */
  async function takeLines(texts: readonly string[], from: number): Promise<void> {
    const reads = texts.map((text) => readLine(schema, text))
    const good = reads.flatMap((read) => (read && "data" in read ? [read.data] : []))
    const advance = async (tx: Tx, outcomes: readonly LineOutcome[]) => {
      let taken = 0
      const results = reads.flatMap((read, index): LineResult[] => {
        if (!read) return []
        const outcome = "data" in read ? (outcomes[taken++] as LineOutcome) : read
        return [{ line: from + index + 1, ...outcome }]
      })
      const progress = { from, to: from + texts.length, results }
      if (!(await ports.uploads.advance(tx, job.id, progress, LEASE_SECONDS)))
        throw new LeaseLostError(`upload ${job.id} was moved on by somebody else`)
    }
    if (good.length === 0) return call.transact((tx) => advance(tx, []))
    const commit = (work: (tx: Tx) => Promise<unknown>) =>
      call.transact(async (tx) => {
        const outcomes = lines.result.parse(await work(tx))
        await advance(tx, outcomes)
        return outcomes
      })
    const onBehalf = { ...call, now: new Date(), caller: job.caller, commit: commit as CommandCall["commit"] }
    await take(good as never, onBehalf)
  }

  let most = MOST_LINES
  for (let position = job.position; !isOver(); ) {
    const part = await ports.uploads.partAt(job.id, position)
    if (!part) return
    const texts = linesOf(part.content)
    while (position < part.first + texts.length && !isOver()) {
      const some = texts.slice(position - part.first, position - part.first + most)
      try {
        await takeLines(some, position)
      } catch (error) {
        if (isUnavailable(error) || error instanceof LeaseLostError || some.length === 1) throw error
        most = Math.ceil(some.length / 2)
        continue
      }
      position += some.length
      most = Math.min(MOST_LINES, 2 * most)
    }
  }
}
