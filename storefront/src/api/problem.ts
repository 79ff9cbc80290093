/** RFC 9457, as every error of the shop is told; other members depend on the type. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly traceId?: string
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[]
}

const PREFIX = "urn:eshop:problem:"

/** What was answered as a problem, whatever it is: no answer at all has status 0. */
export function problemOf(body: unknown, status = 0): Problem {
  const isProblem = typeof body === "object" && body !== null && "type" in body && "title" in body
  if (isProblem) return body as Problem
  return { type: `${PREFIX}${status === 0 ? "no-answer" : "unknown"}`, title: "No answer", status }
}

/** The stable code of a problem, such as `checkout.total-changed`. */
export const codeOf = (problem: Problem): string => problem.type.replace(PREFIX, "")
