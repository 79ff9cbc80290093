import { defineRefusal, isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { type Access, every, get, type Route, raw, type Timer } from "../app/app.ts"
import type { Call, Caller, CommandCall, Tx } from "../app/call.ts"
import { type UseCase, useCase } from "../app/use-case.ts"
import { isUnavailable } from "../failure.ts"
import { unacceptableFields } from "../http/plain-input.ts"
import { RawRequest } from "../http/route.ts"
import { warn } from "../telemetry/observe.ts"
import { LineError, type Progress, type UploadJobs, UploadStatus } from "./upload-jobs.ts"

export type UploadPorts = { readonly uploads: UploadJobs }

/** What the use case of a chunk answers: the rows that it does not take, by their index in the chunk. */
export const ChunkResult = z.strictObject({
  refused: z.array(z.strictObject({ row: z.int().min(0), code: z.string() })),
})

/** Takes the rows of a chunk in one transaction. */
export type ChunkUseCase<Ports, Row extends z.ZodType> = UseCase<
  Ports,
  z.ZodObject<{ rows: z.ZodArray<Row> }>,
  typeof ChunkResult,
  true
>

/** So many lines are one transaction. */
const CHUNK_LINES = 200
const LEASE_SECONDS = 60
/** A run of the timer takes up no further chunk after this long. */
const RUN_MS = 60_000

const malformed = defineRefusal("upload.malformed", "rule", "Send at least one line, in UTF-8.")
const unknown = defineRefusal("upload.unknown", "not-found", "There is no such upload.")

const ownerOf = (caller: Caller): string => `${caller.kind} ${"id" in caller ? caller.id : ""}`

const linesOf = (content: Buffer): string[] =>
  new TextDecoder("utf-8", { fatal: true })
    .decode(content)
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)

type Line = { readonly line: number; readonly row: unknown } | LineError

/** A line of newline-delimited JSON as a row; undefined for a blank one. */
function readLine(schema: z.ZodType, text: string, line: number): Line | undefined {
  if (text.trim() === "") return undefined
  try {
    const json: unknown = JSON.parse(text)
    const [field] = unacceptableFields(json)
    const { success, data, error } = schema.safeParse(json)
    if (success && !field) return { line, row: data }
    const path = field?.path ?? error?.issues[0]?.path ?? []
    return { line, code: "invalid", pointer: path.map((part) => `/${String(part)}`).join("") }
  } catch {
    return { line, code: "malformed" }
  }
}

/** Works at a leased job until it is done, or until the time for it is over. */
async function work<Ports extends UploadPorts, Row extends z.ZodType>(
  chunk: ChunkUseCase<Ports, Row>,
  ports: Ports,
  job: { id: string; position: number; content: Buffer },
  call: Call,
  until: number,
): Promise<void> {
  const { uploads } = ports
  const take = chunk.handle(ports)
  const schema = chunk.input.shape.rows.element
  const lines = linesOf(job.content)
  for (let from = job.position; from < lines.length && performance.now() < until; from += CHUNK_LINES) {
    const read = lines
      .slice(from, from + CHUNK_LINES)
      .map((text, index) => readLine(schema, text, from + index + 1))
    const rows = read.filter((line) => line !== undefined && "row" in line) as {
      line: number
      row: unknown
    }[]
    const wrong = read.filter((line) => line !== undefined && "code" in line) as LineError[]
    const advance = async (tx: Tx, refused: readonly LineError[]) => {
      const errors = [...wrong, ...refused].sort((a, b) => a.line - b.line)
      const to = Math.min(from + CHUNK_LINES, lines.length)
      const progress: Progress = { from, to, taken: rows.length - refused.length, errors }
      if (!(await uploads.advance(tx, job.id, progress, LEASE_SECONDS)))
        throw new Error(`upload ${job.id} was moved on by somebody else`)
    }
    const commit = (work: (tx: Tx) => Promise<unknown>) =>
      call.transact(async (tx) => {
        const result = await work(tx)
        if (isRefusal(result)) return result
        const { refused } = ChunkResult.parse(result)
        await advance(
          tx,
          refused.map(({ row, code }) => ({ line: rows[row]?.line ?? from + 1, code })),
        )
        return result
      })
    const answer =
      rows.length === 0
        ? await call.transact((tx) => advance(tx, []))
        : await take({ rows: rows.map(({ row }) => row) } as never, {
            ...call,
            commit: commit as CommandCall["commit"],
          })
    // A chunk that is refused as a whole took nothing; the job goes on behind it.
    if (isRefusal(answer)) {
      const { code } = answer as Refusal
      await call.transact((tx) =>
        advance(
          tx,
          rows.map(({ line }) => ({ line, code })),
        ),
      )
    }
  }
}

