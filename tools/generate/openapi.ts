import type { App, Route } from "@eshop/building-blocks/app/app"
import { routesOf } from "@eshop/building-blocks/app/functions"
import { MERGE_PATCH } from "@eshop/building-blocks/http/body"
import { parametersOf, readsQuery } from "@eshop/building-blocks/http/route"
import { z } from "zod"
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from "zod-openapi"
import { problemResponses } from "./openapi-problems.ts"

/** An app and the path below which it is served. */
export type Mount = { readonly app: App; readonly prefix: string }

const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .meta({
    description: "The client's own id of this request: a repetition gets the first answer again",
    param: { id: "IdempotencyKey" },
  })
const version = z.string().meta({ description: "The version of what is answered", header: { id: "ETag" } })
const location = z.string().meta({ description: "Where to find it", header: { id: "Location" } })
const replayed = z
  .literal("true")
  .optional()
  .meta({
    description: "The first answer to this Idempotency-Key, given again",
    header: { id: "IdempotentReplayed" },
  })
const orderToken = z
  .string()
  .optional()
  .meta({
    description:
      "For a guest: lets its holder see this order for 90 days, and do with it what its customer may",
    header: { id: "OrderToken" },
  })
const next = z
  .string()
  .optional()
  .meta({ description: 'The page after this one: `<?…>; rel="next"` (RFC 8288)', header: { id: "NextPage" } })
const ifMatch = z
  .string()
  .optional()
  .meta({ description: "Refused when the version is another one by now", param: { id: "IfMatch" } })
const ifNoneMatch = z
  .string()
  .optional()
  .meta({ description: "Answered with 304 while the version is this one", param: { id: "IfNoneMatch" } })

/** `catalog.get-product` → `catalogGetProduct`. */
const camel = (name: string) => name.replaceAll(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase())

