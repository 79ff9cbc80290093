import type { HttpRequest } from "@azure/functions"
import { ProblemError } from "./problem.ts"

const tooLarge = (limit: number) =>
  new ProblemError({
    status: 413,
    code: "request.too-large",
    detail: `A body may have ${limit} bytes at the most.`,
  })

/** The body's bytes. @param limit more of them are refused @throws ProblemError */
export async function readBytes(request: HttpRequest, limit: number): Promise<Buffer> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit)
  const coding = request.headers.get("content-encoding") ?? "identity"
  if (coding.trim().toLowerCase() !== "identity")
    throw new ProblemError({
      status: 415,
      code: "request.content-coding",
      detail: "Send the body as it is, without a content coding.",
      headers: { "accept-encoding": "identity" },
    })
  const bytes = Buffer.from(await request.arrayBuffer())
  if (bytes.length > limit) throw tooLarge(limit)
  return bytes
}

const mediaType = (request: HttpRequest): string =>
  (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? ""

/** @throws ProblemError when the body is of another media type */
export function requireType(request: HttpRequest, type: string): void {
  if (mediaType(request) !== type)
    throw new ProblemError({ status: 415, code: "request.media-type", detail: `Send ${type}.` })
}

/** RFC 7396. */
export const MERGE_PATCH = "application/merge-patch+json"

/** JSON, or a type that is built on it; none that says how to change something, but for the merge patch of a PATCH. */
const isJson = (type: string, isPatch: boolean): boolean =>
  type.endsWith("-patch+json")
    ? isPatch && type === MERGE_PATCH
    : /^application\/(json|[\w.-]+\+json)$/.test(type)

/**
 * The body as JSON; an empty object where there is none.
 * @param isPatch whether it is a PATCH's, which may be a merge patch
 * @throws ProblemError
 */
export async function readJson(request: HttpRequest, limit: number, isPatch = false): Promise<unknown> {
  const bytes = await readBytes(request, limit)
  if (bytes.length === 0) return {}
  if (!isJson(mediaType(request), isPatch))
    throw new ProblemError({
      status: 415,
      code: "request.media-type",
      detail: `Send ${isPatch ? `${MERGE_PATCH} or ` : ""}application/json.`,
      ...(isPatch && { headers: { "accept-patch": `${MERGE_PATCH}, application/json` } }),
    })
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    throw new ProblemError({
      status: 400,
      code: "request.malformed",
      detail: "The body is not JSON in UTF-8.",
    })
  }
}
