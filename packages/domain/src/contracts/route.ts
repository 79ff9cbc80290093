import type { z } from "zod"

/** The names in a path's braces: `"orderId"` of `redemptions/{orderId}/confirm`. */
export type PathParameter<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never

/** A route that one context calls of another. */
export type RouteDefinition<
  Path extends string = string,
  Input extends z.ZodObject = z.ZodObject,
  Answer extends z.ZodType = z.ZodType,
> = {
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE"
  /** Below the context's root, e.g. `holds/{holdId}`. */
  readonly path: Path
  /** The members that the path names, and the query (GET, DELETE) or the body (POST, PUT, PATCH). Strict: a provider refuses what it does not know. */
  readonly input: Input
  /** Of a success. Not strict: a consumer takes no notice of what it does not know. */
  readonly answer: Answer
  /** What provider and consumers test themselves against. */
  readonly example: { readonly input: z.output<Input>; readonly answer: z.output<Answer> }
}

export const defineRoute = <
  const Path extends string,
  Input extends z.ZodObject & { shape: Record<PathParameter<Path>, z.ZodType> },
  Answer extends z.ZodType,
>(
  definition: RouteDefinition<Path, Input, Answer>,
): RouteDefinition<Path, Input, Answer> => definition

export type RouteRequest = {
  readonly method: RouteDefinition["method"]
  /** With its query, from the context's root: `/redemptions/018f…?couponCode=WELCOME10`. */
  readonly path: string
  /** The same with the names of its parameters in place of their values: `/redemptions/{orderId}`. */
  readonly template: string
  /** JSON; absent for GET and DELETE. */
  readonly body?: string
}

/** The request that carries an input to its route. */
export function requestOf<Input extends z.ZodObject>(
  route: RouteDefinition<string, Input>,
  input: z.output<Input>,
): RouteRequest {
  const rest: Record<string, unknown> = { ...input }
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest[name])
    delete rest[name]
    return encodeURIComponent(value)
  })
  const template = `/${route.path}`
  if (route.method !== "GET" && route.method !== "DELETE")
    return { method: route.method, path: `/${path}`, template, body: JSON.stringify(rest) }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, String(value))
  return { method: route.method, path: query.size > 0 ? `/${path}?${query}` : `/${path}`, template }
}
