import * as z from "zod"
import type { Tx } from "../app/call.ts"

/** A line of an upload that was not taken. */
export const LineError = z.strictObject({
  /** From 1. */
  line: z.int().min(1),
  /** `malformed`, `invalid`, or why the context refused it. */
  code: z.string(),
  /** JSON Pointer of the member that does not fit. */
  pointer: z.string().optional(),
})
export type LineError = z.infer<typeof LineError>

export const UploadStatus = z.enum(["waiting", "running", "done", "failed"])

export type UploadJob = {
  readonly id: string
  /** Which upload it is, by its use case's name. */
  readonly kind: string
  readonly caller: string
  readonly status: z.infer<typeof UploadStatus>
  readonly lines: number
  /** Lines that were dealt with: taken or not. */
  readonly position: number
  readonly taken: number
  readonly failed: number
  /** The first ones. */
  readonly errors: readonly LineError[]
  readonly createdAt: Date
}

/** What a chunk came to. */
export type Progress = {
  readonly from: number
  readonly to: number
  readonly taken: number
  readonly errors: readonly LineError[]
}

/** The uploads of a context, and how far they are. */
export type UploadJobs = {
  add(
    tx: Tx,
    job: Pick<UploadJob, "id" | "kind" | "caller" | "lines" | "createdAt"> & { content: Buffer },
  ): Promise<void>
  find(kind: string, id: string): Promise<UploadJob | undefined>
  /** Takes up the oldest job that is not done and that nobody else works at, for so long. */
  lease(kind: string, seconds: number): Promise<{ id: string; position: number; content: Buffer } | undefined>
  /**
   * Moves a job on, in the transaction of the chunk's effect; keeps the lease for as long again. The last move forgets
   * the content.
   * @returns false when somebody else has moved it
   */
  advance(tx: Tx, id: string, progress: Progress, seconds: number): Promise<boolean>
  /** Ends the lease. @param failed counts; a job that failed five times in a row is given up */
  release(id: string, failed: boolean): Promise<void>
}