export type UploadOptions = {
  /** `context.verb`: names the three functions. */
  readonly name: string
  readonly access: Access
  readonly contentType: string
  readonly maxBytes: number
}

/**
 * An upload of newline-delimited JSON that takes longer than a request may: a POST keeps the bytes as a job and answers
 * 202 with its URL, a timer takes it up in chunks. Effect and position of a chunk commit together, so a crash repeats
 * nothing.
 * @param chunk takes up to 200 rows; a line that does not fit its row's schema never reaches it
 * @returns entries for the app: `...upload(…)`
 */
export function upload<Ports, Row extends z.ZodType>(
  path: string,
  chunk: ChunkUseCase<Ports, Row>,
  { name, access, contentType, maxBytes }: UploadOptions,
): readonly [Route<UploadPorts>, Route<UploadPorts>, Timer<Ports & UploadPorts>] {
  const begin = useCase(name, {
    input: RawRequest,
    result: z.strictObject({ id: z.uuid(), lines: z.int() }),
    refusals: [malformed],
    handle:
      ({ uploads }: UploadPorts) =>
      async ({ bytes }, call) => {
        let lines: number
        try {
          lines = linesOf(bytes).length
        } catch {
          return malformed()
        }
        if (bytes.length === 0) return malformed()
        const job = { id: call.newId(), kind: name, caller: ownerOf(call.caller), lines, createdAt: call.now }
        await call.transact((tx) => uploads.add(tx, { ...job, content: bytes }))
        return { id: job.id, lines }
      },
  })
  const look = useCase(`${name}-progress`, {
    input: z.strictObject({ id: z.uuid() }),
    result: z.strictObject({
      id: z.uuid(),
      status: UploadStatus,
      lines: z.int(),
      position: z.int().describe("Lines that were dealt with"),
      taken: z.int(),
      failed: z.int(),
      errors: z.array(LineError).describe("The first lines that were not taken"),
      createdAt: z.iso.datetime(),
    }),
    refusals: [unknown],
    handle:
      ({ uploads }: UploadPorts) =>
      async ({ id }, { caller }) => {
        const job = await uploads.find(name, id)
        // Whoever holds the role sees every job; anybody else their own.
        if (!job || (typeof access === "string" && job.caller !== ownerOf(caller))) return unknown()
        const { kind: _, caller: __, createdAt, errors, ...progress } = job
        return { ...progress, errors: [...errors], createdAt: createdAt.toISOString() }
      },
  })
  const run = useCase(`${name}-run`, {
    input: z.strictObject({}),
    result: z.void(),
    handle: (ports: Ports & UploadPorts) => async (_, call) => {
      const until = performance.now() + RUN_MS
      while (performance.now() < until) {
        const job = await ports.uploads.lease(name, LEASE_SECONDS)
        if (!job) return
        try {
          await work(chunk as ChunkUseCase<Ports & UploadPorts, Row>, ports, job, call, until)
          await ports.uploads.release(job.id, false)
        } catch (error) {
          await ports.uploads.release(job.id, !isUnavailable(error))
          if (isUnavailable(error)) throw error
          warn(`upload ${job.id}: ${(error as Error).stack}`)
          // Its next attempt is the next run's.
          return
        }
      }
    },
  })
  const location = ({ id }: { id: string }) => `${path}/${id}`
  return [
    raw(path, begin, { access, status: 202, maxBodyBytes: maxBytes, contentType, location }),
    get(`${path}/{id}` as const, look, { access }) as Route<UploadPorts>,
    every("*/5 * * * * *", run),
  ]
}
