import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { type Access, type FollowUp, followUp, get, post, type Route, raw } from "../app/app.ts"
import { type Caller, idOfCaller } from "../app/call.ts"
import { command, useCase } from "../app/use-case.ts"
import { isUnavailable } from "../failure.ts"
import { CursorInstant, cursorOf } from "../http/cursor.ts"
import { pageSize, wholeNumber } from "../http/query.ts"
import { RawRequest } from "../http/route.ts"
import { log } from "../telemetry/log.ts"
import {
  LEASE_SECONDS,
  LeaseLostError,
  type LinesUseCase,
  linesOf,
  runUpload,
  type UploadPorts,
} from "./run-upload.ts"
import { LineResult, type UploadJob, UploadStatus } from "./upload-jobs.ts"

/** A run begins no further line after this long; the next one goes on. */
const RUN_MS = 60_000
/** After a line that failed the next attempt comes so much later. */
const RETRY_MS = 5_000
/** Jobs are kept for so long, with what became of their lines. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000
const MOST_PARTS = 500
const CONTENT_TYPE = "application/x-ndjson"

const uploadUnknown = defineRefusal("upload.unknown", "not-found", "There is no such upload.")
const partUnknown = defineRefusal("upload.part-unknown", "not-found", "The upload has no such part.")
const partMalformed = defineRefusal("upload.malformed", "rule", "Send at least one line, in UTF-8.")
const uploadComplete = defineRefusal(
  "upload.complete",
  "conflict",
  "The upload was complete before, with another content of this part.",
)

const UploadView = z.strictObject({
  id: z.uuid(),
  status: UploadStatus.describe("open: parts are missing; failed: given up"),
  parts: z.int(),
  received: z.int().describe("Parts that have come"),
  lines: z.int().describe("Of the parts that have come"),
  position: z.int().describe("Lines that were dealt with"),
  taken: z.int(),
  refused: z.int(),
  createdAt: z.iso.datetime(),
})

const viewOf = ({ kind: _, caller: __, createdAt, ...job }: UploadJob): z.infer<typeof UploadView> => ({
  ...job,
  createdAt: createdAt.toISOString(),
})

const idOf = (caller: Caller): string => `${caller.kind} ${idOfCaller(caller) ?? ""}`

/** `catalog.import` → `catalog.begin-import`. */
const nameOf = (name: string, verb: string, more = "") => name.replace(".", `.${verb}-`) + more

const jobCursor = cursorOf("uploads", z.strictObject({ createdAt: CursorInstant, id: z.uuid() }))
const cursor = cursorOf("upload-results", z.int().min(1))

/** What takes the lines of an upload: to be asked when one is complete. @param name of its options */
export const runOfUpload = (name: string) => ({ name: nameOf(name, "run") })

export type UploadOptions = {
  /** `context.noun`: names the functions `context.begin-noun` and so on. */
  readonly name: string
  readonly access: Access
  /** Where clients find the uploads: `/catalog/imports`. */
  readonly url: string
  /** Of a part; a line is no longer than that. */
  readonly maxPartBytes: number
}

