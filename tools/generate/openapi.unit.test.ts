import { app, get, getLines, post, raw } from "@eshop/building-blocks/app/app"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { RawRequest } from "@eshop/building-blocks/http/route"
import { defineRefusal, type RefusalType } from "@eshop/domain/kernel/refusal"
import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, it, test } from "vitest"
import { z } from "zod"
import { sample } from "./fixtures/sample-app.ts"
import { openApi } from "./openapi.ts"

const never = () => {
  throw new Error("a sample is not run")
}

// biome-ignore lint/suspicious/noExplicitAny: a document is read by path
type Json = any

const document: Json = JSON.parse(JSON.stringify(openApi("Sample", [{ app: sample, prefix: "/shop" }])))
const operation = (method: string, path: string): Json => document.paths[`/shop/${path}`][method]
const statuses = ({ responses }: Json) => Object.keys(responses).map(Number)
const bodyOf = ({ requestBody }: Json) => requestBody.content["application/json"].schema

/** Every object of the document with the way to it. */
function* objects(value: Json, path = "#"): Generator<[string, Json]> {
  if (typeof value !== "object" || value === null) return
  yield [path, value]
  for (const [key, member] of Object.entries(value)) yield* objects(member, `${path}/${key}`)
}

describe("the document", () => {
  it("has the shop's paths, and an operation of its own for each route", () => {
    expect(Object.keys(document.paths)).toEqual([
      "/shop/books/{id}",
      "/shop/books",
      "/shop/books/{id}/loans",
      "/shop/hooks",
    ])
    const ids = Object.values(document.paths as Json).flatMap((item: Json) =>
      Object.values(item).map(({ operationId }: Json) => operationId),
    )
    expect(ids).toEqual([
      "sampleGetBook",
      "sampleRename",
      "sampleRemove",
      "sampleListBooks",
      "sampleAddBook",
      "sampleLend",
      "sampleTakeHook",
    ])
  })

  it("refers to nothing that is not there", () => {
    const references = [...objects(document)].flatMap(([, { $ref }]) => ($ref ? [$ref as string] : []))
    const found = (reference: string) =>
      reference
        .split("/")
        .slice(1)
        .reduce((at, key) => at?.[key], document)
    expect(references.length).toBeGreaterThan(0)
    expect(references.filter((reference) => found(reference) === undefined)).toEqual([])
  })

  it("has schemas that a validator of JSON Schema 2020-12 takes", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const { schemas } = document.components
    expect(Object.keys(schemas).filter((name) => !ajv.validateSchema(schemas[name]))).toEqual([])
    ajv.addSchema(document, "document")
    const book = ajv.getSchema("document#/components/schemas/Book")
    expect(book?.({ id: "1", title: "Emma", version: 1, more: "members may come" })).toBe(true)
    expect(book?.({ id: "1", title: 7, version: 1 })).toBe(false)
    const lent = ajv.getSchema(
      "document#/paths/~1shop~1books~1%7Bid%7D~1loans/post/responses/409/content/application~1problem+json/schema",
    )
    const problem = { status: 409, title: "Conflict", instance: "/", traceId: "0" }
    expect(lent?.({ ...problem, type: "urn:eshop:problem:book.lent", until: "x" })).toBe(true)
    expect(lent?.({ ...problem, type: "urn:eshop:problem:book.lent" })).toBe(false)
    expect(lent?.({ ...problem, type: "urn:eshop:problem:another" })).toBe(false)
  })

  it("has one component for what is taken and answered", () => {
    const names = Object.keys(document.components.schemas).filter((name) => !name.endsWith("Problem"))
    expect(names).toEqual(["Book"])
  })
})

