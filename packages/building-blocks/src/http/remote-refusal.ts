import type { RefusalOf, RefusalType } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { ServiceResponse } from "./service-client.ts"

const PROBLEM_TYPE = "urn:eshop:problem:"
const Problem = z.looseObject({ type: z.string().startsWith(PROBLEM_TYPE) })

/** A rule of the other service said no, and its caller does not know that rule. */
export class UnknownRefusalError extends Error {
  override readonly name = "UnknownRefusalError"
}

// 403 and 503 are also what a caller without the role, and a proxy on the way, are told.
const refusing = new Set<number>([404, 409, 412, 422])

/**
 * What another service refused, as the refusal that the caller declares under the same code, with its facts.
 * @returns undefined for an answer that is no rule's: a success, a failure, a token that was not accepted
 * @throws UnknownRefusalError of a code that is not among the types
 */
export function remoteRefusal<const Types extends readonly RefusalType[]>(
  { status, text }: ServiceResponse,
  types: Types,
): RefusalOf<Types> | undefined {
  if (!refusing.has(status)) return undefined
  const { data: problem } = Problem.safeParse(parseJson(text))
  if (!problem) return undefined
  const code = problem.type.slice(PROBLEM_TYPE.length)
  const type = types.find((one) => one.code === code)
  if (!type) throw new UnknownRefusalError(`refused with ${code}, which is not known here`)
  return type(type.facts?.parse(problem)) as RefusalOf<Types>
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