/** The use cases of an upload, apart from its lines'. */
function uploadUseCases({ name, access }: UploadOptions) {
  const named = (verb: string, more?: string) => nameOf(name, verb, more)
  // Whoever holds the role sees every job; anybody else their own.
  const find = async ({ uploads }: UploadPorts, id: string, caller: Caller) => {
    const job = await uploads.find(name, id)
    return job && (typeof access === "object" || idOf(job.caller) === idOf(caller)) ? job : undefined
  }

  const begin = command(named("begin"), {
    input: z.strictObject({
      parts: z.int().min(1).max(MOST_PARTS).describe("How many parts the lines are sent in"),
    }),
    result: z.strictObject({ id: z.uuid(), parts: z.int() }),
    handle:
      ({ uploads }: UploadPorts) =>
      ({ parts }, { commit, newId, caller, now }) =>
        commit(async (tx) => {
          const id = newId()
          await uploads.add(tx, { id, kind: name, caller, parts, createdAt: now })
          return { id, parts }
        }),
  })

  const putPart = useCase(named("put", "-part"), {
    input: RawRequest.extend({
      params: z.object({ id: z.uuid(), part: wholeNumber({ min: 1, max: MOST_PARTS }) }),
    }),
    result: UploadView,
    refusals: [uploadUnknown, partUnknown, partMalformed, uploadComplete],
    handle:
      (ports: UploadPorts) =>
      async ({ bytes, params: { id, part: number } }, { caller, transact }) => {
        const job = await find(ports, id, caller)
        if (!job) return uploadUnknown()
        if (number > job.parts) return partUnknown()
        const lines = countLines(bytes)
        if (lines === 0) return partMalformed()
        const part = { number, lines, content: bytes }
        if (!(await transact((tx) => ports.uploads.putPart(tx, id, part)))) return uploadComplete()
        const after = await find(ports, id, caller)
        return after ? viewOf(after) : uploadUnknown()
      },
  })

  const look = useCase(named("get"), {
    input: z.strictObject({ id: z.uuid() }),
    result: UploadView,
    refusals: [uploadUnknown],
    handle:
      (ports: UploadPorts) =>
      async ({ id }, { caller }) => {
        const job = await find(ports, id, caller)
        return job ? viewOf(job) : uploadUnknown()
      },
  })

  const list = useCase(named("list", "s"), {
    input: z.strictObject({ limit: pageSize, cursor: jobCursor.schema.optional() }),
    result: z.strictObject({ items: z.array(UploadView), nextCursor: z.string().nullable() }),
    handle:
      ({ uploads }: UploadPorts) =>
      async ({ limit, cursor: after }, { caller }) => {
        const found = await uploads.list(name, {
          limit: limit + 1,
          ...(after && { after }),
          ...(typeof access !== "object" && { of: caller }),
        })
        const items = found.slice(0, limit).map(viewOf)
        const last = items.at(-1)
        return {
          items,
          nextCursor:
            found.length > limit && last
              ? jobCursor.encode({ createdAt: last.createdAt, id: last.id })
              : null,
        }
      },
  })

  const listResults = useCase(named("list", "-results"), {
    input: z.strictObject({
      id: z.uuid(),
      outcome: LineResult.shape.outcome.optional().describe("Only lines of which this became"),
      limit: pageSize,
      cursor: cursor.schema.optional(),
    }),
    result: z.strictObject({ items: z.array(LineResult), nextCursor: z.string().nullable() }),
    refusals: [uploadUnknown],
    handle:
      (ports: UploadPorts) =>
      async ({ id, outcome, limit, cursor: after = 0 }, { caller }) => {
        if (!(await find(ports, id, caller))) return uploadUnknown()
        const page = { after, limit: limit + 1, ...(outcome && { outcome }) }
        const found = await ports.uploads.results(id, page)
        const items = found.slice(0, limit)
        const last = items.at(-1)
        return { items, nextCursor: found.length > limit && last ? cursor.encode(last.line) : null }
      },
  })
  return { begin, putPart, list, look, listResults }
}

/** @returns 0 for what is no text */
function countLines(bytes: Buffer): number {
  if (bytes.length === 0) return 0
  try {
    return linesOf(bytes).length
  } catch {
    return 0
  }
}

/** Takes up jobs until there are none, or until the time is over. */
const runUploads = <Ports extends UploadPorts, Line extends z.ZodType>(
  name: string,
  lines: LinesUseCase<Ports, Line>,
) =>
  useCase(runOfUpload(name).name, {
    input: z.strictObject({}),
    result: z.strictObject({ againInMs: z.int().optional() }),
    handle: (ports: Ports) => async (_, call) => {
      await ports.uploads.forget(name, new Date(call.now.getTime() - KEPT_MS))
      const end = performance.now() + RUN_MS
      const isOver = () => performance.now() >= end || call.signal?.aborted === true
      while (!isOver()) {
        const job = await ports.uploads.lease(name, LEASE_SECONDS)
        if (!job) return {}
        try {
          await runUpload(lines, ports, job, call, isOver)
          await ports.uploads.release(job.id, false)
        } catch (error) {
          // The lease is somebody else's, and nothing has failed.
          if (error instanceof LeaseLostError) return {}
          await ports.uploads.release(job.id, !isUnavailable(error))
          if (isUnavailable(error)) throw error
          log.warn("an upload waits for its next attempt", { uploadId: job.id, error })
          return { againInMs: RETRY_MS }
        }
      }
      return { againInMs: 0 }
    },
  })

/**
 * An upload of newline-delimited JSON, of any length: a POST begins a job, each PUT brings a part of whole lines (bodies stay
 * small, and a part that was lost on the way is sent again), and once all have come a follow-up takes the lines, some hundreds
 * in a transaction.
 * @param lines takes some; what does not fit its input never reaches it. It gets the caller who began the job
 * @returns entries for the app: `...upload(…)`
 */
export function upload<Ports, Line extends z.ZodType>(
  path: string,
  lines: LinesUseCase<Ports, Line>,
  options: UploadOptions,
): readonly [...Route<UploadPorts>[], FollowUp<Ports & UploadPorts>] {
  const { access, url, maxPartBytes: maxBodyBytes, name } = options
  const { begin, putPart, list, look, listResults } = uploadUseCases(options)
  const location = ({ id }: { id: string }) => `${url}/${id}`
  const part = { method: "PUT", access, maxBodyBytes, contentType: CONTENT_TYPE } as const
  return [
    post(path, begin, { access, status: 202, idempotent: true, location }),
    raw(`${path}/{id}/parts/{part}`, putPart, part),
    get(path, list, { access }),
    get(`${path}/{id}` as "{id}", look, { access }),
    get(`${path}/{id}/results` as "{id}", listResults, { access }),
    followUp(runUploads(name, lines as LinesUseCase<Ports & UploadPorts, Line>)),
  ]
}
