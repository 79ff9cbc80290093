import type { Route } from "@eshop/building-blocks/app/app"
import { z } from "zod"

/** What an app answers with by itself, or a gateway before it: one schema per status, named so in OpenAPI. */
export type EdgeProblem = {
  readonly name: string
  readonly status: number
  readonly codes: readonly [string, ...string[]]
  /** Members beyond those that every problem has. */
  readonly facts?: z.ZodRawShape
  readonly headers?: readonly string[]
  readonly appliesTo: (route: Route) => boolean
}

const always = () => true
const takesBody = ({ method }: Route) => method === "POST" || method === "PUT" || method === "PATCH"
/** In the order of their status. Every code of `building-blocks/http` is here, and those of 429: a test compares them. */
export const edgeProblems: readonly EdgeProblem[] = [
  {
    name: "Malformed",
    status: 400,
    codes: [
      "request.invalid",
      "request.malformed",
      "request.text",
      "request.if-match",
      "request.if-none-match",
      "idempotency-key.missing",
      "idempotency-key.card-number",
    ],
    facts: {
      errors: z
        .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
        .describe("The members that do not fit the schema, by JSON Pointer (RFC 6901)")
        .optional(),
    },
    // Every route looks at the headers.
    appliesTo: always,
  },
  {
    name: "Unauthenticated",
    status: 401,
    codes: ["auth.required", "auth.invalid-token"],
    headers: ["WWW-Authenticate"],
    appliesTo: always,
  },
  {
    name: "Forbidden",
    status: 403,
    codes: ["auth.forbidden"],
    appliesTo: ({ access }) =>
      !["anyone", "signed-in", "signed-in-or-guest", "order"].includes(access as string),
  },
  {
    name: "InFlight",
    status: 409,
    codes: ["idempotency-key.in-flight"],
    headers: ["Retry-After"],
    appliesTo: ({ idempotent }) => idempotent,
  },
  { name: "TooLarge", status: 413, codes: ["request.too-large"], appliesTo: takesBody },
  {
    name: "UnsupportedMediaType",
    status: 415,
    codes: ["request.media-type", "request.content-coding"],
    appliesTo: takesBody,
  },
  {
    name: "KeyReused",
    status: 422,
    codes: ["idempotency-key.reused"],
    appliesTo: ({ idempotent }) => idempotent,
  },
  {
    name: "TooManyRequests",
    status: 429,
    codes: ["client.requests", "client.connections"],
    headers: ["Retry-After", "RateLimit", "RateLimit-Policy"],
    appliesTo: always,
  },
  { name: "Failed", status: 500, codes: ["internal"], appliesTo: always },
  {
    name: "Unavailable",
    status: 503,
    codes: ["dependency.unavailable"],
    headers: ["Retry-After"],
    appliesTo: always,
  },
]
