import type { HttpRequest } from "@azure/functions"
import { ProblemError } from "./problem.ts"

/** An entity tag of ours: a version in quotes. */
export const etagOf = (version: unknown): string => `"${version}"`

const MEMBER = /^\s*(W\/)?"([\x21\x23-\x7e]*)"\s*$/

function membersOf(header: string, name: string): { weak: boolean; tag: string }[] {
  return header.split(",").map((text) => {
    const match = MEMBER.exec(text)
    if (!match)
      throw new ProblemError({
        status: 400,
        code: `request.${name}`,
        detail: 'Send an ETag as you got it: "7".',
      })
    return { weak: match[1] !== undefined, tag: match[2] as string }
  })
}

/**
 * The versions that If-Match accepts, or undefined without the header. A weak tag matches nothing (RFC 9110 section
 * 13.1.1: strong comparison).
 */
export function readIfMatch(request: HttpRequest): readonly string[] | undefined {
  const header = request.headers.get("if-match")
  if (header === null) return undefined
  if (header.trim() === "*") return ["*"]
  return membersOf(header, "if-match").flatMap(({ weak, tag }) => (weak ? [] : [tag]))
}

/** Whether the client has this version already (RFC 9110 section 13.1.2: weak comparison). */
export function isKnown(request: HttpRequest, etag: string): boolean {
  const header = request.headers.get("if-none-match")
  if (header === null) return false
  if (header.trim() === "*") return true
  return membersOf(header, "if-none-match").some(({ tag }) => `"${tag}"` === etag)
}