/** `catalog.get-product` → `Get product`. */
function summaryOf(name: string): string {
  const words = name.slice(name.indexOf(".") + 1).replaceAll("-", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Roles stand in the requirement's list; an empty requirement asks for nothing (OpenAPI 3.1, Security Requirement Object). */
function securityOf({ access }: Route): ZodOpenApiOperationObject["security"] {
  if (access === "anyone") return []
  if (typeof access === "object") return [{ bearer: [access.role] }]
  if (access === "signed-in") return [{ bearer: [] }]
  const known: ZodOpenApiOperationObject["security"] = [
    { bearer: [] },
    { guestCookie: [] },
    { guestToken: [] },
  ]
  if (access === "order") return [...known, { orderToken: [] }]
  return access === "shopper" ? [...known, {}] : known
}

/** How a caller says who they are. A document names those that its routes ask for. */
const securitySchemes = {
  bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  guestCookie: { type: "apiKey", in: "cookie", name: "__Host-guest" },
  guestToken: { type: "apiKey", in: "header", name: "X-Guest-Token" },
  orderToken: { type: "apiKey", in: "header", name: "X-Order-Token" },
} as const

/** The members of a route's input, and what is left of them when some are taken away. */
function objectOf({ useCase }: Route): z.ZodObject {
  const { input } = useCase
  const schema = input instanceof z.ZodPipe ? input.in : input
  if (!(schema instanceof z.ZodObject)) throw new Error(`${useCase.name}: the input of a route is an object`)
  return schema
}

function without(schema: z.ZodObject, names: readonly string[]): z.ZodObject {
  if (names.length === 0) return schema
  const rest = Object.entries(schema.shape).filter(([name]) => !names.includes(name))
  // Not `omit`: it refuses an object with a rule over its members, which a document cannot show anyway.
  const { catchall } = schema.def
  const left = z.object(Object.fromEntries(rest))
  return catchall ? left.catchall(catchall) : left
}

const isFilled = (shape: object) => Object.keys(shape).length > 0

type Parameters = Readonly<Record<"path" | "query" | "header", z.ZodRawShape>>
/** Those that there are: an empty list would only be noise. */
const parameters = (shapes: Partial<Parameters>): Pick<ZodOpenApiOperationObject, "requestParams"> => {
  const filled = Object.entries(shapes).filter(([, shape]) => isFilled(shape))
  if (filled.length === 0) return {}
  return { requestParams: Object.fromEntries(filled.map(([place, shape]) => [place, z.object(shape)])) }
}

const headersOf = ({ idempotent, useCase, method, etag }: Route): z.ZodRawShape => ({
  ...(idempotent && { "Idempotency-Key": idempotencyKey }),
  ...(useCase.refusals.some(({ kind }) => kind === "stale") && { "If-Match": ifMatch }),
  ...(method === "GET" && etag && { "If-None-Match": ifNoneMatch }),
})

/** What a raw route says of a path parameter: some text, unless its use case knows better. */
const rawParameter = (route: Route, name: string): z.ZodType => {
  const { params } = objectOf(route).shape
  return (params instanceof z.ZodObject && params.shape[name]) || z.string()
}

function requestOf(route: Route): Pick<ZodOpenApiOperationObject, "requestParams" | "requestBody"> {
  const names = parametersOf(route.path)
  const header = headersOf(route)
  if (route.raw)
    return {
      ...parameters({
        path: Object.fromEntries(names.map((name) => [name, rawParameter(route, name)])),
        header,
      }),
      requestBody: {
        required: true,
        content: { [route.contentType ?? "application/octet-stream"]: { schema: {} } },
      },
    }
  const input = objectOf(route)
  const path = Object.fromEntries(names.map((name) => [name, input.shape[name] as z.ZodType]))
  const rest = without(input, names)
  if (readsQuery(route)) return parameters({ path, query: rest.shape, header })
  if (!isFilled(rest.shape)) return parameters({ path, header })
  return {
    ...parameters({ path, header }),
    requestBody: {
      required: !rest.safeParse({}).success,
      content: {
        ...(route.method === "PATCH" && { [MERGE_PATCH]: { schema: rest } }),
        "application/json": { schema: rest },
      },
    },
  }
}

const successes: Readonly<Record<number, string>> = {
  200: "Done",
  201: "Created",
  202: "Accepted",
  204: "Done",
}

function successOf(route: Route): Record<string, ZodOpenApiResponseObject> {
  const { result } = route.useCase
  const nothing = result instanceof z.ZodVoid || result instanceof z.ZodUndefined
  const headers = {
    ...(route.etag && { ETag: version }),
    ...(route.location && { Location: location }),
    ...(route.idempotent && { "Idempotent-Replayed": replayed }),
    ...(route.orderToken && { "X-Order-Token": orderToken }),
    ...(route.lines && { Link: next }),
  }
  const content = route.lines
    ? {
        "application/x-ndjson": {
          schema: ((result as z.ZodObject).shape.lines as z.ZodArray).element as z.ZodType,
        },
      }
    : { [route.file?.contentType ?? "application/json"]: { schema: result } }
  return {
    [route.status]: {
      description: successes[route.status] ?? "Done",
      ...(isFilled(headers) && { headers: z.object(headers) }),
      ...(!nothing && { content }),
    },
    ...(route.method === "GET" &&
      route.etag && { 304: { description: "Not modified", headers: z.object({ ETag: version }) } }),
  }
}

/** Unique in a document of several apps: a use case that every app has is told apart by the app's name. */
const operationIdOf = (app: App, { name }: Route["useCase"]) =>
  camel(name.startsWith(`${app.name}.`) ? name : `${app.name}.${name}`)

const operationOf = (app: App, route: Route): ZodOpenApiOperationObject => ({
  operationId: operationIdOf(app, route.useCase),
  summary: summaryOf(route.useCase.name),
  tags: [app.name],
  ...(route.deprecated && { deprecated: true }),
  security: securityOf(route),
  ...requestOf(route),
  responses: { ...successOf(route), ...problemResponses(route) },
})

function securitySchemesOf(mounts: readonly Mount[]) {
  const accesses = mounts.flatMap(({ app }) => routesOf(app).map(({ access }) => access))
  const { bearer, orderToken, ...ofGuests } = securitySchemes
  const knowsOrders = accesses.includes("order")
  const knowsGuests =
    knowsOrders ||
    accesses.some(
      (access) => access === "signed-in-or-guest" || access === "customer" || access === "shopper",
    )
  return { bearer, ...(knowsGuests && ofGuests), ...(knowsOrders && { orderToken }) }
}

/**
 * The OpenAPI 3.1 document of some apps' routes.
 * @param title what the document describes
 * @throws Error for a schema that JSON cannot carry, or an input that is no object
 */
export function openApi(title: string, mounts: readonly Mount[]): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const { app, prefix } of mounts)
    for (const route of routesOf(app)) {
      const path = `${prefix}/${route.path}`
      const methods = paths[path] ?? {}
      methods[route.method.toLowerCase()] = operationOf(app, route)
      paths[path] = methods
    }
  return createDocument(
    {
      openapi: "3.1.0",
      info: { title, version: "1" },
      tags: mounts.map(({ app }) => ({ name: app.name })),
      paths,
      components: { securitySchemes: securitySchemesOf(mounts) },
    },
    {
      override: ({ jsonSchema, zodSchema, io }) => {
        // Zod closes what is answered; a client must not, so that an answer can grow.
        if (io === "output" && jsonSchema.additionalProperties === false)
          delete jsonSchema.additionalProperties
        // The format says it, in fewer than two hundred characters.
        if (zodSchema instanceof z.ZodStringFormat && jsonSchema.format !== undefined)
          delete jsonSchema.pattern
      },
    },
  )
}
