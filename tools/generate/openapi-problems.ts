import type { Route } from "@eshop/building-blocks/app/app"
import { statusOfKind, titles } from "@eshop/building-blocks/http/problem"
import type { RefusalType } from "@eshop/domain/kernel/refusal"
import { z } from "zod"
import type { ZodOpenApiResponseObject } from "zod-openapi"
import { type EdgeProblem, edgeProblems } from "./edge-problems.ts"

const mediaType = "application/problem+json"

const headers: Readonly<Record<string, z.ZodType>> = {
  "Retry-After": z
    .string()
    .optional()
    .meta({ description: "Seconds until the next try", header: { id: "RetryAfter" } }),
  "WWW-Authenticate": z
    .string()
    .optional()
    .meta({ description: "RFC 6750", header: { id: "WwwAuthenticate" } }),
  RateLimit: z
    .string()
    .optional()
    .meta({
      description: 'What is left: `"default";r=12;t=30` (draft-ietf-httpapi-ratelimit-headers)',
      header: { id: "RateLimit" },
    }),
  "RateLimit-Policy": z
    .string()
    .optional()
    .meta({
      description: 'What may be sent: `"default";q=600;w=60`',
      header: { id: "RateLimitPolicy" },
    }),
}
const headersOf = (names: readonly string[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, headers[name] as z.ZodType])))

/** RFC 9457, with `traceId`. */
const members = {
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string(),
  traceId: z.string(),
}

type ProblemSchema = z.ZodObject<{ type: z.ZodLiteral<string> }>

function problemSchema(
  name: string,
  codes: readonly [string, ...string[]],
  facts: z.ZodRawShape = {},
): ProblemSchema {
  const type = z.literal(codes.map((code) => `urn:eshop:problem:${code}`))
  return z.object({ type, ...members, ...facts }).meta({ id: `${name}Problem` }) as unknown as ProblemSchema
}

const ofEdge = new Map(
  edgeProblems.map((problem) => {
    const { name, codes, facts } = problem
    return [problem, problemSchema(name, codes, facts)] as const
  }),
)

/** By code: two refusals may share one (a changed cart is 412 for who edits it, 409 for a checkout). */
const ofRefusals = new Map<string, { readonly schema: ProblemSchema; readonly facts: string }>()

/** `stock.insufficient` → `StockInsufficient`. */
const pascal = (code: string) =>
  code.replaceAll(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase())

/** @throws Error when another refusal has the same code and other facts: a client could not tell them apart */
function ofRefusal({ code, facts }: RefusalType): ProblemSchema {
  const described = facts ? JSON.stringify(z.toJSONSchema(facts)) : ""
  const known = ofRefusals.get(code)
  if (known && known.facts !== described) throw new Error(`two refusals ${code} carry different facts`)
  if (known) return known.schema
  const schema = problemSchema(pascal(code), [code], (facts as z.ZodObject | undefined)?.shape)
  ofRefusals.set(code, { schema, facts: described })
  return schema
}

function response(status: number, schemas: readonly ProblemSchema[], names: readonly string[]) {
  const schema =
    schemas.length === 1
      ? schemas[0]
      : z.discriminatedUnion("type", schemas as [ProblemSchema, ProblemSchema])
  return {
    description: titles[status] ?? "",
    ...(names.length > 0 && { headers: headersOf(names) }),
    content: { [mediaType]: { schema } },
  } as ZodOpenApiResponseObject
}

/** What only the edge answers with is the same for every route: one component each. */
const edgeResponses = new Map(
  [...ofEdge].map(([problem, schema]) => [
    problem,
    { ...response(problem.status, [schema], problem.headers ?? []), id: problem.name },
  ]),
)

/** A route's answers short of a success, by status: the edge's own and its use case's refusals. */
export function problemResponses(route: Route): Record<string, ZodOpenApiResponseObject> {
  const own = Map.groupBy(route.useCase.refusals, ({ kind }) => statusOfKind[kind])
  const edge = new Map(
    edgeProblems.flatMap((problem): [number, EdgeProblem][] =>
      problem.appliesTo(route) ? [[problem.status, problem]] : [],
    ),
  )
  const statuses = [...new Set([...own.keys(), ...edge.keys()])].sort()
  return Object.fromEntries(
    statuses.map((status) => {
      const refusals = own.get(status) ?? []
      const problem = edge.get(status)
      if (problem && refusals.length === 0) return [status, edgeResponses.get(problem)]
      const schemas = [
        ...(problem ? [ofEdge.get(problem) as ProblemSchema] : []),
        ...new Set(refusals.map(ofRefusal)),
      ]
      const retries = refusals.some(({ kind }) => kind === "unavailable" || kind === "too-many")
        ? ["Retry-After"]
        : []
      return [status, response(status, schemas, [...new Set([...(problem?.headers ?? []), ...retries])])]
    }),
  ) as Record<string, ZodOpenApiResponseObject>
}
