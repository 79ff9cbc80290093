import * as z from "zod"
import type { Caller, Tx } from "../app/call.ts"

/** What became of a line. */
export const LineResult = z.strictObject({
  line: z.int().min(1).describe("From 1 on, over all parts"),
  outcome: z.enum(["created", "changed", "unchanged", "refused"]),
  /** Of a refused line: `line.malformed`, `line.invalid`, or why the context refused it. */
  code: z.string().optional().describe("Why the line was refused"),
  detail: z.string().optional().describe("The same for a person"),
  pointer: z.string().optional().describe("JSON Pointer of the member that does not fit"),
})
export type LineResult = z.infer<typeof LineResult>

/** open: parts of it are missing. failed: given up, the lines up to its position are dealt with. */
export const UploadStatus = z.enum(["open", "waiting", "running", "done", "failed"])

export type UploadJob = {
  readonly id: string
  /** Which upload it is, by its use case's name. */
  readonly kind: string
  /** Whoever sent it: its lines are taken on their behalf. */
  readonly caller: Caller
  readonly status: z.infer<typeof UploadStatus>
  /** How many parts it has, and how many of them have come. */
  readonly parts: number
  readonly received: number
  /** Of the parts that have come. */
  readonly lines: number
  /** Lines that were dealt with: taken, refused or blank. */
  readonly position: number
  readonly taken: number
  readonly refused: number
  readonly createdAt: Date
}

/** Where a page of uploads begins: after this one. */
export type UploadCursor = { readonly createdAt: string; readonly id: string }

/** Whole lines of an upload. */
export type UploadPart = { readonly number: number; readonly lines: number; readonly content: Buffer }

/** What a run has come to: the lines between two positions. */
export type Progress = {
  readonly from: number
  readonly to: number
  readonly results: readonly LineResult[]
}

/** The uploads of a context, and how far they are. */
export type UploadJobs = {
  add(tx: Tx, job: Pick<UploadJob, "id" | "kind" | "caller" | "parts" | "createdAt">): Promise<void>
  find(kind: string, id: string): Promise<UploadJob | undefined>
  /** The newest first. @param page.of only those that this caller began */
  list(
    kind: string,
    page: { readonly after?: UploadCursor; readonly limit: number; readonly of?: Caller },
  ): Promise<readonly UploadJob[]>
  /**
   * Keeps a part; the last one that was missing makes the job wait for its turn.
   * @returns false when it is too late for another content: the upload was complete
   */
  putPart(tx: Tx, id: string, part: UploadPart): Promise<boolean>
  /** Takes up the oldest job that is complete, not done, and that nobody else works at, for so long. */
  lease(kind: string, seconds: number): Promise<Pick<UploadJob, "id" | "position" | "caller"> | undefined>
  /** The part with the line after this many, and how many lines lie before it; undefined after the last line. */
  partAt(id: string, position: number): Promise<{ first: number; content: Buffer } | undefined>
  /**
   * Moves a job on, in the transaction of its lines' effect; keeps the lease for as long again. The last move forgets the
   * content.
   * @returns false when somebody else has moved it
   */
  advance(tx: Tx, id: string, progress: Progress, seconds: number): Promise<boolean>
  /** Ends the lease. @param failed counts; a job that failed five times in a row is given up */
  release(id: string, failed: boolean): Promise<void>
  /** Results by line. @param page.outcome only lines of which this became */
  results(
    id: string,
    page: { after: number; limit: number; outcome?: LineResult["outcome"] },
  ): Promise<readonly LineResult[]>
  /** Forgets one job that was begun before, with its results. */
  forget(kind: string, before: Date): Promise<void>
}