describe("what is sent", () => {
  it("is a parameter of the path or of the query in a GET", () => {
    const ofBook = operation("get", "books/{id}").parameters
    expect(ofBook[0]).toEqual({
      in: "path",
      name: "id",
      required: true,
      schema: { type: "string", format: "uuid" },
    })
    const ofList = operation("get", "books").parameters
    expect(ofList.map(({ in: where, name, required }: Json) => [where, name, required])).toEqual([
      ["query", "author", undefined],
      ["query", "limit", undefined],
    ])
    expect(ofList[1].schema).toMatchObject({ type: "integer", minimum: 1, maximum: 100 })
  })

  it("is the body without the path's members in a POST, closed", () => {
    expect(operation("post", "books/{id}/loans").requestBody.required).toBe(true)
    expect(bodyOf(operation("post", "books/{id}/loans"))).toEqual({
      type: "object",
      properties: { days: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER } },
      required: ["days"],
      additionalProperties: false,
    })
  })

  it("may be left out when every member may, also behind a rule over the members", () => {
    expect(operation("patch", "books/{id}").requestBody.required).toBe(false)
    expect(Object.keys(bodyOf(operation("patch", "books/{id}")).properties)).toEqual(["title"])
    expect(operation("delete", "books/{id}").requestBody).toBe(undefined)
  })

  it("of a PATCH may be a merge patch as well, of no other method", () => {
    const typesOf = ({ requestBody }: Json) => Object.keys(requestBody.content)
    expect(typesOf(operation("patch", "books/{id}"))).toEqual([
      "application/merge-patch+json",
      "application/json",
    ])
    expect(typesOf(operation("put", "books"))).toEqual(["application/json"])
  })

  it("is bytes for a raw route", () => {
    expect(operation("post", "hooks").requestBody).toEqual({
      required: true,
      content: { "application/octet-stream": { schema: {} } },
    })
  })

  it("has the headers that the route understands", () => {
    const headersOf = ({ parameters = [] }: Json) =>
      parameters.flatMap(({ $ref }: Json) =>
        $ref ? [document.components.parameters[$ref.split("/")[3]].name] : [],
      )
    expect(headersOf(operation("post", "books/{id}/loans"))).toEqual(["Idempotency-Key"])
    expect(headersOf(operation("patch", "books/{id}"))).toEqual(["If-Match"])
    expect(headersOf(operation("get", "books/{id}"))).toEqual(["If-None-Match"])
    expect(headersOf(operation("put", "books"))).toEqual([])
  })

  it("needs the token and the role of the route", () => {
    expect(operation("get", "books").security).toEqual([])
    expect(operation("put", "books").security).toEqual([{ bearer: [] }])
    expect(operation("post", "books/{id}/loans").security).toEqual([
      { bearer: [] },
      { guestCookie: [] },
      { guestToken: [] },
    ])
    expect(operation("patch", "books/{id}").security).toEqual([{ bearer: ["sample.write"] }])
  })
})

it("marks what is deprecated", () => {
  const marked = Object.values(document.paths as Json).flatMap((item: Json) =>
    Object.values(item).flatMap(({ operationId, deprecated }: Json) => (deprecated ? [operationId] : [])),
  )
  expect(marked).toEqual(["sampleRemove"])
})

describe("what is answered", () => {
  test.each([
    ["get", "books/{id}", [200, 304, 400, 401, 404, 429, 500, 503]],
    ["get", "books", [200, 400, 401, 429, 500, 503]],
    ["post", "books/{id}/loans", [201, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503]],
    ["patch", "books/{id}", [200, 400, 401, 403, 404, 412, 413, 415, 429, 500, 503]],
    ["put", "books", [200, 400, 401, 413, 415, 429, 500, 503]],
    ["delete", "books/{id}", [204, 400, 401, 403, 429, 500, 503]],
    ["post", "hooks", [202, 400, 401, 413, 415, 429, 500, 503]],
  ])("%s %s", (method, path, expected) => {
    expect(statuses(operation(method, path))).toEqual(expected)
  })

  it("has the headers of a success", () => {
    const headersOf = ({ headers = {} }: Json) => Object.keys(headers)
    expect(headersOf(operation("post", "books/{id}/loans").responses[201])).toEqual([
      "Location",
      "Idempotent-Replayed",
    ])
    expect(headersOf(operation("get", "books/{id}").responses[200])).toEqual(["ETag"])
    expect(headersOf(operation("get", "books/{id}").responses[304])).toEqual(["ETag"])
    expect(headersOf(operation("delete", "books/{id}").responses[204])).toEqual([])
    expect(operation("delete", "books/{id}").responses[204].content).toBe(undefined)
  })

  it("groups the refusals of a status with the edge's own problem, each with its type and facts", () => {
    const { schema } = operation("post", "books/{id}/loans").responses[409].content[
      "application/problem+json"
    ]
    expect(schema.discriminator.mapping).toEqual({
      "urn:eshop:problem:idempotency-key.in-flight": "#/components/schemas/InFlightProblem",
      "urn:eshop:problem:book.lent": "#/components/schemas/BookLentProblem",
    })
    const { properties, required } = document.components.schemas.BookLentProblem
    expect(properties.type).toEqual({ type: "string", const: "urn:eshop:problem:book.lent" })
    expect(required).toEqual(["type", "title", "status", "instance", "traceId", "until"])
  })
})

it("tells apart by the app's name what several apps have", () => {
  const shared = useCase("operations.look", {
    input: z.strictObject({}),
    result: z.void(),
    handle: () => never,
  })
  const mounts = ["catalog", "basket"].map((name) => ({
    app: app(name, [get("look", shared, { access: "anyone" })]),
    prefix: `/${name}`,
  }))
  const { paths }: Json = openApi("Shop", mounts)
  expect(Object.values(paths as Json).map((item: Json) => item.get.operationId)).toEqual([
    "catalogOperationsLook",
    "basketOperationsLook",
  ])
})

it("has one schema for refusals of one code, whatever their status, and takes no other facts for it", () => {
  const facts = z.object({ version: z.int() })
  const routeWith = (...refusals: readonly RefusalType[]) =>
    get(
      "shelf",
      useCase("shelf.get", { input: z.strictObject({}), result: z.void(), refusals, handle: () => never }),
      {
        access: "anyone",
      },
    )
  const documentOf = (route: ReturnType<typeof routeWith>): Json =>
    JSON.parse(JSON.stringify(openApi("Shelf", [{ app: app("shelf", [route]), prefix: "" }])))
  const stale = defineRefusal("shelf.changed", "stale", "It changed.", facts)
  const conflict = defineRefusal("shelf.changed", "conflict", "It changed.", facts)
  const { responses } = documentOf(routeWith(stale, conflict)).paths["/shelf"].get
  const schemaOf = (status: number) => responses[status].content["application/problem+json"].schema
  expect(schemaOf(412)).toEqual({ $ref: "#/components/schemas/ShelfChangedProblem" })
  expect(schemaOf(409)).toEqual(schemaOf(412))
  const other = defineRefusal("shelf.changed", "rule", "It changed.", z.object({ by: z.string() }))
  expect(() => documentOf(routeWith(stale, other))).toThrow(
    "two refusals shelf.changed carry different facts",
  )
})

it("refuses a route whose input is no object, or whose answer JSON cannot carry", () => {
  const answers = {
    result: z.object({ at: z.string().transform(Number) }),
    handle: () => async () => ({ at: "1" }),
  }
  const odd = useCase("odd.text", { ...answers, input: z.string() })
  const transformed = useCase("odd.answer", { ...answers, input: z.strictObject({}) })
  const documentOf = (route: ReturnType<typeof get>) =>
    openApi("Odd", [{ app: app("odd", [route]), prefix: "" }])
  expect(() => documentOf(post("odd", odd, { access: "anyone" }))).toThrow(
    "odd.text: the input of a route is an object",
  )
  expect(() => documentOf(get("odd", transformed, { access: "anyone" }))).toThrow("Zod transform found at")
})

test("a page of lines is described by its line and its link, a part of an upload by its type and its parameters", () => {
  const input = z.strictObject({ limit: z.string().optional() })
  const result = z.strictObject({
    lines: z.array(z.strictObject({ n: z.int() })),
    nextCursor: z.string().nullable(),
  })
  const dump = useCase("lines.dump", { input, result, handle: () => never })
  const params = z.object({ part: z.string().regex(/^[1-9]$/) })
  const put = useCase("lines.put", {
    input: RawRequest.extend({ params }),
    result: z.void(),
    handle: () => never,
  })
  const lines = app("lines", [
    getLines("dump", dump, { access: "anyone" }),
    raw("parts/{part}", put, { method: "PUT", access: "anyone", contentType: "application/x-ndjson" }),
  ])
  const { paths }: Json = JSON.parse(JSON.stringify(openApi("Lines", [{ app: lines, prefix: "" }])))
  const { content, headers } = paths["/dump"].get.responses[200]
  expect(Object.keys(content)).toEqual(["application/x-ndjson"])
  expect(Object.keys(content["application/x-ndjson"].schema.properties)).toEqual(["n"])
  expect(Object.keys(headers)).toEqual(["Link"])
  expect(Object.keys(paths["/parts/{part}"].put.requestBody.content)).toEqual(["application/x-ndjson"])
  expect(paths["/parts/{part}"].put.parameters[0].schema.pattern).toBe("^[1-9]$")
})
